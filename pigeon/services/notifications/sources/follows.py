"""Followers notify whom they follow, in a group while it is unseen."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import FollowModel
from pigeon.services.notifications.contents import Occasion
from pigeon.services.notifications.groups import Changes, Group, update_groups
from pigeon.services.notifications.source import (
    Filter,
    Forms,
    Setting,
    Source,
    gettext,
    lead_to_actor,
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
