"""What a new or changed post must be, and what makes two requests the same."""

from __future__ import annotations

from pigeon.domain import limits, text
from pigeon.domain.errors import FieldError, Invalid
from pigeon.services import idempotency
from pigeon.services.users.checks import check_text


def check_new(caption: str, alts: list[str], images: int) -> tuple[str, list[str]]:
    """Caption and alt texts as they will be stored; Invalid names every field at fault."""
    faults: dict[str, FieldError] = {}
    if images > limits.POST_IMAGES:
        faults["images"] = FieldError("too_many", limits.POST_IMAGES)
    checked, caption_faults = _check_caption(caption)
    faults |= caption_faults
    if not checked and not images and not caption_faults:
        faults["caption"] = FieldError("required")
    alts, alt_faults = _check_alts(alts, images)
    if faults | alt_faults:
        raise Invalid(faults | alt_faults)
    return checked, alts


def _check_caption(caption: str) -> tuple[str, dict[str, FieldError]]:
    try:
        checked = check_text("caption", caption, limits.CAPTION)
    except Invalid as error:
        return "", error.fields
    parsed = text.parse(checked)
    if len(parsed.mentions) > limits.MENTIONS:
        return "", {"caption": FieldError("too_many", limits.MENTIONS)}
    if len(parsed.tags) > limits.TAGS:
        return "", {"caption": FieldError("too_many", limits.TAGS)}
    return checked, {}


def _check_alts(alts: list[str], images: int) -> tuple[list[str], dict[str, FieldError]]:
    """One per image; missing ones are empty, more than images are refused."""
    faults: dict[str, FieldError] = {}
    checked: list[str] = []
    if len(alts) > images and any(alt.strip() for alt in alts[images:]):
        faults["alts"] = FieldError("too_many", images)
    for number, alt in enumerate(alts[:images]):
        try:
            checked.append(check_text(f"alts.{number}", alt, limits.ALT))
        except Invalid as error:
            faults |= error.fields
    return checked + [""] * (images - len(checked)), faults


def fingerprint(caption: str, digests: list[str], alts: list[str]) -> str:
    """What makes two requests the same request."""
    return idempotency.fingerprint(caption, *digests, *alts)
