"""What a search finds, and what somebody searched for, kept for them alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pigeon.domain.users import UserRow

KEPT = 50
"""Entries of one person; the one that was searched longest ago makes room."""
WORD = "query"
PERSON = "user"
NOT_SAVED = "searches_not_saved"
"""Why nothing is added: the person does not want their searches to be saved."""


@dataclass(frozen=True, kw_only=True)
class SearchEntry:
    """A word, or a person whom a search led to: `q` is "" then."""

    id: str
    kind: str
    q: str
    user: UserRow | None
    searched_at: datetime


@dataclass(frozen=True, kw_only=True)
class QueryHit:
    """A word out of one's own history, and of nobody else's."""

    q: str
    kind: str = WORD


@dataclass(frozen=True, kw_only=True)
class TagHit:
    """A folded hashtag, and how many posts everybody may see under it."""

    tag: str
    post_count: int
    kind: str = "tag"
