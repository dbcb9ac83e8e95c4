"""What a search suggests while it is typed: one's own words, people, and hashtags."""

from __future__ import annotations

from typing import TypeAlias

from pigeon.domain import limits
from pigeon.domain.page import PageRequest
from pigeon.domain.searches import QueryHit, TagHit
from pigeon.domain.users import UserHit
from pigeon.services.searches import history, people, tags

Hit: TypeAlias = QueryHit | UserHit | TagHit

OWN_WORDS = 3
"""So many at most are words that one searched for before."""
TAGS = 3
"""So many at most are hashtags."""


def suggest(q: str, reader_id: int) -> list[Hit]:
    """At most 8 in that order; people are ranked as they are to be mentioned."""
    words = history.suggest(q, reader_id, OWN_WORDS)
    tagged = tags.find_tags(q, PageRequest(limit=TAGS)).items
    left = limits.SUGGESTIONS - len(words) - len(tagged)
    return [*words, *people.suggest_mentions(q, reader_id)[:left], *tagged]
