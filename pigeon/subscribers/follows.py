"""Events of follows: caches of both people, and the followed person's notification."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import notifications, timelines
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def _update(event: events.UserFollowed | events.UserUnfollowed) -> list[JobSpec]:
    pair = {"follower_id": event.follower_id, "followee_id": event.followee_id}
    return [timelines.refresh_follow.spec(**pair), notifications.update_for_follow.spec(**pair)]


REACTIONS: Table = {
    events.UserFollowed: Reaction(jobs=_update),
    events.UserUnfollowed: Reaction(jobs=_update),
}
