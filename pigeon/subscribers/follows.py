"""Events of follows and requests: caches of both people, their rooms, and their notifications."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import messages, notifications, suggestions, timelines
from pigeon.realtime import push
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.subscribers.relations import push_changed
from pigeon.unit_of_work import JobSpec


def _update(event: events.UserFollowed | events.UserUnfollowed) -> list[JobSpec]:
    pair = {"follower_id": event.follower_id, "followee_id": event.followee_id}
    return [
        timelines.refresh_follow.spec(**pair),
        notifications.update_for_follow.spec(**pair),
        suggestions.after_follow(event.follower_id),
    ]


def _follow(event: events.UserFollowed) -> list[JobSpec]:
    pair = {"follower_id": event.follower_id, "followee_id": event.followee_id}
    return [*_update(event), messages.accept_followed.spec(**pair)]


def _push_followed(event: events.UserFollowed) -> None:
    """Who follow each other may know when the other is there."""
    push.recheck_rooms(pair=[event.follower_id, event.followee_id])
    push_changed(event.follower_id, event.followee_id)


def _push_unfollowed(event: events.UserUnfollowed) -> None:
    """Posts of a private person are left by who follows no more; only who ended it is told."""
    pair = [event.follower_id, event.followee_id]
    push.recheck_rooms(user_ids=[event.follower_id], pair=pair)
    other = {event.follower_id, event.followee_id} - {event.by_id}
    push_changed(event.by_id, *other)


def _announce_request(event: events.FollowRequested) -> list[JobSpec]:
    announced = notifications.announce_request.spec(request_id=event.request_id)
    return [announced, *suggestions.after(event.requester_id)]


def _push_requested(event: events.FollowRequested) -> None:
    push_changed(event.requester_id, event.requested_id)


def _withdraw_request(event: events.FollowRequestEnded) -> list[JobSpec]:
    withdrawn = notifications.withdraw_request.spec(request_id=event.request_id)
    return [withdrawn, *suggestions.after(event.requester_id)]


def _push_ended(event: events.FollowRequestEnded) -> None:
    """Only who ended it is told: somebody who was declined is not."""
    other = {event.requester_id, event.requested_id} - {event.by_id}
    push_changed(event.by_id, *other)


def _approve(event: events.FollowApproved) -> list[JobSpec]:
    pair = {"follower_id": event.follower_id, "followee_id": event.followee_id}
    announced = notifications.announce_approval.spec(request_id=event.request_id, **pair)
    accepted = messages.accept_followed.spec(**pair)
    refreshed = suggestions.after_follow(event.follower_id)
    return [timelines.refresh_follow.spec(**pair), announced, accepted, refreshed]


def _push_approved(event: events.FollowApproved) -> None:
    """Both are told: for both something opened."""
    push.recheck_rooms(pair=[event.follower_id, event.followee_id])
    push_changed(event.follower_id, event.followee_id)
    push_changed(event.followee_id, event.follower_id)


REACTIONS: Table = {
    events.UserFollowed: Reaction(jobs=_follow, send=_push_followed),
    events.UserUnfollowed: Reaction(jobs=_update, send=_push_unfollowed),
    events.FollowRequested: Reaction(jobs=_announce_request, send=_push_requested),
    events.FollowRequestEnded: Reaction(jobs=_withdraw_request, send=_push_ended),
    events.FollowApproved: Reaction(jobs=_approve, send=_push_approved),
}
