"""What follows for conversations when people follow, are shut out, or leave."""

from __future__ import annotations

from pigeon.jobs.registry import Again, job
from pigeon.services.messages import conversations, leaving


@job("default")
def accept_followed(follower_id: int, followee_id: int) -> None:
    """What waited as a request of somebody who is followed now moves to the inbox."""
    conversations.accept_followed(follower_id, followee_id)


@job("default")
def refresh(user_id: int) -> None:
    """What is unread of somebody who was shut out, let in, or left."""
    leaving.refresh(user_id)


@job("default")
def erase(user_id: int) -> Again | None:
    """Make stubs of what a withdrawn person said, a piece at a time.

    A job of its own: a worker of the release before knows nothing of messages, and leaves it.
    """
    return Again(progress="") if leaving.erase_some(user_id) else None
