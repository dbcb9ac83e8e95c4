"""The form of a new story without scripts: what can be chosen in it, and what it sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pigeon.domain.stories import BACKGROUND
from pigeon.services.stories.checks import NewStory
from pigeon.web.parsing import check_form_names, read_files, read_form
from pigeon.web.stories.bodies import Sent
from pigeon.web.texts import Typed

PLACES = {
    "top-left": (0.3, 0.15),
    "top": (0.5, 0.15),
    "top-right": (0.7, 0.15),
    "left": (0.3, 0.5),
    "middle": (0.5, 0.5),
    "right": (0.7, 0.5),
    "bottom-left": (0.3, 0.85),
    "bottom": (0.5, 0.85),
    "bottom-right": (0.7, 0.85),
}
"""By name: the middle of the words, in parts of the stage."""

COLORS = {
    "#ffffff": "white",
    "#111111": "black",
    "#ffd84d": "yellow",
    "#ff8a80": "coral",
    "#5fe0b0": "mint",
    "#7cc4ff": "sky",
}
BACKGROUNDS = {
    BACKGROUND: "slate",
    "#0b7a75": "teal",
    "#6b3fc9": "violet",
    "#9f1d35": "wine",
    "#166534": "forest",
    "#111111": "black",
}
"""Behind words alone; white is readable on each."""

CHOICES = {"place": "middle", "size": "m", "color": "#ffffff", "background": BACKGROUND}
"""What is chosen in a form that nobody has touched."""
NAMES = ("text", "alt", *CHOICES, "idempotency_key")


@dataclass(frozen=True, kw_only=True)
class SentForm:
    """A form as it was sent; `typed` is what it shows again."""

    sent: Sent
    typed: Typed


def read_form_of_story() -> SentForm:
    """Nothing is checked yet: a choice that there is not becomes a style that is refused."""
    check_form_names("image", *NAMES)
    typed = read_form(*NAMES)
    said = {**typed.sent, **{name: typed.sent[name] or CHOICES[name] for name in CHOICES}}
    files = [part.stream for part in read_files("image") if part.filename]
    file = files[0] if files else None
    x, y = PLACES.get(said["place"], (None, None))
    style: dict[str, Any] = {"x": x, "y": y, "size": said["size"], "color": said["color"]}
    if file is None:
        style["background"] = said["background"]
    new = NewStory(text=said["text"], alt=said["alt"], style=style)
    return SentForm(sent=Sent(new=new, file=file, key=said["idempotency_key"]), typed=typed)
