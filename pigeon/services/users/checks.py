"""What the fields of a profile must be; refusals name every field at fault."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pigeon.domain import bounds, hangul, limits, text
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.users import (
    Notify,
)

SETTINGS = frozenset(
    [
        "is_private",
        "language",
        "theme",
        "time_zone",
        "is_discoverable",
        "shows_activity",
        "sends_receipts",
        "saves_searches",
        "messages_from",
    ]
)
NOTIFY_CHOICES = ("everyone", "following", "off")
CHOICES = {
    "language": ("ko", "en"),
    "theme": ("system", "light", "dark"),
    "messages_from": ("everyone", "following"),
}


def check_changes(changes: dict[str, Any]) -> dict[str, Any]:
    faults: dict[str, FieldError] = {}
    values: dict[str, Any] = {}
    for name, value in changes.items():
        try:
            values.update(_check_one(name, value))
        except Invalid as error:
            faults.update(error.fields)
    if faults:
        raise Invalid(faults)
    return values


def _check_one(name: str, value: Any) -> dict[str, Any]:
    if name == "display_name":
        line = check_line(name, value, limits.DISPLAY_NAME)
        return {"display_name": line, **name_keys(line)}
    if name == "bio":
        return {"bio": check_text(name, value, limits.BIO)}
    if name == "pronouns":
        return {"pronouns": check_line(name, value, limits.PRONOUNS)}
    if name == "link":
        return {"link": _check_link(value)}
    if name == "notify":
        return {"notify": _check_notify(value)}
    if name in CHOICES and value not in CHOICES[name]:
        raise Invalid({name: FieldError("bad_format")})
    if name == "time_zone":
        _check_zone(value)
    return {name: value} if name in SETTINGS else {}


def check_text(name: str, value: str, limit: int) -> str:
    """A text as it will be stored; Invalid naming the field when it is too long."""
    bounds.check(name, value, limit)
    cleaned = text.clean(value)
    if text.length(cleaned) > limit:
        raise Invalid({name: FieldError("too_long", limit)})
    return cleaned


def check_line(name: str, value: str, limit: int) -> str:
    bounds.check(name, value, limit)
    cleaned = text.clean_line(value)
    if text.length(cleaned) > limit:
        raise Invalid({name: FieldError("too_long", limit)})
    return cleaned


def name_keys(display_name: str) -> dict[str, str]:
    """The columns by which a name is found while it is being typed."""
    return {
        "name_jamo": hangul.decompose(display_name)[:255],
        "name_initials": hangul.initials(display_name)[:60],
    }


def _check_link(value: str | None) -> str | None:
    link = check_line("link", value or "", limits.LINK)
    if not link:
        return None
    link = link if "://" in link else f"https://{link}"
    if not _is_web_address(link):
        raise Invalid({"link": FieldError("bad_format")})
    if text.length(link) > limits.LINK:
        raise Invalid({"link": FieldError("too_long", limits.LINK)})
    return link


def _is_web_address(link: str) -> bool:
    if any(character in link for character in "\"'<>\\ "):
        return False
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        return False


def _check_notify(given: dict[str, str]) -> dict[str, str]:
    faults = {}
    for name, value in given.items():
        if name not in Notify.__dataclass_fields__:
            faults[f"notify.{name}"] = FieldError("unknown")
        elif value not in NOTIFY_CHOICES:
            faults[f"notify.{name}"] = FieldError("bad_format")
    if faults:
        raise Invalid(faults)
    return given


def _check_zone(value: str) -> None:
    bounds.check("time_zone", value, limits.TEXT)
    if value not in available_timezones():
        raise Invalid({"time_zone": FieldError("bad_format")})
