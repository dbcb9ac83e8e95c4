"""The merged timeline equals its definition, whatever happens in whatever order.

A seeded random walk over people, follows, requests, blocks, mutes, private and suspended people,
posts, lost caches and jobs that are delayed, repeated, out of order or killed; other steps happen
inside rebuilds, fills, pushes and between the two trips of a read. `TIMELINE_SEED` and
`TIMELINE_STEPS` repeat or lengthen a walk.
"""

from __future__ import annotations

import os
import random
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from pigeon.cache import keys, leases
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.page import PageRequest, read_cursor, write_cursor
from pigeon.domain.sessions import Caller
from pigeon.extensions import cache, db
from pigeon.jobs import runner
from pigeon.models import FollowModel, OutboxRow, PostModel, PublicationModel, UserModel
from pigeon.services import access, counts
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.follows import followers
from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts, publications, publishing
from pigeon.services.timelines import fanouts, pulls, timelines
from pigeon.stores import timelines as store
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.harness.context import in_app
from tests.services.timelines.walking import Relations

STEPS = {"sqlite": 6_000, "mariadb": 400}
PEOPLE = 10
POSTS = 120
QUIET_EVERY = 250
MAY_POST_INSIDE = 2

pytestmark = [
    pytest.mark.env(CELEBRITY_FOLLOWERS="5", TIMELINE_LENGTH="40"),
    pytest.mark.no_second_look,
]


class Killed(BaseException):
    """The worker died here."""


