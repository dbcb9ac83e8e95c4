"""Notify people of what happened, in batches, and take it back; frames go to who is online."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pigeon.crash_points import crash_point
from pigeon.jobs.registry import Again, job
from pigeon.realtime import push
from pigeon.services.notifications import counts, frames, notifications, removals
from pigeon.services.notifications.delivery import Withdrawn
from pigeon.services.notifications.frames import Frame
from pigeon.services.notifications.groups import Changes
from pigeon.services.notifications.sources import comments, follows, likes, posts
from pigeon.unit_of_work import current_claim


@job("notify")
def announce_post(post_id: int) -> Again | None:
    progress = ""
    for step in posts.announce(post_id, _progress()):
        _push_created(step.notified)
        progress = step.progress
    return Again(progress=progress) if progress else None


@job("notify")
def announce_mentions(post_id: int, people: list[int]) -> None:
    """After an edit of a post: the newly named."""
    _push_created(posts.announce_mentions(post_id, people))


@job("notify")
def announce_comment(comment_id: int) -> None:
    _push_created(comments.announce(comment_id))


@job("notify")
def announce_named(comment_id: int, people: list[int]) -> None:
    """After an edit of a comment: the newly named."""
    _push_created(comments.announce_named(comment_id, people))


@job("notify")
def withdraw_post(post_id: int) -> Again | None:
    return _withdrawn(posts.withdraw(post_id, _progress()))


@job("notify")
def withdraw_comment(comment_id: int) -> Again | None:
    return _withdrawn(comments.withdraw(comment_id, _progress()))


@job("notify", name="notifications.settle_likes")
def update_for_likes(subject: str, pairs: list[tuple[int, int]]) -> None:
    _push_changes(likes.update(subject, pairs))


@job("notify", name="notifications.settle_follow")
def update_for_follow(follower_id: int, followee_id: int) -> None:
    _push_changes(follows.update(follower_id, followee_id))


@job("notify")
def announce_request(request_id: int) -> None:
    _push_created(follows.announce_request(request_id))


@job("notify")
def withdraw_request(request_id: int) -> Again | None:
    return _withdrawn(follows.withdraw_request(request_id, _progress()))


@job("notify")
def announce_approval(request_id: int, follower_id: int, followee_id: int) -> None:
    _push_created(follows.announce_approval(request_id, follower_id, followee_id))


@job("notify")
def remove_between(user_id: int, other_id: int) -> None:
    """After a block: what each was told of the other goes, for good."""
    for reader_id, actor_id in ((user_id, other_id), (other_id, user_id)):
        gone = removals.remove_of(actor_id, reader_id)
        if gone:  # a frame that says nothing new would tell somebody that they were blocked
            push_frames(frames.of_reader(reader_id, gone[: notifications.NAMED]))


@job("notify")
def refresh_counts(reader_id: int) -> None:
    """Evict counts once more: the process that changed them may have died before it did."""
    counts.evict([reader_id])


@job("notify")
def remove_older(reader_id: int, rank: int) -> Again | None:
    """Delete what is left of a list that its reader emptied in a request that took too long."""
    return Again(progress="") if notifications.remove_older(reader_id, rank) else None


def _progress() -> str:
    claim = current_claim.get()
    return claim.progress if claim else ""


def _withdrawn(gone: Withdrawn) -> Again | None:
    push_frames(frames.of_deleted(gone.rows))
    return Again(progress=gone.progress) if gone.progress else None


def _push_created(notified: Mapping[str, list[int]]) -> None:
    crash_point("notify.inserted")
    for event, people in notified.items():
        push_frames(frames.of_event(event, people))
    crash_point("notify.pushed")


def _push_changes(changes: Changes) -> None:
    crash_point("notify.inserted")
    push_frames(frames.of_deleted(changes.withdrawn))
    push_frames(frames.of_rows(changes.announced))
    heard = {*changes.withdrawn.values(), *changes.announced.values()}
    push_frames(frames.of_counts(sorted(changes.changed - heard)))
    crash_point("notify.pushed")


def push_frames(pushed: Iterable[Frame]) -> None:
    """Frames are hints: what they say is stored."""
    for frame in pushed:
        push.to_user(frame.event, frame.payload, frame.recipient_id)
