"""Answers to a story, in words or by one of six emoji: messages to its author, that carry it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from pigeon.crash_points import crash_point
from pigeon.domain import text
from pigeon.domain.errors import FieldError, Invalid, NotFound, Unavailable
from pigeon.domain.messages import Message
from pigeon.domain.stories import REACTIONS
from pigeon.extensions import db
from pigeon.models import StoryReactionModel
from pigeon.services import access
from pigeon.services.messages import checks, sending, terms
from pigeon.services.messages.checks import Content
from pigeon.services.messages.sending import Addressed
from pigeon.services.stories import cards, viewing
from pigeon.unit_of_work import retried, unit_of_work


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody answers: exactly one of these."""

    text: str = ""
    reaction: str | None = None


def address(story_id: int, *, by: int) -> Addressed:
    """Its author, before anything is read of the answer.

    NotFound for who may not see the story, and from its end on; then Forbidden `messages_closed`.
    """
    sender = access.viewer(by)
    card = access.stories.check_sees(sender, cards.find(story_id, sender))
    recipient = terms.get_recipient(by, card.author_id)
    username = recipient.names[card.author_id]
    return Addressed(username=username, sender=sender, recipient=recipient)


def reply(
    to: Addressed, story_id: int, answer: Answer, *, by: int, client_msg_id: str
) -> tuple[Message, bool]:
    """Answer a story: (the message, whether it is new); the same id again, the same message.

    Invalid, then Conflict `self`. Whoever answers a story has seen it.
    """
    content = _content(story_id, answer, client_msg_id)
    said, is_new = sending.send_to(to, content, by=by, client_msg_id=client_msg_id)
    crash_point("story.answered")
    if said.is_reaction and said.story is not None and said.story.id == str(story_id):
        _note(int(said.id), story_id, by, said.text)
    with suppress(Unavailable, NotFound):  # the message is stored, whatever becomes of this
        viewing.mark(story_id, by=by)
    return said, is_new


def _content(story_id: int, answer: Answer, client_msg_id: str) -> Content:
    if answer.reaction is None:
        return Content(text=answer.text, story_id=story_id, is_thread_open=False)
    faults = checks.id_faults(client_msg_id)
    if text.clean_line(answer.text):
        faults["text"] = FieldError("too_many", 1)
    if answer.reaction not in REACTIONS:
        faults["reaction"] = FieldError("bad_format")
    if faults:
        raise Invalid(faults)
    return Content(text=answer.reaction, story_id=story_id, is_reaction=True, is_thread_open=False)


@retried
def _note(message_id: int, story_id: int, user_id: int, emoji: str) -> None:
    """List a reaction with its story.

    Again is fine: who died between the message and this is asked to send it again. A story that
    has been erased meanwhile lists nothing.
    """
    with suppress(IntegrityError), unit_of_work():
        db.session.add(
            StoryReactionModel(
                message_id=message_id, story_id=story_id, user_id=user_id, emoji=emoji
            )
        )