class World(Relations):
    """What may happen, and what must hold."""

    def __init__(self, app: Flask, chance: random.Random) -> None:
        self._app = app
        self.chance = chance
        self.depth = 0
        self.is_working = False
        self.posted_inside = 0
        self.steps = 0
        self.happened: Counter[str] = Counter()
        self.people = [make_user().id for _ in range(PEOPLE)]
        self._steps: dict[Callable[[], None], int] = {
            **self.relation_steps(),
            self.post: 24,
            self.edit: 2,
            self.delete: 16,
            self.withdraw: 1,
            self.lose_keys: 3,
            self.lose_cache: 1,
            self.work: 36,
            self.free_claims: 3,
            self.read: 40,
        }
        self._weights = self._steps

    def begin_period(self) -> None:
        """In some lists live long, while jobs pile up and are done in a jumble; in some people
        fall out and make up.
        """
        jam = {self.post: 30, self.delete: 4, self.work: 12, self.read: 36, self.free_claims: 1}
        quarrel = {step: 3 * weight for step, weight in self.relation_steps().items()}
        self._weights = self.chance.choice(
            (self._steps, self._steps, jam, jam, self._steps | quarrel)
        )

    def step(self) -> None:
        action = self.chance.choices([*self._weights], [*self._weights.values()])[0]
        self.steps += 1
        self.happened[action.__name__] += 1
        in_app(self._app, action)

    def inside(self, place: str, likelihood: float) -> None:
        """Perhaps something else happens at this place in the code."""
        if place == "between chunks" and self.is_working and self.chance.random() < 0.03:
            self.happened["killed"] += 1
            raise Killed
        if self.depth < 2 and self.chance.random() < likelihood:
            self.happened[place] += 1
            self.happened["inside"] += 1
            was_working, self.is_working = self.is_working, False
            self.depth += 1
            try:
                self.step()
            finally:
                self.depth -= 1
                self.is_working = was_working

    # -- steps -------------------------------------------------------------------------------------

    def post(self) -> None:
        if self.depth:
            self.posted_inside += 1
            if self.posted_inside > MAY_POST_INSIDE:
                return
        author_id = self._active()
        inside = self.happened["inside"]
        with self._may_be_overtaken():
            post = posts.create(author_id, "hello", [])
            self._check_first_look(author_id, int(post.id), inside)

    def _check_first_look(self, author_id: int, post_id: int, inside: int) -> None:
        number = publishing.publication_of(post_id)
        found = self.page(author_id, None, 10)
        assert number in found or inside < self.happened["inside"], "the author sees it at once"

    def edit(self) -> None:
        post = self._any_post()
        if post:
            with self._may_be_overtaken():
                caption = f"edited {self.chance.random()}"
                posts_changes.edit(post[0], by=post[1], caption=caption)

    def delete(self) -> None:
        post = self._any_post()
        alive = len(db.session.scalars(select(PublicationModel.id)).all())
        if post and self.chance.random() < alive / POSTS:
            with self._may_be_overtaken():
                posts_changes.remove(post[0], by=post[1])

    def withdraw(self) -> None:
        if self.depth or self.chance.random() < 0.5:
            return
        gone = self._active()
        self.people.remove(gone)
        accounts_changes.withdraw(gone, password="", fresh_identity=True, caller=Caller())
        self.people.append(make_user().id)

    def lose_keys(self) -> None:
        found = sorted(cache.client.scan_iter(count=1_000))
        if found:
            cache.client.delete(*self.chance.sample(found, min(len(found), 5)))

    def lose_cache(self) -> None:
        if self.chance.random() < 0.3:
            cache.client.flushdb()

    def work(self) -> None:
        """One or several waiting jobs, in any order, some of them twice."""
        self._tell_nobody()
        waiting = [number for number, _ in outbox_figures.list_pending_ids()]
        if len(waiting) < self.chance.randrange(30):
            return  # they wait longer
        for number in self.chance.sample(waiting, min(len(waiting), self.chance.randrange(1, 8))):
            for _ in range(self.chance.choice((1, 1, 1, 2))):
                self._run(number)

    def _run(self, number: int) -> None:
        was_working, self.is_working = self.is_working, True
        with suppress(Killed):
            in_app(self._app, runner.run, number)
        self.is_working = was_working

    def _tell_nobody(self) -> None:
        """Notifications touch no timeline, and would be half of all jobs."""
        with unit_of_work():
            db.session.execute(delete(OutboxRow).where(OutboxRow.queue == "notify"))

    def free_claims(self) -> None:
        """As when a lease ended: jobs of killed workers, and of those that are only slow."""
        with unit_of_work():
            db.session.execute(
                update(OutboxRow)
                .where(OutboxRow.state == "claimed")
                .values(state="ready", claimed_by="", enqueued_at=None, available_at=utc_now())
            )

    def read(self) -> None:
        """Even now nothing is foreign, closed, muted, doubled or out of order."""
        reader_id = self._active()
        before = self._any_cursor()
        inside = self.happened["inside"]
        found = self.page(reader_id, before, self.chance.randrange(1, 30))
        assert found == sorted(set(found), reverse=True)
        if inside == self.happened["inside"]:
            allowed = timelines.plain(reader_id, before, 10_000)
            assert set(found) <= set(allowed), (reader_id, before)

    def _any_cursor(self) -> int | None:
        newest = max(db.session.scalars(select(PublicationModel.id)), default=0)
        return self.chance.randrange(newest + 2) if self.chance.random() < 0.4 else None

    @contextmanager
    def _may_be_overtaken(self) -> Iterator[None]:
        """What happens inside may delete the very post."""
        inside = self.happened["inside"]
        try:
            yield
        except NotFound:
            assert inside < self.happened["inside"]

    def _any_post(self) -> tuple[int, int] | None:
        """Of somebody who is here: who is suspended changes nothing."""
        rows = db.session.execute(
            select(PostModel.id, PostModel.author_id).where(
                PostModel.state == "published", PostModel.author_id.in_(self.active())
            )
        ).all()
        return tuple(self.chance.choice(rows)) if rows else None

    # -- what must hold ----------------------------------------------------------------------------

    def page(self, reader_id: int, before: int | None, limit: int) -> list[int]:
        page = timelines.page(
            access.viewer(reader_id), PageRequest(before=before, limit=limit), self._body_key()
        )
        return [entry.publication_id for entry in page.items]

    def _body_key(self) -> timelines.BodyKey | None:
        return self.chance.choice((None, lambda number: f"{{nothing:{number}}}"))

    def settle(self) -> None:
        """Everything is done, in any order, each thing once more."""
        for _ in range(500):
            in_app(self._app, self.free_claims)
            in_app(self._app, self._tell_nobody)
            waiting = [number for number, _ in outbox_figures.list_pending_ids()]
            db.session.rollback()
            if not waiting:
                return
            self.chance.shuffle(waiting)
            for number in waiting:
                self._run(number)
        errors = list(db.session.scalars(select(OutboxRow.last_error)))
        raise AssertionError(f"jobs do not end: {errors}")

    def check(self) -> None:
        active = self.active()
        for reader_id in active:
            self._check_timeline(reader_id)
            assert timelines.verify(reader_id)
        self._check_pages(self.chance.choice(active))
        self.check_caches()
        self.check_relations()

    def _check_timeline(self, reader_id: int) -> None:
        """Page by page what SQL says, each page full but the last one."""
        expected = timelines.plain(reader_id, None, 10_000)
        before = None
        while True:
            limit = self.chance.randrange(1, 40)
            request = PageRequest(before=before, limit=limit)
            page = timelines.page(access.viewer(reader_id), request, self._body_key())
            found = [entry.publication_id for entry in page.items]
            assert found == expected[:limit], f"timeline of {reader_id}"
            expected = expected[limit:]
            assert (page.next is not None) == bool(expected)
            if page.next is None:
                return
            before = read_cursor(timelines.CURSOR, page.next)
            assert before == found[-1]

    def _check_pages(self, reader_id: int) -> None:
        """The same as programs or browsers get it."""
        numbers = timelines.plain(reader_id, None, 10_000)
        refs = publications.refs(numbers)
        expected = [refs[number].post_id for number in numbers]
        read = self.chance.choice((self._as_json, self._as_fragments))
        assert read(reader_id) == expected

    def _as_json(self, reader_id: int) -> list[int]:
        client: Any = self._app.test_client()
        client.use_token(reader_id)
        found, query = [], "limit=50"
        while True:
            _, page = client.api("GET", f"/timeline?{query}")
            found += [int(post["id"]) for post in page["items"]]
            if page["next"] is None:
                return found
            query = f"limit=50&before={page['next']}"

    def _as_fragments(self, reader_id: int) -> list[int]:
        client: Any = self._app.test_client()
        client.sign_in(reader_id)
        found, query = [], "fragment=1&limit=50"
        while True:
            markup = client.get(f"/?{query}").get_data(as_text=True)
            page = [
                int(number) for number in re.findall(r'<article [^>]* data-post="(\d+)"', markup)
            ]
            found += page
            if len(page) < 50:
                return found
            last = publishing.publication_of(page[-1])
            query = f"fragment=1&limit=50&before={write_cursor(timelines.CURSOR, last)}"

    def check_caches(self) -> None:
        """Every entry of these families is what SQL says."""
        for user_id in self.people:
            followees = set(
                db.session.scalars(
                    select(FollowModel.followee_id).where(FollowModel.follower_id == user_id)
                )
            )
            kept = {int(member) for member in cache.client.smembers(keys.FOLLOWING.key(user_id))}
            assert not kept or kept == followees | {0}
            query = select(FollowModel.follower_id).where(FollowModel.followee_id == user_id)
            assert list(followers.ids_of(user_id)) == sorted(db.session.scalars(query))
        assert counts.users.many(self.people) == counts._load_users(self.people)
        user = UserModel
        rows = db.session.execute(select(user.id, user.follower_count, user.following_count))
        for user_id, follower_count, following_count in rows:
            follow = FollowModel
            assert follower_count == self._count(follow.followee_id == user_id), user_id
            assert following_count == self._count(follow.follower_id == user_id), user_id
        ids = list(db.session.scalars(select(PostModel.id)))
        assert counts.posts.many(ids) == counts._load_posts(ids)

    def _count(self, condition: Any) -> int:
        return len(db.session.scalars(select(FollowModel.id).where(condition)).all())


