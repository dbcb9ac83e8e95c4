"""Conversations and messages in their SQL home.

Nothing here goes when a person goes: a conversation outlives its members' accounts, so there is no
foreign key to `users`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.domain import limits
from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, Key, Line, UTCDateTime


class ConversationModel(Model):
    """A conversation has a name; all else is its members'."""

    __tablename__ = "conversations"
    __table_args__ = (TABLE,)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Key(limits.CONVERSATION_KEY), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MemberModel(Model):
    """Somebody in a conversation, whose last number is `last_seq`, the same for all of its members.

    `rank` orders a person's inbox: see `rank_of` in `stores/messages.py`.
    """

    __tablename__ = "conversation_members"
    __table_args__ = (
        Index("ix_conversation_members_user_id_is_accepted_rank", "user_id", "is_accepted", "rank"),
        {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"},
    )

    conversation_id: Mapped[int] = mapped_column(
        Id, ForeignKey("conversations.id"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    is_accepted: Mapped[bool] = mapped_column(default=False)
    read_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    cleared_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    rank: Mapped[int] = mapped_column(BigInteger, default=0)


class MessageModel(Model):
    """A message; its id holds the conversation and the number, so a conversation lies together.

    `media_id`, `post_id` and `story_id` are no foreign keys: what is gone is shown as gone.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("uq_messages_sender_id_client_msg_id", "sender_id", "client_msg_id", unique=True),
        {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    sender_id: Mapped[int] = mapped_column(Id)
    client_msg_id: Mapped[str] = mapped_column(Key(limits.CLIENT_MSG_ID))
    sent_us: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Line(limits.MESSAGE), default="")
    media_id: Mapped[int | None] = mapped_column(Id)
    post_id: Mapped[int | None] = mapped_column(Id)
    story_id: Mapped[int | None] = mapped_column(Id)
    is_reaction: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_deleted: Mapped[bool] = mapped_column(default=False)


class MessageMoveModel(Model):
    """The one row (id 1) that every writer of messages reads: see `stores/messages_gate.py`.

    A migration adds it, since nobody can wait for a row that is not there.
    """

    __tablename__ = "message_moves"
    __table_args__ = ({"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"},)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(Key(32))
    site: Mapped[str] = mapped_column(Key(32))
    run: Mapped[str] = mapped_column(Key(32))
    holder: Mapped[str] = mapped_column(Key(32))
    until_us: Mapped[int] = mapped_column(BigInteger)
