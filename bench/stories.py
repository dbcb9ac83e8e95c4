"""The tray of stories and its rings: our reads against SQL, and the home page with and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import case, delete, func, insert, select, union_all

from bench import no_tray, rounds, wrk
from bench.ground import Ground
from bench.pages import Reader
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from pigeon.cache import keys
from pigeon.domain.clock import utc_now
from pigeon.domain.stories import LIFE, Ring
from pigeon.domain.users import UserRef, avatar_url
from pigeon.extensions import cache, db
from pigeon.models import (
    BlockModel,
    FollowModel,
    MuteModel,
    StoryModel,
    StoryViewModel,
    UserModel,
)
from pigeon.services import access
from pigeon.services.stories import cards
from pigeon.services.stories.tray import Tray
from pigeon.services.stories.views import VIEWS
from tests.harness import counting

HOME = "/"
OURS, FAIR, EACH = "ours", "one fair query", "one query per followee"
WITH, WITHOUT = "with", "without"
ONE_IN = 10
"""So many people have one author of stories among them."""
STORIES = 2
AT_ONCE = 5_000
MILLI = 1_000


def measure(ground: Ground) -> Group:
    """It takes its stories away again."""
    group = Group(name="stories", title="Stories: the tray and rings")
    with _published(ground) as readers:
        _tray(ground, group, readers[0])
        _home(ground, group)
    return group


# -- the data --------------------------------------------------------------------------------------


@contextmanager
def _published(ground: Ground) -> Iterator[list[int]]:
    """Every tenth person has two live stories; readers have seen both of every other one."""
    readers = [*ground.data.viewers[ground.plan.reference], *ground.data.rotating]
    with ground.app().app_context():
        authors = list(db.session.scalars(select(UserModel.id).where(UserModel.id % ONE_IN == 0)))
        _insert(StoryModel, list(_stories(authors)))
        _insert(StoryViewModel, list(_views(dict.fromkeys(readers))))
        _forget(authors, readers)
    try:
        yield readers
    finally:
        with ground.app().app_context():
            for model in (StoryViewModel, StoryModel):
                db.session.execute(delete(model))
            db.session.commit()
            _forget(authors, readers)


def _insert(model: Any, rows: list[dict[str, Any]]) -> None:
    for first in range(0, len(rows), AT_ONCE):
        db.session.execute(insert(model), rows[first : first + AT_ONCE])
    db.session.commit()


def _stories(authors: list[int]) -> Iterator[dict[str, Any]]:
    now = utc_now()
    for author_id in authors:
        for turn in range(STORIES):
            at = now - timedelta(seconds=author_id, milliseconds=STORIES - turn)
            yield {
                "author_id": author_id,
                "state": access.stories.PUBLISHED,
                "turn": turn + 1,
                "text": f"story {turn}",
                "x": 0.5,
                "y": 0.5,
                "size": "m",
                "color": "#ffffff",
                "background": "#334155",
                "created_at": at,
                "published_at": at,
                "expires_at": at + LIFE,
            }


def _views(readers: dict[int, None]) -> Iterator[dict[str, Any]]:
    now = utc_now()
    for reader_id in readers:
        followed = select(FollowModel.followee_id).where(FollowModel.follower_id == reader_id)
        mine = StoryModel.author_id.in_(followed) & (StoryModel.author_id % (2 * ONE_IN) == 0)
        for story_id in db.session.scalars(select(StoryModel.id).where(mine)):
            yield {"story_id": story_id, "user_id": reader_id, "created_at": now}


def _forget(authors: list[int], readers: list[int]) -> None:
    cards.of_authors.evict(*authors, *readers)
    VIEWS.flags.evict(*readers)
    cache.client.delete(keys.STORY_AUTHORS.key())


# -- the tray --------------------------------------------------------------------------------------


def _tray(ground: Ground, group: Group, reader_id: int) -> None:
    ways: dict[str, Callable[[int], list[Ring]]] = {
        OURS: lambda reader: Tray(access.viewer(reader)).rings(),
        FAIR: _fair,
        EACH: _each,
    }
    calls = {OURS: ground.plan.page_calls, FAIR: ground.plan.page_calls // 4, EACH: 3}
    with ground.app().app_context():
        people = [
            [(ring.user.id, ring.unseen_count) for ring in way(reader_id)] for way in ways.values()
        ]
        assert people[0] == people[1] == people[2]
        found = rounds.interleaved(
            {
                name: (lambda n=name: rounds.median_of(ways[n], [reader_id] * max(1, calls[n])))
                for name in ways
            },
            ground.plan.rounds,
        )
    what = f"tray of {ground.plan.reference:,} followees of whom {len(people[0])} have stories"
    for way, goal in ((FAIR, 5), (EACH, 100)):
        group.rows.append(
            Row(
                metric=f"{what}: {way} / ours",
                value=ratio(found[way], found[OURS]),
                goal=Goal(at_least=goal),
            )
        )
    rows = [(name, shown(spread([t * MILLI for t in times]))) for name, times in found.items()]
    group.tables.append(Table(title=what.capitalize(), head=("way", "ms, p50"), rows=rows))
    group.notes.append(
        "All ways say the same: who has live stories, how many of them are new, without blocked"
        " and muted people, in the order of the tray."
    )


def _columns(reader_id: int) -> list[Any]:
    latest = func.max(StoryModel.published_at)
    unseen = func.sum(
        case((StoryViewModel.id.is_(None) & (StoryModel.author_id != reader_id), 1), else_=0)
    )
    return [
        UserModel.id,
        UserModel.username,
        UserModel.display_name,
        UserModel.avatar,
        func.count(),
        unseen.label("unseen"),
        latest.label("latest"),
        func.max(StoryModel.expires_at),
    ]


def _query(reader_id: int, people: Any) -> Any:
    """Live stories of those people, as the reader sees them, in the order of the tray."""
    blocked = union_all(
        select(BlockModel.blocked_id).where(BlockModel.blocker_id == reader_id),
        select(BlockModel.blocker_id).where(BlockModel.blocked_id == reader_id),
        select(MuteModel.muted_id).where(MuteModel.muter_id == reader_id, MuteModel.stories),
    )
    columns = _columns(reader_id)
    seen = (StoryViewModel.story_id == StoryModel.id) & (StoryViewModel.user_id == reader_id)
    return (
        select(*columns)
        .select_from(people)
        .join(StoryModel, StoryModel.author_id == people.c.id)
        .join(UserModel, UserModel.id == StoryModel.author_id)
        .outerjoin(StoryViewModel, seen)
        .where(access.stories.is_live(), access.users.is_active(), UserModel.id.not_in(blocked))
        .group_by(UserModel.id)
        .order_by(UserModel.id != reader_id, columns[5] == 0, columns[6].desc(), UserModel.id)
    )


def _rings(reader_id: int, rows: Any) -> list[Ring]:
    return [
        Ring(
            user=UserRef(
                id=str(row[0]), username=row[1], display_name=row[2], avatar_url=avatar_url(row[3])
            ),
            is_self=row[0] == reader_id,
            story_count=row[4],
            unseen_count=int(row[5]),
            latest_at=row[6],
            ends_at=row[7],
        )
        for row in rows
    ]


def _fair(reader_id: int) -> list[Ring]:
    me = select(UserModel.id).where(UserModel.id == reader_id)
    followed = select(FollowModel.followee_id).where(FollowModel.follower_id == reader_id)
    people = union_all(me, followed).subquery("people")
    return _rings(reader_id, db.session.execute(_query(reader_id, people)))


def _each(reader_id: int) -> list[Ring]:
    """As a page does that asks each person for their stories."""
    followed = select(FollowModel.followee_id).where(FollowModel.follower_id == reader_id)
    found: list[Ring] = []
    for person in [reader_id, *db.session.scalars(followed)]:
        one = select(UserModel.id).where(UserModel.id == person).subquery("people")
        found += _rings(reader_id, db.session.execute(_query(reader_id, one)))
    found.sort(key=lambda ring: (ring.latest_at, -int(ring.user.id)), reverse=True)
    return sorted(found, key=lambda ring: (not ring.is_self, ring.unseen_count == 0))


# -- the home page ---------------------------------------------------------------------------------


def _home(ground: Ground, group: Group) -> None:
    cookies = [ground.cookie_of(user_id) for user_id in ground.data.rotating]
    with ground.processes() as running:
        urls = {WITH: running.web(), WITHOUT: running.web("bench.no_tray:app")}
        for url in urls.values():
            for cookie in cookies:
                wrk.get(url + HOME, cookie)
        found = rounds.interleaved(
            {
                name: (
                    lambda u=url: wrk.requests_per_s(
                        u + HOME, cookies, ground.plan.drive_s, ground.folder
                    )
                )
                for name, url in urls.items()
            },
            ground.plan.rounds,
        )
    group.rows.append(
        Row(
            metric="home page with tray and rings / without, requests/s",
            value=ratio(found[WITH], found[WITHOUT]),
            goal=Goal(at_least=0.9),
        )
    )
    sent, rows = _work(ground, cookies[0])
    group.rows.append(
        Row(
            metric="SQL statements on a warm home page with tray and rings",
            value=spread([sent]),
            unit="",
            goal=Goal(at_most=0),
        )
    )
    head = ("page", "bytes", "SQL statements", "Redis")
    group.tables.append(Table(title="A warm home page asks", head=head, rows=rows))
    rates = [(name, shown(spread(values))) for name, values in found.items()]
    group.tables.append(Table(title="Home page", head=("page", "requests/s"), rows=rates))


def _work(ground: Ground, cookie: str) -> tuple[int, list[tuple[str, ...]]]:
    reader, rows, statements = Reader(ground.app(), cookie), [], 0
    for name in (WITHOUT, WITH):
        with no_tray.left_out() if name == WITHOUT else _as_it_is():
            for _ in range(2):
                reader.read(HOME)
            with (
                counting.queries() as sent,
                counting.redis_commands((ground.redis.cache, ground.redis.state)) as commands,
            ):
                size = len(reader.read(HOME))
        statements = len(sent)
        asked = ", ".join(f"{count} {command}" for command, count in sorted(commands.items()))
        rows.append((name, f"{size:,}", str(len(sent)), asked))
    return statements, rows


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield
