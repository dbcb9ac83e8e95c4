"""The forms of a page, as a browser without scripts would send them."""

from __future__ import annotations

import io
from html.parser import HTMLParser
from typing import Any


class Forms(HTMLParser):
    """The forms of a page as a browser without scripts would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, Any]] = {}
        self.actions: set[str] = set()
        self._fields: dict[str, Any] | None = None
        self._textarea: str | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._hidden += tag == "template"
        if tag == "form" and given.get("method") == "post":
            self._fields = self.found.setdefault(str(given.get("action") or ""), {})
        if tag == "button" and given.get("formaction"):
            assert given.get("form") == "act" and given.get("formmethod") == "post"
            self.actions.add(str(given["formaction"]))
        name = given.get("name")
        if self._fields is None or self._hidden or not name:
            return
        if tag == "textarea":
            self._textarea = name
            self._add(name, "")
        if tag == "input" and (given.get("type") != "radio" or "checked" in given):
            is_file = given.get("type") == "file"
            self._add(name, (io.BytesIO(), "") if is_file else given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._textarea and self._fields is not None:
            words = data.removeprefix("\n")
            old = self._fields[self._textarea]
            if isinstance(old, list):
                old[-1] += words
            else:
                self._fields[self._textarea] = old + words

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag == "template"
        if tag == "textarea":
            self._textarea = None
        if tag == "form":
            self._fields = None

    def _add(self, name: str, value: Any) -> None:
        assert self._fields is not None
        if name.endswith("[]"):
            self._fields.setdefault(name, []).append(value)
        else:
            self._fields[name] = value


def parsed(page: str) -> Forms:
    forms = Forms()
    forms.feed(page)
    forms.close()
    return forms


def forms_of(page: str) -> dict[str, dict[str, Any]]:
    return parsed(page).found
