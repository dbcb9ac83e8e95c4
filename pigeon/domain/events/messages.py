"""Events of conversations and messages."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event
from pigeon.domain.messages import Message


@dataclass(frozen=True, kw_only=True)
class MessageStored(Event):
    """A message is there, or is what it was not before: sent, its picture ready or failed."""

    message_id: int
    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class TextSent(Event):
    """A message without a picture or a card was stored just now, for whom its sender may write to.

    `said` is the message as its sender sees it: nothing has to be read to tell both sides.
    """

    said: Message
    sender_id: int
    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class MessageUnsent(Event):
    message_id: int
    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class MessagesRead(Event):
    """A member of a conversation has read up to this number of it."""

    conversation_id: int
    reader_id: int
    up_to: int
    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class ConversationChanged(Event):
    """Somebody accepted or deleted a conversation of theirs: their other devices follow."""

    conversation_id: int
    user_id: int


@dataclass(frozen=True, kw_only=True)
class PictureUploaded(Event):
    """A picture for a message that is not sent yet."""

    media_id: int


@dataclass(frozen=True, kw_only=True)
class MessageTyped(Event):
    """Somebody is writing to somebody; nothing is stored of it."""

    writer_id: int
    reader_id: int


@dataclass(frozen=True, kw_only=True)
class PartnerLeft(Event):
    """Somebody in a conversation left, was shut out, or is let in again."""

    conversation_id: int
    user_id: int
