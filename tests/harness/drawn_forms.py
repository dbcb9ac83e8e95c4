"""The forms of a page with what belongs to each field: who reads it, and what it says is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("br", "hr", "img", "input", "link", "meta", "path", "use"))


@dataclass
class Control:
    """One field as it is drawn."""

    name: str
    type: str
    is_wrong: bool
    described_by: list[str]
    value: str = ""
    has_focus: bool = False


@dataclass
class Drawn:
    """A form of a page, its controls in the order of the page; no `action` when it only asks."""

    action: str
    controls: list[Control] = field(default_factory=list)

    def names(self) -> set[str]:
        return {control.name for control in self.controls}

    def of(self, name: str) -> list[Control]:
        return [control for control in self.controls if control.name == name]


class Page(HTMLParser):
    """Forms that send, and the words of each element with an id that a reader can see."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.forms: list[Drawn] = []
        self.words: dict[str, str] = {}
        self.alerts: list[str] = []
        self._open: list[tuple[str, str, bool, bool]] = []
        self._templates = 0
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._templates += tag == "template"
        if self._templates:
            return
        if tag == "form":
            sends = given.get("method") == "post"
            self.forms.append(Drawn(given.get("action", "") if sends else ""))
        if given.get("name") and self._is_in_form():
            self._control(tag, given)
        if tag not in VOID:
            is_alert = given.get("role") == "alert" and "hidden" not in given
            self._open.append((tag, given.get("id", ""), "hidden" in given, is_alert))
            if is_alert:
                self.alerts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates -= 1
        elif not self._templates and tag not in VOID:
            while self._open and self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if any(hidden for _, _, hidden, _ in self._open):
            return
        for _, at, _, is_alert in self._open:
            if at:
                self.words[at] = self.words.get(at, "") + data
            if is_alert:
                self.alerts[-1] += data

    def _is_in_form(self) -> bool:
        return bool(self.forms) and any(tag == "form" for tag, _, _, _ in self._open)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        self.forms[-1].controls.append(
            Control(
                name=given["name"],
                type=given.get("type", tag),
                is_wrong=given.get("aria-invalid") == "true",
                described_by=given.get("aria-describedby", "").split(),
                value=given.get("value", ""),
                has_focus="autofocus" in given,
            )
        )
