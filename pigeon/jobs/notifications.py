"""Tell people what happened, in batches, and take it back; those who are online hear it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pigeon.crash_points import crash_point
from pigeon.jobs.registry import Again, job
from pigeon.realtime import push
from pigeon.services.notifications import (
    announcements,
    counts,
    groups,
    notifications,
)
from pigeon.services.notifications import (
    frames as notifications_frames,
)
from pigeon.services.notifications.frames import Frame
from pigeon.services.notifications.groups import Changes
from pigeon.unit_of_work import current_claim


@job("notify")
def announce_post(post_id: int) -> Again | None:
    progress = ""
    for step in announcements.announce_post(post_id, _progress()):
        _push_told(step.told)
        progress = step.progress
    return Again(progress=progress) if progress else None


@job("notify")
def announce_mentions(post_id: int, people: list[int]) -> None:
    """After an edit of a post: the newly named."""
    _push_told(announcements.announce_mentions(post_id, people))


@job("notify")
def announce_comment(comment_id: int) -> None:
    _push_told(announcements.announce_comment(comment_id))


@job("notify")
def announce_named(comment_id: int, people: list[int]) -> None:
    """After an edit of a comment: the newly named."""
    _push_told(announcements.announce_named(comment_id, people))


@job("notify")
def withdraw_post(post_id: int) -> Again | None:
    gone = announcements.withdraw_post(post_id, _progress())
    push_frames(notifications_frames.of_deleted(gone.rows))
    return Again(progress=gone.progress) if gone.progress else None


@job("notify")
def withdraw_comment(comment_id: int) -> Again | None:
    gone = announcements.withdraw_comment(comment_id, _progress())
    push_frames(notifications_frames.of_deleted(gone.rows))
    return Again(progress=gone.progress) if gone.progress else None


@job("notify", name="notifications.settle_likes")
def update_for_likes(subject: str, pairs: list[tuple[int, int]]) -> None:
    _push_changes(groups.update_for_likes(subject, pairs))


@job("notify", name="notifications.settle_follow")
def update_for_follow(follower_id: int, followee_id: int) -> None:
    _push_changes(groups.update_for_follow(follower_id, followee_id))


@job("notify")
def refresh_counts(reader_id: int) -> None:
    """Should the process that changed something have died before it told the cache."""
    counts.evict([reader_id])


@job("notify")
def remove_older(reader_id: int, rank: int) -> Again | None:
    """What a reader deleted with everything, and the request did not get to."""
    return Again(progress="") if notifications.remove_older(reader_id, rank) else None


def _progress() -> str:
    claim = current_claim.get()
    return claim.progress if claim else ""


def _push_told(told: Mapping[str, list[int]]) -> None:
    crash_point("notify.inserted")
    for event, people in told.items():
        push_frames(notifications_frames.of_event(event, people))
    crash_point("notify.pushed")


def _push_changes(changes: Changes) -> None:
    crash_point("notify.inserted")
    push_frames(notifications_frames.of_deleted(changes.withdrawn))
    push_frames(notifications_frames.of_rows(changes.announced))
    heard = {*changes.withdrawn.values(), *changes.announced.values()}
    push_frames(notifications_frames.of_counts(sorted(changes.changed - heard)))
    crash_point("notify.pushed")


def push_frames(frames: Iterable[Frame]) -> None:
    """Hints: what they say is stored."""
    for frame in frames:
        push.to_user(frame.event, frame.payload, frame.recipient_id)
