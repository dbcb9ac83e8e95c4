"""Events between two people: follows, blocks, mutes, and what somebody shows of themselves."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class UserFollowed(Event):
    follower_id: int
    followee_id: int


@dataclass(frozen=True, kw_only=True)
class UserUnfollowed(Event):
    """`by_id` ended it: who followed, or who was followed."""

    follower_id: int
    followee_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class FollowRequested(Event):
    request_id: int
    requester_id: int
    requested_id: int


@dataclass(frozen=True, kw_only=True)
class FollowRequestEnded(Event):
    """Withdrawn, approved, declined, or made void by a follow or a block; `by_id` ended it."""

    request_id: int
    requester_id: int
    requested_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class FollowApproved(Event):
    """The followed let the follower in, who is told; the followed knows."""

    request_id: int
    follower_id: int
    followee_id: int


@dataclass(frozen=True, kw_only=True)
class UserBlocked(Event):
    blocker_id: int
    blocked_id: int


@dataclass(frozen=True, kw_only=True)
class UserUnblocked(Event):
    blocker_id: int
    blocked_id: int


@dataclass(frozen=True, kw_only=True)
class MuteChanged(Event):
    muter_id: int
    muted_id: int


@dataclass(frozen=True, kw_only=True)
class PrivacyChanged(Event):
    """Somebody's posts are open to other people than before."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class ActivityShown(Event):
    """Somebody shows when they are there, or does not any more, and so sees nobody's."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class StatusChosen(Event):
    """Somebody chose what they are shown as while they are there."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class AcquaintanceChanged(Event):
    """A conversation was accepted or deleted: its members may know otherwise of each other."""

    member_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class UserSuspended(Event):
    """Shut out, or let in again: caches show things of somebody who is hidden, or miss them."""

    user_id: int
    username: str
