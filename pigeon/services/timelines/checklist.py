"""The first steps of somebody new: which are done, and whether they are shown any more.

They stay until all are done, or until they are put away, which is kept as a dismissal of oneself.
Who came long ago and follows somebody has found their way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import FollowRequest, SuggestionDismissal
from pigeon.services import counts
from pigeon.services.timelines import sidebar
from pigeon.services.users import users
from pigeon.unit_of_work import retried, unit_of_work

WANTED = 5
NEW = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Steps:
    """`followed` includes whom one asked to follow; `wanted` is less where few people are."""

    has_avatar: bool
    followed: int
    wanted: int
    has_posted: bool

    @property
    def follows_enough(self) -> bool:
        return self.followed >= self.wanted

    @property
    def done(self) -> int:
        """How many of the three."""
        return self.has_avatar + self.follows_enough + self.has_posted

    @property
    def is_done(self) -> bool:
        return self.done == len(("picture", "people", "post"))


def find(user_id: int, suggested: int) -> Steps | None:
    """The steps while some are left; None for who needs them no more, or put them away.

    `suggested` is how many others there are to follow.
    """
    counted, card = counts.of_user(user_id), users.cards.one(user_id)
    if card is None or (counted.following_count and card.created_at < utc_now() - NEW):
        return None
    followed = counted.following_count + _asked(user_id)
    steps = Steps(
        has_avatar=card.avatar is not None,
        followed=followed,
        wanted=max(1, min(WANTED, followed + suggested)),
        has_posted=counted.post_count > 0,
    )
    return None if steps.is_done or _is_put_away(user_id) else steps


@retried
def put_away(user_id: int) -> None:
    """Show them no more; twice is fine."""
    try:
        with unit_of_work() as uow:
            db.session.add(SuggestionDismissal(user_id=user_id, dismissed_id=user_id))
            uow.after_commit(lambda: sidebar.evict(user_id))
    except IntegrityError:
        return


def _asked(user_id: int) -> int:
    query = select(func.count()).where(FollowRequest.requester_id == user_id)
    return db.session.scalar(query) or 0


def _is_put_away(user_id: int) -> bool:
    mine = SuggestionDismissal.user_id == user_id, SuggestionDismissal.dismissed_id == user_id
    return db.session.scalar(select(SuggestionDismissal.user_id).where(*mine)) is not None
