"""Events of accounts: mails, sessions, names and pictures of people."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class MailRequested(Event):
    """`template` names a pair in templates/email; `values` are strings for it."""

    template: str
    to: str
    language: str
    values: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class LinkRequested(Event):
    """Somebody wants their sign-up's mail again; whether one waits, only the job finds out."""

    email_key: str


@dataclass(frozen=True, kw_only=True)
class ResetRequested(Event):
    """Somebody asked for a new password; whether the address is known, only the job finds out."""

    email_key: str


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(Event):
    """These sessions are over: their sockets close on whichever process holds them."""

    user_id: int
    session_ids: list[int]
    token_hashes: list[str]


@dataclass(frozen=True, kw_only=True)
class UserWithdrew(Event):
    user_id: int
    username: str


@dataclass(frozen=True, kw_only=True)
class UserChanged(Event):
    """Name or avatar changed: cards that show them are stale."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class AvatarUploaded(Event):
    media_id: int


@dataclass(frozen=True, kw_only=True)
class AvatarShown(Event):
    user_id: int
    avatar_url: str | None


@dataclass(frozen=True, kw_only=True)
class AvatarFailed(Event):
    """The last picture that somebody sent cannot be read; `language` is theirs."""

    user_id: int
    code: str
    language: str
