"""What a new story must be, and what makes two requests the same."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from pigeon.domain import limits, text
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.stories import BACKGROUND, SIZES, TextStyle
from pigeon.services import idempotency
from pigeon.services.users.checks import check_text

_COLOR = re.compile(r"#[0-9a-f]{6}")
STYLE = ("x", "y", "size", "color", "background")


@dataclass(frozen=True, kw_only=True)
class NewStory:
    """A story before it is stored; `style` are the parts of a TextStyle that were chosen."""

    text: str = ""
    alt: str = ""
    style: dict[str, Any] = field(default_factory=dict)


def check_new(new: NewStory, *, has_image: bool) -> tuple[str, str, TextStyle]:
    """Text, alt text and style as they will be stored; Invalid names every field at fault."""
    faults: dict[str, FieldError] = {}
    checked = {"text": "", "alt": ""}
    for name, most in (("text", limits.STORY_TEXT), ("alt", limits.ALT)):
        try:
            checked[name] = check_text(name, getattr(new, name), most)
        except Invalid as error:
            faults |= error.fields
    said = checked["text"] if text.clean_line(checked["text"]) else ""
    if not said and not has_image and "text" not in faults:
        faults["image"] = FieldError("required")
    style = _style(new.style, has_image=has_image)
    if style is None:
        faults["text_style"] = FieldError("bad_format")
    if faults or style is None:
        raise Invalid(faults)
    return said, checked["alt"], style


def _style(chosen: dict[str, Any], *, has_image: bool) -> TextStyle | None:
    """None for what is no style; a background is for words alone, and never missing there."""
    places = [chosen.get(name, 0.5) for name in ("x", "y")]
    size, color = chosen.get("size", "m"), _color(chosen.get("color", "#ffffff"))
    background = chosen.get("background")
    colored = _color(background) if background is not None else None
    sound = (
        chosen.keys() <= set(STYLE)
        and all(map(_is_part, places))
        and size in SIZES
        and color is not None
        and (background is None or (colored is not None and not has_image))
    )
    if not sound or color is None:
        return None
    x, y = (round(float(place), 4) for place in places)
    behind = None if has_image else colored or BACKGROUND
    return TextStyle(x=x, y=y, size=size, color=color, background=behind)


def _is_part(place: Any) -> bool:
    is_number = isinstance(place, int | float) and not isinstance(place, bool)
    return is_number and math.isfinite(place) and 0 <= place <= 1


def _color(word: Any) -> str | None:
    lowered = word.lower() if isinstance(word, str) else ""
    return lowered if _COLOR.fullmatch(lowered) else None


def fingerprint(said: str, alt: str, style: TextStyle, digest: str) -> str:
    """What makes two requests the same request."""
    return idempotency.fingerprint("story", said, alt, repr(style), digest)
