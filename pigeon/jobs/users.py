"""What follows when a person changes or leaves."""

from __future__ import annotations

from collections.abc import Sequence

from pigeon.jobs.registry import Again, job
from pigeon.realtime import push as realtime
from pigeon.services.accounts import sessions
from pigeon.services.comments import cards as comment_cards
from pigeon.services.posts import cards as post_cards
from pigeon.services.stories import cards as story_cards
from pigeon.services.timelines import sidebar
from pigeon.services.users import suspensions, users, withdrawals


@job("default")
def refresh_cards(user_id: int) -> None:
    """A new name or avatar: cards that show it are made again when they are next read."""
    users.cards.evict(user_id)
    sidebar.evict(user_id)
    post_cards.evict_all_of(user_id)
    comment_cards.evict_all_of(user_id)
    story_cards.evict(user_id)


@job("default")
def refresh_suspended(user_id: int, username: str) -> None:
    """Somebody was shut out or let in: cards that show them, or miss them, are made again."""
    suspensions.refresh(user_id, username)


@job("default")
def erase(user_id: int, username: str) -> Again | None:
    """Remove what a withdrawn person leaves, a piece at a time."""
    withdrawals.evict(user_id, username)
    return Again(progress="") if withdrawals.erase_some(user_id) else None


@job("notify")
def close_sockets(user_id: int, session_ids: list[int], token_hashes: Sequence[str] = ()) -> None:
    """Close the sockets of ended sessions, once their tombstones are certain to be written.

    A closed socket comes back at once, and must find its session ended.
    """
    try:
        sessions.write_tombstones(token_hashes)
    finally:
        realtime.kick(user_id, session_ids)
