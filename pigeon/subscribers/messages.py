"""Events of messages: the devices of everybody in the conversation are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pigeon.domain import events
from pigeon.jobs import media
from pigeon.realtime import push
from pigeon.services.messages import frames, unread
from pigeon.services.messages.frames import Frame
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _push(frames_of_event: Iterator[Frame], member_ids: Sequence[int]) -> None:
    """Frames are read from stores that may be away now: then everybody is to look again."""
    try:
        for frame in frames_of_event:
            push.to_user(frame.event, frame.payload, frame.user_id)
    except Exception:
        push.to_users("resync", {}, member_ids)
        raise


def _push_message(event: events.MessageStored) -> None:
    unread.evict(*event.member_ids)
    _push(frames.of_message(event.message_id), event.member_ids)


def _push_text(event: events.TextSent) -> None:
    """Whoever waits for it sees it first; what is unread is counted after that."""
    try:
        _push(frames.of_text(event.said, event.sender_id, event.member_ids), event.member_ids)
    finally:
        unread.evict(*event.member_ids)
    _push(frames.of_counts(int(event.said.id)), event.member_ids)


def _push_unsent(event: events.MessageUnsent) -> None:
    _push(frames.of_unsent(event.message_id), event.member_ids)


def _push_reading(event: events.MessagesRead) -> None:
    found = frames.of_reading(event.conversation_id, event.reader_id, event.up_to)
    _push(found, event.member_ids)


def _push_change(event: events.ConversationChanged) -> None:
    _push(frames.of_change(event.conversation_id, event.user_id), [event.user_id])


def _push_leaving(event: events.PartnerLeft) -> None:
    _push(frames.of_leaving(event.conversation_id, event.user_id), [])


def _push_typing(event: events.MessageTyped) -> None:
    _push(frames.of_typing(event.writer_id, event.reader_id), [])


def push_relation(user_id: int, other_id: int) -> None:
    """How somebody stands to another has changed, and with it perhaps what is unread."""
    _push(frames.of_relation(user_id, other_id), [])


def _process(event: events.PictureUploaded) -> list[JobSpec]:
    return [media.to_process(event.media_id)]


REACTIONS: Table = {
    events.MessageStored: Reaction(send=_push_message),
    events.TextSent: Reaction(send=_push_text),
    events.MessageUnsent: Reaction(send=_push_unsent),
    events.MessagesRead: Reaction(send=_push_reading),
    events.ConversationChanged: Reaction(send=_push_change),
    events.PartnerLeft: Reaction(send=_push_leaving),
    events.MessageTyped: Reaction(send=_push_typing),
    events.PictureUploaded: Reaction(jobs=_process),
}