@contextmanager
def interleaved(world: World, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Other steps happen in the middle of these calls."""
    begin, finish, fill = store.begin_rebuild, store.finish_rebuild, leases._fill
    payload, second_trip = store.Pusher._payload, timelines._second_trip

    def begin_rebuild(*args: Any) -> Any:
        token = begin(*args)
        world.inside("after begin_rebuild", 0.3)
        return token

    def finish_rebuild(*args: Any, **kwargs: Any) -> Any:
        world.inside("before finish_rebuild", 0.3)
        return finish(*args, **kwargs)

    def fill_late(*args: Any) -> Any:
        world.inside("before fill", 0.03)
        return fill(*args)

    def push_part(pusher: Any, reader_ids: Any) -> Any:
        world.inside("between chunks", 0.15)
        return payload(pusher, reader_ids)

    def trip(*args: Any) -> Any:
        world.inside("between trips", 0.03)
        return second_trip(*args)

    with patch.context() as inner:
        inner.setattr(store, "begin_rebuild", begin_rebuild)
        inner.setattr(store, "finish_rebuild", finish_rebuild)
        inner.setattr(leases, "_fill", fill_late)
        inner.setattr(store.Pusher, "_payload", push_part)
        inner.setattr(timelines, "_second_trip", trip)
        yield


def make_small(patch: pytest.MonkeyPatch) -> None:
    """So that windows, floors, cuts, slices and chunks are reached all the time."""
    patch.setattr(store, "SLACK", 16)
    patch.setattr(store, "WINDOW", 24)
    patch.setattr(store, "TRIM_AFTER", 6)
    patch.setattr(fanouts, "LATE_BY", 4)
    patch.setattr(fanouts, "LATE_AFTER", timedelta(0))
    patch.setattr(store, "CHUNK", 2)
    patch.setattr(fanouts, "SLICE", 3)
    patch.setattr(pulls, "MERGED", 1)
    patch.setattr(timelines, "OVERFETCH", 2)
    patch.setattr(pulls, "LENGTH", 30)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_merged_timeline_equals_its_definition(
    app: Flask, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    seed = int(os.environ.get("TIMELINE_SEED") or secrets.randbelow(10**9))
    steps = int(os.environ.get("TIMELINE_STEPS") or STEPS[database])
    print(f"TIMELINE_SEED={seed} TIMELINE_STEPS={steps}")
    make_small(monkeypatch)
    world = World(app, random.Random(seed))
    while world.steps < steps:
        world.begin_period()
        with interleaved(world, monkeypatch):
            for _ in range(QUIET_EVERY):
                world.posted_inside = 0
                world.step()
        world.settle()
        db.session.rollback()
        world.check()
    print(dict(world.happened))
