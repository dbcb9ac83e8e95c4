"""Words in captions: the index of pieces against a scan, and what it adds to a post."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

from sqlalchemy import insert, select, text

from bench import rounds
from bench.ground import Ground
from bench.live import empty_database
from bench.results import Goal, Group, Row, Table, ratio, spread
from pigeon.domain import captions as pieces_of
from pigeon.domain.clock import utc_now
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import CaptionPiece, PostModel, PublicationModel, UserModel
from pigeon.services import access
from pigeon.services.posts import pieces, posts
from pigeon.services.searches import captions
from tests.factories import make_user
from tests.harness.stage import migrate

COMMON, RARE, ABSENT = "사진", "등대", "펭귄"
"""In every tenth caption, in twenty of them, in none."""
RARE_IN = 20
AUTHORS = 100
WORDS = 3_000
PARTICLES = ("", "은", "을", "에서", "이", "과")
AT_ONCE = 5_000
LIMIT = 12
WRITTEN = 30
MILLI = 1_000
SEED = 20_261_129


def measure(ground: Ground) -> Group:
    """On a database of its own: `captions` posts, all of them public."""
    group = Group(name="captions", title="Words in captions")
    url = empty_database(ground, "captions")
    ground_app = ground.app(DATABASE_URL=url, ASYNC="off")
    migrate(ground_app)
    with ground_app.app_context():
        authors = [make_user().id for _ in range(AUTHORS)]
        bare = _fill(ground.plan.captions, authors)
        _find(ground, group, authors[0])
        _report_size(group, ground.plan.captions, bare)
        _write(ground, group, authors[0])
    return group


def _fill(count: int, authors: list[int]) -> int:
    """Bytes of the database before it has pieces."""
    chosen = random.Random(SEED)
    syllables = [chr(code) for code in range(ord("가"), ord("힣"), 97)]
    words = ["".join(chosen.choices(syllables, k=chosen.choice((2, 2, 3)))) for _ in range(WORDS)]
    words = [word for word in words if not {*COMMON, *RARE, *ABSENT} & {*word}]
    rare = set(chosen.sample(range(count), min(RARE_IN, count // 10)))
    now = utc_now()
    for first in range(1, count + 1, AT_ONCE):
        ids = range(first, min(first + AT_ONCE, count + 1))
        rows = [
            {
                "id": number,
                "author_id": chosen.choice(authors),
                "state": access.posts.PUBLISHED,
                "caption": _caption(chosen, words, number, number in rare),
                "created_at": now - timedelta(seconds=count - number),
            }
            for number in ids
        ]
        db.session.execute(insert(PostModel), rows)
        db.session.execute(
            insert(PublicationModel),
            [
                {
                    "id": row["id"],
                    "post_id": row["id"],
                    "author_id": row["author_id"],
                    "delivery": "push",
                    "published_at": row["created_at"],
                }
                for row in rows
            ],
        )
        db.session.commit()
    bare = _bytes()
    for first in range(1, count + 1, AT_ONCE):
        found = select(PostModel.id, PostModel.caption).where(
            PostModel.id.between(first, first + AT_ONCE - 1)
        )
        db.session.execute(
            insert(CaptionPiece),
            [
                {"publication_id": number, "piece": piece}
                for number, caption in db.session.execute(found).all()
                for piece in pieces_of.pieces(caption)
            ],
        )
        db.session.commit()
    return bare


def _caption(chosen: random.Random, words: list[str], number: int, is_rare: bool) -> str:
    """Eight words on average, as people write them: few of them often, with endings."""
    some = [
        words[min(int(chosen.paretovariate(0.6)), len(words) - 1)] + chosen.choice(PARTICLES)
        for _ in range(chosen.randint(2, 14))
    ]
    if number % 10 == 0:
        some.insert(0, f"단체{COMMON}을")
    if is_rare:
        some.append(RARE)
    return " ".join(some)


def _bytes() -> int:
    if db.engine.dialect.name == "sqlite":
        pages = db.session.scalar(text("PRAGMA page_count")) or 0
        return pages * int(db.session.scalar(text("PRAGMA page_size")) or 0)
    query = "SELECT SUM(data_length + index_length) FROM information_schema.tables"
    return int(db.session.scalar(text(f"{query} WHERE table_schema = DATABASE()")) or 0)


# -- finding ---------------------------------------------------------------------------------------


def _find(ground: Ground, group: Group, reader: int) -> None:
    count = ground.plan.captions
    rows = []
    for word, what in ((COMMON, "common"), (RARE, "rare"), (ABSENT, "absent")):
        assert ours(word, reader) == scan(word, reader), word
        found = rounds.interleaved(_ways(word, reader, ground.plan.sql_calls), ground.plan.rounds)
        group.rows.append(
            Row(
                metric=f"a {what} word of two syllables, {count:,} captions: a scan / ours, p50",
                value=ratio(found["scan"], found["ours"]),
                goal=None if what == "common" else Goal(at_least=50),
            )
        )
        times = (f"{statistics.median(found[way]) * MILLI:.2f}" for way in ("ours", "scan"))
        rows.append((what, *times))
    head = ("word", "ours, ms", "scan, ms")
    group.tables.append(Table(title="Milliseconds of the first twelve", head=head, rows=rows))
    group.notes.append(
        "The scan goes from the newest post to the oldest until it has twelve: it is quick for a "
        "word that every tenth caption has. Both ask the same of the viewer; cards are not read."
    )


def _ways(word: str, reader: int, calls: int) -> dict[str, Callable[[], float]]:
    return {
        "ours": lambda: rounds.median_of(lambda _: ours(word, reader), range(4 * calls)),
        "scan": lambda: rounds.median_of(lambda _: scan(word, reader), range(calls)),
    }


def ours(word: str, reader: int) -> list[int]:
    with mock.patch.object(posts, "get_many", lambda ids, viewer: ids):
        return list(captions.find_posts(word, reader, PageRequest(limit=LIMIT)).items)  # type: ignore[arg-type]


def scan(word: str, reader: int) -> list[int]:
    viewer = access.viewer(reader)
    query = (
        select(PublicationModel.post_id)
        .join(PostModel, PostModel.id == PublicationModel.post_id)
        .join(UserModel, UserModel.id == PublicationModel.author_id)
        .where(
            PostModel.caption.contains(word, autoescape=True),
            access.users.where_shows_posts(viewer),
            UserModel.is_discoverable.is_(True),
        )
        .order_by(PublicationModel.id.desc())
        .limit(LIMIT)
    )
    return list(db.session.scalars(query))


# -- what it costs ---------------------------------------------------------------------------------


def _report_size(group: Group, count: int, bare: int) -> None:
    added = (_bytes() - bare) / count
    group.rows.append(Row(metric="bytes added to a post", value=spread([added]), unit=" B"))


def _write(ground: Ground, group: Group, author: int) -> None:
    caption = " ".join(f"낱말{number}을" for number in range(8))

    def write(_turn: int) -> None:
        posts.create(author, caption, [])

    with_pieces = "with"
    ways: dict[str, Callable[[], Any]] = {with_pieces: _kept, "without": _not_kept}

    def median(way: str) -> float:
        with ways[way]():
            return rounds.median_of(write, range(WRITTEN))

    found = rounds.interleaved({way: (lambda w=way: median(w)) for way in ways}, ground.plan.rounds)
    added = [
        (one - other) * MILLI
        for one, other in zip(found[with_pieces], found["without"], strict=True)
    ]
    group.rows.append(Row(metric="milliseconds added to a post", value=spread(added), unit=" ms"))


@contextmanager
def _kept() -> Iterator[None]:
    yield


@contextmanager
def _not_kept() -> Iterator[None]:
    with mock.patch.object(pieces, "add"):
        yield
