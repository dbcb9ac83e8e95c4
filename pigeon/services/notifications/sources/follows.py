"""Followers notify whom they follow, in a group while it is unseen; requests by themselves.

A request notifies the private person who is asked until it ends, an approval who asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import FollowModel, FollowRequest
from pigeon.services.notifications import delivery
from pigeon.services.notifications.contents import Occasion
from pigeon.services.notifications.delivery import Withdrawn
from pigeon.services.notifications.groups import Changes, Group, update_groups
from pigeon.services.notifications.recipients import Plan
from pigeon.services.notifications.source import (
    Filter,
    Forms,
    Setting,
    Source,
    gettext,
    lead_to_actor,
    lead_to_requests,
    ngettext,
)


def _following(occasion: Occasion, people: list[int]) -> Sequence[int]:
    """Those of `people` who follow the subject now."""
    query = select(FollowModel.follower_id).where(
        FollowModel.followee_id == occasion.subject_id, FollowModel.follower_id.in_(people)
    )
    return db.session.scalars(query).all()


NEW_FOLLOWERS = Setting(name="follow", title=gettext("New followers"))
FOLLOWS_TAB = Filter(name="follows", title=gettext("Follows"))
FOLLOW = Source(
    kind="follow",
    sentences={
        "user": Forms(
            one=gettext("%(name)s started following you"),
            two=gettext("%(name)s and %(other)s started following you"),
            more=ngettext(
                "%(name)s, %(other)s and %(num)s other started following you",
                "%(name)s, %(other)s and %(num)s others started following you",
            ),
        ),
    },
    target=lead_to_actor,
    present=_following,
    setting=NEW_FOLLOWERS,
    filter=FOLLOWS_TAB,
)


FOLLOW_REQUEST = Source(
    kind="follow_request",
    sentences={"user": Forms(one=gettext("%(name)s asks to follow you"))},
    target=lead_to_requests,
    filter=FOLLOWS_TAB,
)
FOLLOW_ACCEPTED = Source(
    kind="follow_accepted",
    sentences={"user": Forms(one=gettext("%(name)s accepted your request"))},
    target=lead_to_actor,
    filter=FOLLOWS_TAB,
)


def announce_request(request_id: int) -> dict[str, list[int]]:
    """Notify who is asked, unless the request ended meanwhile."""
    event = _event(FOLLOW_REQUEST, request_id)

    def find() -> tuple[Occasion, Plan] | None:
        row = db.session.scalar(
            select(FollowRequest).where(FollowRequest.id == request_id).with_for_update(read=True)
        )
        if row is None:
            return None
        occasion = _between(event, actor_id=row.requester_id)
        return occasion, [(FOLLOW_REQUEST, [row.requested_id])]

    return {event: delivery.deliver(find)}


def withdraw_request(request_id: int, progress: str) -> Withdrawn:
    """Take back what who is asked was told of a request that ended."""
    return delivery.withdraw_some(_event(FOLLOW_REQUEST, request_id), progress)


def announce_approval(request_id: int, follower_id: int, followee_id: int) -> dict[str, list[int]]:
    """Notify who asked, unless they follow no more."""
    event = _event(FOLLOW_ACCEPTED, request_id)

    def find() -> tuple[Occasion, Plan] | None:
        follows = select(FollowModel.id).where(
            FollowModel.follower_id == follower_id, FollowModel.followee_id == followee_id
        )
        if db.session.scalar(follows.with_for_update(read=True)) is None:
            return None
        return _between(event, actor_id=followee_id), [(FOLLOW_ACCEPTED, [follower_id])]

    return {event: delivery.deliver(find)}


def _event(source: Source, request_id: int) -> str:
    return f"{'fr' if source is FOLLOW_REQUEST else 'fa'}{request_id}"


def _between(event: str, *, actor_id: int) -> Occasion:
    return Occasion(
        event=event, actor_id=actor_id, subject_kind="user", subject_id=actor_id, post_id=None
    )


def update(follower_id: int, followee_id: int) -> Changes:
    """Make notifications agree with whether one person follows another."""
    occasion = Occasion(
        event=f"f{followee_id}",
        actor_id=None,
        subject_kind="user",
        subject_id=followee_id,
        post_id=None,
    )
    group = Group(recipient_id=followee_id, occasion=occasion, people=[follower_id])
    return update_groups(FOLLOW, lambda: [group])
