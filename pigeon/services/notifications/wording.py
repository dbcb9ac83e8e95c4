"""The sentence of a notification, in the language that is in force: a request's, or a recipient's.

Below the web layer, because jobs say it too, to people who are online. Pages show the same with the
names in bold: `parts`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import flask_babel

from pigeon.domain.notifications import Notification


@dataclass(frozen=True, kw_only=True)
class Forms:
    """A sentence for each size of a group; `more` is its singular and its plural."""

    one: str
    two: str = ""
    more: tuple[str, str] = ("", "")


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of a sentence; pages show names bold."""

    text: str
    is_bold: bool


def gettext(sentence: str) -> str:
    """Marks a sentence for translators; it is looked up when the reader is known."""
    return sentence


def ngettext(singular: str, plural: str) -> tuple[str, str]:
    """As `gettext`, for what is counted."""
    return singular, plural


MARK = "\x1f"
"""Stands around a name inside a sentence; no name holds it."""
NOBODY = gettext("This person is no longer here")
SENTENCES = {
    ("comment", "comment"): Forms(one=gettext("%(name)s commented on your post")),
    ("reply", "reply"): Forms(one=gettext("%(name)s replied to your comment")),
    ("mention", "post"): Forms(one=gettext("%(name)s mentioned you in a post")),
    ("mention", "comment"): Forms(one=gettext("%(name)s mentioned you in a comment")),
    ("mention", "reply"): Forms(one=gettext("%(name)s mentioned you in a comment")),
    ("post", "post"): Forms(one=gettext("%(name)s shared a new post")),
    ("like", "post"): Forms(
        one=gettext("%(name)s liked your post"),
        two=gettext("%(name)s and %(other)s liked your post"),
        more=ngettext(
            "%(name)s, %(other)s and %(num)s other liked your post",
            "%(name)s, %(other)s and %(num)s others liked your post",
        ),
    ),
    ("like", "comment"): Forms(
        one=gettext("%(name)s liked your comment"),
        two=gettext("%(name)s and %(other)s liked your comment"),
        more=ngettext(
            "%(name)s, %(other)s and %(num)s other liked your comment",
            "%(name)s, %(other)s and %(num)s others liked your comment",
        ),
    ),
    ("like", "reply"): Forms(
        one=gettext("%(name)s liked your reply"),
        two=gettext("%(name)s and %(other)s liked your reply"),
        more=ngettext(
            "%(name)s, %(other)s and %(num)s other liked your reply",
            "%(name)s, %(other)s and %(num)s others liked your reply",
        ),
    ),
    ("follow", "user"): Forms(
        one=gettext("%(name)s started following you"),
        two=gettext("%(name)s and %(other)s started following you"),
        more=ngettext(
            "%(name)s, %(other)s and %(num)s other started following you",
            "%(name)s, %(other)s and %(num)s others started following you",
        ),
    ),
}
"""By kind, and kind of subject."""


def say(notification: Notification) -> Notification:
    """The notification with its sentence."""
    return replace(notification, message=_sentence(notification).replace(MARK, ""))


def say_in(language: str, notifications: Iterable[Notification]) -> list[Notification]:
    with flask_babel.force_locale(language):
        return [say(one) for one in notifications]


def parts(notification: Notification) -> list[Part]:
    """The sentence cut where a page changes the weight of its letters; joined it is `message`."""
    pieces = enumerate(_sentence(notification).split(MARK))
    return [Part(text=piece, is_bold=number % 2 == 1) for number, piece in pieces if piece]


def _sentence(notification: Notification) -> str:
    """With a mark before and behind each name."""
    forms = SENTENCES[notification.kind, notification.subject.kind]
    names = [f"{MARK}{person.username}{MARK}" for person in notification.actors]
    others = notification.actor_count - 2
    if not names:
        return str(flask_babel.gettext(NOBODY))
    if len(names) < 2 or notification.actor_count < 2:
        return str(flask_babel.gettext(forms.one, name=names[0]))
    if others < 1:
        return str(flask_babel.gettext(forms.two, name=names[0], other=names[1]))
    return str(flask_babel.ngettext(*forms.more, others, name=names[0], other=names[1]))
