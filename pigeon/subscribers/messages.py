"""Events of messages: the devices of everybody in the conversation are told."""

from __future__ import annotations

from collections.abc import Iterable

from pigeon.domain import events
from pigeon.jobs import media
from pigeon.realtime import push
from pigeon.services.messages import frames
from pigeon.services.messages.frames import Frame
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _push(found: Iterable[Frame]) -> None:
    for frame in found:
        push.to_user(frame.event, frame.payload, frame.user_id)


def _push_message(event: events.MessageStored) -> None:
    _push(frames.of_message(event.message_id))
    _push_unread(event.message_id)


def _push_unsent(event: events.MessageUnsent) -> None:
    _push(frames.of_unsent(event.message_id))
    _push_unread(event.message_id)


def _push_unread(message_id: int) -> None:
    conversation_id, user_ids = frames.members_of(message_id)
    _push(frames.of_unread(conversation_id, *user_ids))


def _push_reading(event: events.MessagesRead) -> None:
    _push(frames.of_reading(event.conversation_id, event.reader_id, event.up_to))
    _push(frames.of_unread(event.conversation_id, event.reader_id))


def _push_change(event: events.ConversationChanged) -> None:
    _push(frames.of_change(event.conversation_id, event.user_id))
    _push(frames.of_unread(event.conversation_id, event.user_id))


def _push_typing(event: events.MessageTyped) -> None:
    _push(frames.of_typing(event.writer_id, event.reader_id))


def _process(event: events.PictureUploaded) -> list[JobSpec]:
    return [media.process.spec(media_id=event.media_id)]


REACTIONS: Table = {
    events.MessageStored: Reaction(send=_push_message),
    events.MessageUnsent: Reaction(send=_push_unsent),
    events.MessagesRead: Reaction(send=_push_reading),
    events.ConversationChanged: Reaction(send=_push_change),
    events.MessageTyped: Reaction(send=_push_typing),
    events.PictureUploaded: Reaction(jobs=_process),
}
