"""The sentence for each code, in the reader's language; codes come from the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext

from pigeon.domain import limits
from pigeon.domain.errors import FieldError
from pigeon.domain.messages import Message
from pigeon.domain.posts import Image, Post
from pigeon.domain.stories import Story
from pigeon.domain.users import Me


def _(sentence: str, **values: str) -> Any:
    """Translated when it is chosen: looking up all of a table would cost more than the refusal."""
    return lazy_gettext(sentence, **values)


def field_sentence(error: FieldError) -> str:
    """One sentence for a field at fault; names the limit where there is one."""
    limit = f"{error.limit:,}" if error.limit is not None else ""
    sentences = {
        "required": _("This is needed."),
        "too_short": _("At least %(limit)s characters are needed.", limit=limit),
        "too_long": _("At most %(limit)s characters fit here.", limit=limit),
        "too_many": _("At most %(limit)s are possible.", limit=limit),
        "too_large": _("This file is larger than %(limit)s MB.", limit=_megabytes(error.limit)),
        "too_many_pixels": _(
            "This picture has more than %(limit)s megapixels.", limit=_megapixels(error.limit)
        ),
        "side_too_long": _(
            "This picture has a side of more than %(limit)s pixels.", limit=_side(error.limit)
        ),
        "unsupported": _(
            "Only JPEGs of %(limit)s bits a channel are read here: save it as an ordinary one.",
            limit=str(error.limit or limits.JPEG_BITS),
        ),
        "unreadable": _("This picture is damaged and cannot be read."),
        "not_processed": _("Something went wrong on our side. Try it once more."),
        "bad_format": _("This does not have the right form."),
        "reserved": _("This name is reserved."),
        "taken": _("This name is taken."),
        "wrong": _("This is not right."),
        "expired": _("This link has expired or was used already."),
        "unknown": _("This is not known here."),
    }
    return str(sentences.get(error.code, _("This does not have the right form.")))


def _megabytes(limit: int | None) -> str:
    return str((limit or limits.IMAGE_BYTES) // (1024 * 1024))


def _megapixels(limit: int | None) -> str:
    return str((limit or limits.IMAGE_PIXELS) // 1_000_000)


def _side(limit: int | None) -> str:
    return f"{limit or limits.IMAGE_SIDE:,}"


def image_sentence(code: str) -> str:
    if code == "bad_format":
        return str(
            _("This is not a picture we can read. JPEG, PNG, WebP, GIF, AVIF and HEIC work.")
        )
    return field_sentence(FieldError(code))


def password_sentence(error: FieldError) -> str:
    """A new password has the wrong form when it is easy to guess; says what to do about it."""
    if error.code == "bad_format":
        return str(_("This is easy to guess. Choose several words that do not belong together."))
    return field_sentence(error)


def with_sentences(post: Post) -> Post:
    """The post with a sentence at each failed image; cards are stored without words."""
    return replace(post, images=[image_with_sentence(image) for image in post.images])


def image_with_sentence(image: Image) -> Image:
    if image.error is None:
        return image
    return replace(image, error=replace(image.error, message=image_sentence(image.error.code)))


def story_with_sentences(story: Story) -> Story:
    """The story with a sentence at its picture, if that failed."""
    if story.image is None:
        return story
    return replace(story, image=image_with_sentence(story.image))


def message_with_sentences(message: Message) -> Message:
    """The message with a sentence at its image, if that failed."""
    if message.image is None:
        return message
    return replace(message, image=image_with_sentence(message.image))


def me_with_sentences(me: Me) -> Me:
    """Oneself, with a sentence when the last avatar failed: why is stored without words."""
    error = me.avatar.error
    if error is None:
        return me
    error = replace(error, message=image_sentence(error.code))
    return replace(me, avatar=replace(me.avatar, error=error))


def error_sentence(code: str) -> str:
    """One sentence for a whole refusal."""
    sentences = {
        "malformed": _("The request could not be read."),
        "unauthenticated": _("Log in first."),
        "wrong_credentials": _("The name or the password is not right."),
        "suspended": _("This account is suspended."),
        "forbidden": _("You may not change this."),
        "csrf_failed": _("This page is too old. Load it again and repeat what you did."),
        "reauth_required": _("Log in again first."),
        "registration_closed": _("New accounts are by invitation only here."),
        "messages_closed": _("This person takes messages only from people they follow."),
        "pictures_unavailable": _("Pictures cannot be taken now. Try again in a minute."),
        "messages_moving": _("Messages are being moved. Try again in a minute."),
        "searches_not_saved": _(
            "Your searches are not saved. You can change that in the settings."
        ),
        "comments_closed": _("Comments are turned off for this post."),
        "not_found": _("This does not exist, or you may not see it."),
        "method_not_allowed": _("This cannot be done here."),
        "unsupported_media_type": _("The request has a type that is not understood here."),
        "self": _("This is not possible with yourself."),
        "not_following": _("Follow this person first."),
        "idempotency_conflict": _("This key was used for another request."),
        "not_failed": _("Nothing failed here."),
        "last_image": _("A post needs a text or a picture."),
        "too_large": _("This is too large."),
        "invalid": _("Some of it needs another look."),
        "rate_limited": _("That was too often. Wait a little."),
        "unavailable": _("This is out of reach for the moment. Try again soon."),
    }
    return str(sentences.get(code, _("Something went wrong on our side.")))


def field_sentences(fields: Mapping[str, FieldError]) -> dict[str, str]:
    return {name: _sentence_of(name, error) for name, error in fields.items()}


def _sentence_of(name: str, error: FieldError) -> str:
    if name.startswith("image") and error.code == "bad_format":
        return image_sentence(error.code)
    return password_sentence(error) if name == "password" else field_sentence(error)
