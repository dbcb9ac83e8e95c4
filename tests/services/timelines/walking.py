"""What people do to each other in a random walk, and what must hold between them afterwards."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import func, or_, select

from pigeon.domain.errors import NotFound
from pigeon.domain.page import PageRequest
from pigeon.domain.users import ACTIVE
from pigeon.extensions import db
from pigeon.models import BlockModel, FollowModel, FollowRequest, MuteModel, UserModel
from pigeon.services.follows import followees, follows, requests
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import Apart, apart
from pigeon.services.relations.apart import load as load_apart
from pigeon.services.relations.standings import standings
from pigeon.services.suggestions import suggestions
from pigeon.services.users import suspensions, users

SUSPENDED = 2
"""So many people at most are suspended at a time."""


class Relations:
    """Steps between people; each is refused exactly when they may not meet."""

    chance: random.Random
    people: list[int]
    happened: Counter[str]

    def relation_steps(self) -> dict[Callable[[], None], int]:
        return {
            self.follow: 20,
            self.unfollow: 4,
            self.remove_follower: 2,
            self.approve: 6,
            self.decline: 2,
            self.block: 2,
            self.unblock: 3,
            self.mute: 3,
            self.unmute: 3,
            self.turn_private: 3,
            self.turn_public: 2,
            self.suspend: 2,
            self.unsuspend: 3,
        }

    # -- steps -------------------------------------------------------------------------------------

    def follow(self) -> None:
        by, whom = self._two()
        with self._may_be_refused(by, whom):
            follows.follow(whom, by=by)

    def unfollow(self) -> None:
        pair = self._any(select(FollowModel.follower_id, FollowModel.followee_id))
        pair = pair or self._any(select(FollowRequest.requester_id, FollowRequest.requested_id))
        if pair:
            follows.unfollow(pair[1], by=pair[0])

    def remove_follower(self) -> None:
        pair = self._any(select(FollowModel.follower_id, FollowModel.followee_id))
        if pair:
            follows.remove_follower(pair[0], by=pair[1])

    def approve(self) -> None:
        """All who ask one person, as who clears their list."""
        asked = self._any(select(FollowRequest.requested_id))
        for requester_id in self._asking(asked[0]) if asked else ():
            with self._may_be_refused(asked[0], requester_id):
                requests.approve(requester_id, by=asked[0])

    def decline(self) -> None:
        pair = self._any(select(FollowRequest.requester_id, FollowRequest.requested_id))
        if pair:
            with self._may_be_refused(pair[1], pair[0]):
                requests.decline(pair[0], by=pair[1])

    def block(self) -> None:
        by, whom = self._two()
        with self._may_be_refused(by, whom):
            blocks.block(whom, by=by)

    def unblock(self) -> None:
        pair = self._any(select(BlockModel.blocker_id, BlockModel.blocked_id))
        if pair:
            with self._may_be_refused(*pair):
                blocks.unblock(pair[1], by=pair[0])

    def mute(self) -> None:
        by, whom = self._two()
        of = self.chance.choice((["posts"], ["posts"], ["chat"], ["posts", "stories"]))
        with self._may_be_refused(by, whom):
            mutes.set_muted(whom, by=by, of=of, on=True)

    def unmute(self) -> None:
        pair = self._any(select(MuteModel.muter_id, MuteModel.muted_id))
        if pair:
            with self._may_be_refused(*pair):
                mutes.set_muted(pair[1], by=pair[0], of=["posts"], on=False)

    def turn_private(self) -> None:
        users.update_profile(self._active(), {"is_private": True})

    def turn_public(self) -> None:
        found = self._any(select(UserModel.id).where(UserModel.is_private, self._is_here()))
        if found:
            users.update_profile(found[0], {"is_private": False})

    def suspend(self) -> None:
        if len(self.people) - len(self.active()) < SUSPENDED:
            suspensions.suspend(self._active())

    def unsuspend(self) -> None:
        shut = set(self.people) - set(self.active())
        if shut:
            suspensions.unsuspend(self.chance.choice(sorted(shut)))

    # -- who is there ------------------------------------------------------------------------------

    def active(self) -> list[int]:
        found = db.session.scalars(select(UserModel.id).where(self._is_here()))
        return sorted(set(found).intersection(self.people))

    def _is_here(self) -> object:
        return UserModel.state == ACTIVE

    def _active(self) -> int:
        return self.chance.choice(self.active())

    def _two(self) -> tuple[int, int]:
        """Somebody who is here, and anybody else."""
        by = self._active()
        return by, self.chance.choice([one for one in self.people if one != by])

    def _any(self, query: object) -> tuple[int, ...]:
        rows = db.session.execute(query).all()
        return tuple(self.chance.choice(rows)) if rows else ()

    def _asking(self, requested_id: int) -> list[int]:
        row = FollowRequest
        query = select(row.requester_id).where(row.requested_id == requested_id)
        return list(db.session.scalars(query.order_by(row.id)))

    @contextmanager
    def _may_be_refused(self, by: int, whom: int) -> Iterator[None]:
        """Across a block, for who is suspended, and by what happens inside; otherwise never."""
        inside, refusable = self.happened["inside"], self._is_apart(by, whom)
        try:
            yield
        except NotFound:
            db.session.rollback()
            assert refusable or inside < self.happened["inside"], (by, whom)

    def _is_apart(self, by: int, whom: int) -> bool:
        row = BlockModel
        between = select(row.id).where(
            or_(
                (row.blocker_id == by) & (row.blocked_id == whom),
                (row.blocker_id == whom) & (row.blocked_id == by),
            )
        )
        return bool(db.session.scalars(between).all()) or not {by, whom} <= set(self.active())

    # -- what must hold ----------------------------------------------------------------------------

    def check_relations(self) -> None:
        self._check_blocks()
        self._check_requests()
        for one, kept in apart.many(self.people).items():
            assert self._of_these(kept) == self._of_these(load_apart(one)), f"apart from {one}"
        assert standings.many(self.people) == standings._loader(self.people)
        for reader_id in self.active():
            self._check_suggestions(reader_id)

    def _of_these(self, kept: Apart) -> Apart:
        """Without those who left for good: nobody would meet them anyway."""
        among = frozenset(self.people)
        return Apart(**{name: people & among for name, people in vars(kept).items()})

    def _check_blocks(self) -> None:
        """No follow and no request stands across a block."""
        parted = {frozenset(pair) for pair in self._pairs(BlockModel.blocker_id, "blocked_id")}
        for column, other in (
            (FollowModel.follower_id, "followee_id"),
            (FollowRequest.requester_id, "requested_id"),
        ):
            assert not parted.intersection(map(frozenset, self._pairs(column, other)))

    def _check_requests(self) -> None:
        """Nobody asks to follow whom they follow."""
        asking = self._pairs(FollowRequest.requester_id, "requested_id")
        assert not asking & self._pairs(FollowModel.follower_id, "followee_id")
        twice = select(func.count()).select_from(FollowRequest)
        assert db.session.scalar(twice) == len(asking)

    def _pairs(self, column: object, other: str) -> set[tuple[int, int]]:
        rows = db.session.execute(select(column, getattr(column.class_, other)))  # type: ignore[attr-defined]
        return {(row[0], row[1]) for row in rows}

    def _check_suggestions(self, reader_id: int) -> None:
        """Nobody who is blocked, asked, followed or shut out, whatever a cache still ranks."""
        found = {int(one.id) for one in suggestions.page(reader_id, PageRequest(limit=50)).items}
        kept = load_apart(reader_id)
        asked = {
            pair[1]
            for pair in self._pairs(FollowRequest.requester_id, "requested_id")
            if pair[0] == reader_id
        }
        followed = followees.in_sql(reader_id, self.people)
        assert not found & kept.blocked, "blocked"
        assert not found & asked, "asked"
        assert not found & (followed | {reader_id}), "followed"
        assert found <= set(self.active()), "not here"
