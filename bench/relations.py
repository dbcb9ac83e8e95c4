"""What blocks, mutes and private accounts cost those who read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flask import Flask
from redis.connection import Connection
from sqlalchemy import delete, func, select

from bench import data, rounds, wrk
from bench.data import username
from bench.ground import Ground
from bench.loader import Loader
from bench.pages import Reader
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from pigeon.cache import keys, resp
from pigeon.extensions import db
from pigeon.models import (
    BlockModel,
    FollowModel,
    MuteModel,
    PostModel,
    PublicationModel,
    UserModel,
)
from pigeon.services import access
from pigeon.services.relations import apart
from tests.harness import counting

HOME = "/"
APART = 500
"""Blocks and mutes of one reader, half and half."""
AUTHORS = 20
FEW_POSTS = 10
OURS, SQL = "ours", "SQL"
WITH, WITHOUT = "with", "without"
MICRO, MILLI = 1_000_000, 1_000
BLOCK_COLUMNS = ["blocker_id", "blocked_id", "created_at"]
MUTE_COLUMNS = ["muter_id", "muted_id", "posts", "stories", "chat", "created_at"]
AT = "2024-01-05 00:00:00.000000"


def measure(ground: Ground) -> Group:
    """The last group: it adds posts, and takes its blocks and mutes away again."""
    group = Group(name="relations", title="Blocks, mutes, private accounts")
    _home(ground, group)
    _may_see(ground, group)
    _trips(ground, group)
    _turning_private(ground, group)
    return group


# -- blocks and mutes ------------------------------------------------------------------------------


class _Kept:
    """Readers who keep away from many, or from nobody: half are blocked, half are muted.

    They follow none of those, so that their pages stay what they were.
    """

    def __init__(self, ground: Ground, readers: list[int]) -> None:
        self._app = ground.app()
        self._folder = ground.folder
        self._readers = readers
        self._half = min(APART, ground.plan.reference) // 2
        self._people = ground.plan.users
        with self._app.app_context():
            self._rows = [self._chosen(reader) for reader in readers]

    def _chosen(self, reader: int) -> tuple[int, list[int], list[int]]:
        query = select(FollowModel.followee_id).where(FollowModel.follower_id == reader)
        known = {*db.session.scalars(query), reader}
        strangers = (number for number in range(1, self._people + 1) if number not in known)
        some = list(islice(strangers, 2 * self._half))
        return reader, some[::2], some[1::2]

    def part(self) -> None:
        with self._app.app_context():
            loader = Loader(db.engine, self._folder)
            pairs = [(one, other) for one, others, _ in self._rows for other in others]
            loader.load("blocks", BLOCK_COLUMNS, [(*pair, AT) for pair in pairs])
            muted = [(one, other) for one, _, others in self._rows for other in others]
            loader.load("mutes", MUTE_COLUMNS, [(*pair, 1, 1, 1, AT) for pair in muted])
            apart.evict(*self._readers)

    def make_up(self) -> None:
        with self._app.app_context():
            db.session.rollback()
            db.session.connection(execution_options={"write": True})
            for column in (BlockModel.blocker_id, MuteModel.muter_id):
                db.session.execute(delete(column.class_).where(column.in_(self._readers)))
            db.session.commit()
            apart.evict(*self._readers)

    @contextmanager
    def parted(self) -> Iterator[None]:
        self.part()
        try:
            yield
        finally:
            self.make_up()


def _home(ground: Ground, group: Group) -> None:
    """The same readers with and without, in turns; warm before each measurement."""
    readers = ground.data.rotating
    cookies = [ground.cookie_of(user_id) for user_id in readers]
    kept = _Kept(ground, readers)
    with ground.processes() as running:
        url = running.web() + HOME

        def drive() -> float:
            for cookie in cookies:
                assert wrk.get(url, cookie) == 200
            return wrk.requests_per_s(url, cookies, ground.plan.drive_s, ground.folder)

        def drive_parted() -> float:
            with kept.parted():
                return drive()

        found = rounds.interleaved({WITH: drive_parted, WITHOUT: drive}, ground.plan.rounds)
    group.rows.append(
        Row(
            metric=f"home page, reader with {APART} blocks and mutes / with none, requests/s",
            value=ratio(found[WITH], found[WITHOUT]),
            goal=Goal(at_least=0.95),
            note="the same readers and the same pages",
        )
    )
    rows = [(way, shown(spread(rates))) for way, rates in found.items()]
    head = ("blocks and mutes", "requests/s")
    group.tables.append(Table(title="The home page of one sync worker", head=head, rows=rows))


def _may_see(ground: Ground, group: Group) -> None:
    """The posts of which of 20 authors are open to a reader; both ways answer the same."""
    readers, authors = ground.data.rotating, ground.data.popular[:AUTHORS]

    def by_sql(reader: int) -> set[int]:
        query = select(UserModel.id).where(
            UserModel.id.in_(authors), access.users.where_shows_posts(access.viewer(reader))
        )
        return set(db.session.scalars(query))

    def by_us(reader: int) -> set[int]:
        return set(authors) - access.users.closed_among(access.viewer(reader), authors)

    calls = rounds.taking_turns(readers, ground.plan.page_calls)
    with _Kept(ground, readers).parted(), ground.app().app_context():
        assert all(by_sql(reader) == by_us(reader) for reader in readers)
        found = rounds.interleaved(
            {
                OURS: lambda: rounds.median_of(by_us, calls),
                SQL: lambda: rounds.median_of(by_sql, calls),
            },
            ground.plan.rounds,
        )
    group.rows.append(
        Row(
            metric=f"the posts of which of {AUTHORS} authors may I see: SQL / ours, p50",
            value=ratio(found[SQL], found[OURS]),
            note=f"{APART} blocks and mutes; nothing is known before",
        )
    )
    rows = [(way, shown(spread([t * MICRO for t in times]))) for way, times in found.items()]
    group.tables.append(
        Table(title=f"Which of {AUTHORS} authors may I see", head=("way", "µs"), rows=rows)
    )


# -- round trips -----------------------------------------------------------------------------------


@contextmanager
def _sent() -> Iterator[list[bytes]]:
    """What this process sends to Redis in the block, one entry a round trip."""
    found: list[bytes] = []
    through_pool, by_client = resp.Pool.send, Connection.send_packed_command

    def send(self: Any, payload: bytes, replies: int) -> list[Any]:
        found.append(payload)
        return through_pool(self, payload, replies)

    def send_packed(self: Any, command: Any, *rest: Any, **named: Any) -> Any:
        found.append(b"".join(map(_bytes, command)) if isinstance(command, list) else command)
        return by_client(self, command, *rest, **named)

    resp.Pool.send, Connection.send_packed_command = send, send_packed  # type: ignore[method-assign]
    try:
        yield found
    finally:
        resp.Pool.send, Connection.send_packed_command = through_pool, by_client  # type: ignore[method-assign]


def _bytes(part: bytes | memoryview) -> bytes:
    return bytes(part)


ASKED = tuple(family.key("")[:-1].encode() for family in (keys.APART, keys.STANDING))
ALONG = (*ASKED, keys.FOLLOWING.key("")[:-1].encode())


def _is_policy(payload: bytes) -> bool:
    """Nothing travels in it but what the rules ask: another trip than the release before made."""
    names = [part for part in payload.split(b"\r\n") if part.startswith(b"{")]
    return any(name.startswith(ASKED) for name in names) and all(
        name.startswith(ALONG) for name in names
    )


def _trips(ground: Ground, group: Group) -> None:
    """Trips in which nothing but policy travels would be more than the release before made."""
    reader = ground.data.rotating[0]
    page = Reader(ground.app(), ground.cookie_of(reader))
    post_id = _followed_post(ground, reader)
    paths = {
        "home page, 20 posts": "/?limit=20",
        "timeline as JSON, 20 posts": "/api/v1/timeline?limit=20",
        "post page": f"/p/{post_id}",
        "list of comments as JSON": f"/api/v1/posts/{post_id}/comments",
    }
    rows, extra = [], 0
    with _Kept(ground, [reader]).parted():
        counted = {name: _count(page, path) for name, path in paths.items()}
    bare = {name: _count(page, path) for name, path in paths.items()}
    for name, (trips, alone, statements) in counted.items():
        extra = max(extra, alone, trips - bare[name][0])
        rows.append((name, f"{trips}", f"{bare[name][0]}", f"{alone}", f"{statements}"))
    group.rows.append(
        Row(
            metric="round trips to Redis that policy adds to a warm page",
            value=spread([extra]),
            unit="",
            goal=Goal(at_most=0),
            note="home, post and comments; the most of them",
        )
    )
    head = (
        "warm page",
        f"trips, {APART} blocks and mutes",
        "trips, none",
        "trips of policy alone",
        "SQL statements",
    )
    group.tables.append(Table(title="Round trips to Redis", head=head, rows=rows))


def _followed_post(ground: Ground, reader: int) -> int:
    """The newest post of the last person whom the reader follows, who is not muted."""
    followed = select(func.max(FollowModel.followee_id)).where(FollowModel.follower_id == reader)
    with ground.app().app_context():
        query = select(func.max(PublicationModel.post_id))
        mine = query.where(PublicationModel.author_id == followed.scalar_subquery())
        found = db.session.scalar(mine)
    return found or ground.data.pictured[0]


def _count(page: Reader, path: str) -> tuple[int, int, int]:
    """Round trips of a warm page, those of them with policy alone, and SQL statements."""
    for _ in range(3):
        page.read(path)
    with counting.queries() as statements, _sent() as sent:
        page.read(path)
    return len(sent), sum(map(_is_policy, sent)), len(statements)


# -- turning private -------------------------------------------------------------------------------


def _turning_private(ground: Ground, group: Group) -> None:
    """A whole request, and how long somebody outside still sees one of the posts."""
    big, small = ground.big_author, ground.data.small_author
    with ground.app().app_context():
        posts = {author: _add_posts(ground, author, count) for author, count in _sizes(ground)}
    outsider = ground.data.fan_author
    with ground.processes() as running:
        url = running.web()
        running.worker("default=1")
        running.wait()
        reader, writers = ground.token_of(outsider), {a: ground.token_of(a) for a in posts}

        def hide(author: int) -> float:
            began = time.perf_counter()
            _call(f"{url}/api/v1/me", writers[author], {"is_private": True})
            for path in _doors(author, posts[author]):
                while _status(url + path, reader) != 404:
                    pass
            took_s = time.perf_counter() - began
            _show(author)
            return took_s

        def _show(author: int) -> None:
            _call(f"{url}/api/v1/me", writers[author], {"is_private": False})
            for path in _doors(author, posts[author]):
                while _status(url + path, reader) != 200:
                    pass

        times = [hide(big) for _ in range(ground.plan.slow_rounds + 1)][1:]
    group.rows.append(
        Row(
            metric=f"an author with {ground.plan.big_followers:,} followers and"
            f" {len(posts[big]):,} posts turns private: until nobody outside sees one",
            value=spread(times),
            unit=" s",
            goal=Goal(at_most=2),
            note="posts from the first to the last, their lists, and the profile's",
        )
    )
    _request(ground, group, {big: posts[big], small: posts[small]})


def _sizes(ground: Ground) -> list[tuple[int, int]]:
    many = max(FEW_POSTS * 2, ground.plan.posts // 200)
    return [(ground.big_author, many), (ground.data.small_author, FEW_POSTS)]


def _add_posts(ground: Ground, author: int, count: int) -> list[int]:
    first = (db.session.scalar(select(func.max(PostModel.id))) or 0) + 1
    number = (db.session.scalar(select(func.max(PublicationModel.id))) or 0) + 1
    db.session.rollback()
    loader = Loader(db.engine, ground.folder)
    ids = range(first, first + count)
    rows = ((post_id, author, "published", f"post {post_id}", 1, 0, 0, AT) for post_id in ids)
    loader.load("posts", data.POST_COLUMNS, rows)
    shown = ((number + n, post_id, author, "push", AT) for n, post_id in enumerate(ids))
    loader.load("publications", data.PUBLICATION_COLUMNS, shown)
    return list(ids)


def _doors(author: int, posts: list[int]) -> list[str]:
    """Posts spread over all of them as JSON and as pages, and the list of them."""
    some = posts[:: max(1, len(posts) // FEW_POSTS)]
    name = username(author)
    return [
        *(f"/api/v1/posts/{post_id}" for post_id in some),
        f"/api/v1/users/{name}/posts",
        f"/api/v1/users/{name}/followers",
    ]


def _call(url: str, token: str, body: Any) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = Request(url, json.dumps(body).encode(), headers, method="PATCH")
    with urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def _status(url: str, token: str) -> int:
    try:
        request = Request(url, headers={"Authorization": f"Bearer {token}"})
        with urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def _request(ground: Ground, group: Group, posts: dict[int, list[int]]) -> None:
    """The request alone, in this process: its time and its statements, of either author."""
    app = ground.app()
    ways: dict[str, Callable[[], float]] = {}
    statements: dict[str, int] = {}
    for author, made in posts.items():
        change = _changer(app, ground.token_of(author))
        name = f"{len(made):,} posts"
        change(True), change(False)
        with counting.queries() as sent:
            change(True)
        statements[name] = len(sent)
        change(False)
        ways[name] = lambda c=change: rounds.median_of(c, _turns(ground))
    found = rounds.interleaved(ways, ground.plan.rounds)
    many, few = found
    group.rows.append(
        Row(
            metric=f"the request that turns private: {many} / {few}, p50",
            value=ratio(found[many], found[few]),
            note=f"{statements[many]} and {statements[few]} SQL statements",
        )
    )
    rows = [
        (name, shown(spread([t * MILLI for t in times])), f"{statements[name]}")
        for name, times in found.items()
    ]
    head = ("author", "request, ms", "SQL statements")
    group.tables.append(Table(title="`PATCH /me` with `is_private`", head=head, rows=rows))


def _turns(ground: Ground) -> Iterable[bool]:
    return [bool(number % 2) for number in range(1, max(2, ground.plan.page_calls // 20) + 1)]


def _changer(app: Flask, token: str) -> Callable[[bool], None]:
    client = app.test_client()

    def change(is_private: bool) -> None:
        answer = client.patch(
            "/api/v1/me",
            json={"is_private": is_private},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200, answer.get_data()

    return change
