"""The sentence of a notification, in the language that is in force: a request's, or a recipient's.

This is below the web layer because jobs need it too, for frames to people who are online. Pages set
the names in the same sentence in bold: `parts`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import flask_babel

from pigeon.domain.notifications import Notification
from pigeon.services.notifications.source import gettext
from pigeon.services.notifications.sources import SOURCES


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of a sentence; pages show names bold."""

    text: str
    is_bold: bool


MARK = "\x1f"
"""Stands around a name inside a sentence; no name holds it."""
NOBODY = gettext("This person is no longer here")
SOMETHING_NEW = gettext("There is something new")
"""For a notification that a newer process wrote and this one does not understand."""


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
    source = SOURCES.get(notification.kind)
    forms = source.sentences.get(notification.subject.kind) if source else None
    if forms is None:
        return str(flask_babel.gettext(SOMETHING_NEW))
    names = [f"{MARK}{person.username}{MARK}" for person in notification.actors]
    others = notification.actor_count - 2
    if not names:
        return str(flask_babel.gettext(NOBODY))
    if len(names) < 2 or notification.actor_count < 2:
        return str(flask_babel.gettext(forms.one, name=names[0]))
    if others < 1:
        return str(flask_babel.gettext(forms.two, name=names[0], other=names[1]))
    return str(flask_babel.ngettext(*forms.more, others, name=names[0], other=names[1]))
