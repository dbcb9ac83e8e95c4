"""People and what belongs to their account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.domain import limits
from pigeon.extensions import Model
from pigeon.models.types import TABLE, Document, Id, Key, Line, UTCDateTime


class UserModel(Model):
    """A person. Counters are derived from rows and kept in the same transactions as they."""

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_name_jamo", "name_jamo"),
        Index("ix_users_name_initials", "name_initials"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(Key(limits.USERNAME_MAX), unique=True)
    email: Mapped[str] = mapped_column(Line(limits.EMAIL))
    email_key: Mapped[str] = mapped_column(Key(limits.EMAIL), unique=True)
    pending_email: Mapped[str | None] = mapped_column(Line(limits.EMAIL))
    password_hash: Mapped[str | None] = mapped_column(Key(200))
    auth_version: Mapped[int] = mapped_column(default=1)
    role: Mapped[str] = mapped_column(Key(10), default="user")
    state: Mapped[str] = mapped_column(Key(10), default="active")

    display_name: Mapped[str] = mapped_column(Line(limits.DISPLAY_NAME), default="")
    name_jamo: Mapped[str] = mapped_column(Key(255), default="")
    name_initials: Mapped[str] = mapped_column(Key(60), default="")
    keyed_as: Mapped[str] = mapped_column(Key(100), default="", server_default="")
    bio: Mapped[str] = mapped_column(Line(limits.BIO), default="")
    pronouns: Mapped[str] = mapped_column(Line(limits.PRONOUNS), default="")
    link: Mapped[str | None] = mapped_column(Line(limits.LINK))
    avatar: Mapped[str | None] = mapped_column(Key(32))
    is_private: Mapped[bool] = mapped_column(default=False)

    language: Mapped[str] = mapped_column(Key(2), default="en")
    theme: Mapped[str] = mapped_column(Key(6), default="system")
    time_zone: Mapped[str] = mapped_column(Key(40), default="UTC")
    chosen_status: Mapped[str] = mapped_column(Key(10), default="available")
    is_discoverable: Mapped[bool] = mapped_column(default=True)
    shows_activity: Mapped[bool] = mapped_column(default=True)
    sends_receipts: Mapped[bool] = mapped_column(default=True)
    saves_searches: Mapped[bool] = mapped_column(default=True)
    messages_from: Mapped[str] = mapped_column(Key(10), default="everyone")
    notify: Mapped[str] = mapped_column(Line(400), default="{}")

    post_count: Mapped[int] = mapped_column(default=0)
    follower_count: Mapped[int] = mapped_column(default=0)
    following_count: Mapped[int] = mapped_column(default=0)
    followers_version: Mapped[int] = mapped_column(default=0)
    is_celebrity: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdentityModel(Model):
    """A log-in by OpenID Connect: (issuer, subject), never the address, is the identity."""

    __tablename__ = "identities"
    __table_args__ = (
        Index("uq_identities_issuer_subject", "issuer", "subject", unique=True),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(Key(200))
    subject: Mapped[str] = mapped_column(Key(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class HeldUsername(Model):
    """A withdrawn person's username, kept from others for 30 days."""

    __tablename__ = "held_usernames"
    __table_args__ = (TABLE,)

    username: Mapped[str] = mapped_column(Key(limits.USERNAME_MAX), primary_key=True)
    held_until: Mapped[datetime] = mapped_column(UTCDateTime)


class MailedToken(Model):
    """A link that was mailed: only its SHA-256 is stored, it works once, the newest one counts.

    `kind` is `signup`, `reset` or `email`; `payload` is JSON of what the link will do.
    """

    __tablename__ = "mailed_tokens"
    __table_args__ = (Index("ix_mailed_tokens_kind_email_key", "kind", "email_key"), TABLE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(Key(10))
    token_hash: Mapped[str] = mapped_column(Key(64), unique=True)
    email_key: Mapped[str] = mapped_column(Key(limits.EMAIL))
    user_id: Mapped[int | None] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    payload: Mapped[str] = mapped_column(Document)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class InviteModel(Model):
    """An invitation link made by the command line; `uses_left` falls with each account."""

    __tablename__ = "invites"
    __table_args__ = (TABLE,)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Key(64), unique=True)
    uses_left: Mapped[int] = mapped_column()
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SessionModel(Model):
    """A log-in of a browser (`web`) or a personal access token (`token`): revocable, hashed."""

    __tablename__ = "sessions"
    __table_args__ = (TABLE,)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Key(6), default="web")
    token_hash: Mapped[str] = mapped_column(Key(64), unique=True)
    user_agent: Mapped[str] = mapped_column(Line(200), default="")
    address: Mapped[str] = mapped_column(Key(45), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    authenticated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SecurityEvent(Model):
    """Append-only: who did what to an account, from where; never a secret."""

    __tablename__ = "security_events"
    __table_args__ = (Index("ix_security_events_user_id_id", "user_id", "id"), TABLE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(Key(30))
    address: Mapped[str] = mapped_column(Key(45), default="")
    user_agent: Mapped[str] = mapped_column(Line(200), default="")
    request_id: Mapped[str] = mapped_column(Key(32), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
