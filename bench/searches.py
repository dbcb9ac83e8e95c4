"""People found while somebody types: what a call takes, and what the keys cost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

from sqlalchemy import delete, func, or_, select, text

from bench import rounds
from bench.data import USER_COLUMNS, user_row
from bench.ground import Ground
from bench.loader import Loader
from bench.loader import Row as Values
from bench.results import Goal, Group, Row, Spread, Table, ratio, shown, spread
from pigeon.domain import hangul, limits, search_keys
from pigeon.extensions import db
from pigeon.models import SearchKey, UserModel
from pigeon.services.searches import keying, people
from pigeon.services.users import users

SUGGEST = "/api/v1/search/suggest?for=mention&q="
MILLI, MEGABYTE, MILLION = 1_000, 1_000_000, 1_000_000
KEY_COLUMNS = ["place", "`key`", "user_id"]
AT_ONCE = 250_000
REBUILT = 5_000
RENAMED = 20
FAMILY = "김이박최정강조윤장임한오서신권황안송류홍전고문손양배백허남심노하곽성차주우구민진"
GIVEN = "민지서연준우현수영은하윤도예진호재원경아름별솔혜린찬훈석빈유나라미정희숙자철"
FIRST = ("anna", "ben", "carla", "david", "emma", "felix", "grace", "henry", "ida", "jack", "leo")
LAST = ("smith", "jones", "garcia", "müller", "rossi", "novak", "silva", "kowalski", "larsen")
TYPED = (
    "김민지",
    "박서연",
    "ㄱㅁㅈ",
    "ㅁㅈ",
    "민지",
    "김ㅁㅈ",
    "anna smith",
    "smith",
    "kim",
    "leo.nov",
)
SHORT, LONG = (
    ("김민지", "kim", "ㅁㅈㅎ"),
    ("김민지" * 16 + "김민", "annasmith" * 5 + "annas", "ㅁㅈ" * 25),
)
EMPTY, OURS, ANYWHERE, PREFIX = "an empty call", "ours", "LIKE '%q%'", "prefix index"


def measure(ground: Ground) -> Group:
    """It adds people, and leaves them: no other group counts them."""
    group = Group(name="searches", title="Searches: people while somebody types")
    with ground.app().app_context():
        count = _fill(ground)
        _size(ground, group, count)
        _calls(ground, group, count)
        _sql(ground, group)
        _writes(ground, group)
    return group


# -- the data --------------------------------------------------------------------------------------


def _fill(ground: Ground) -> int:
    """People with names, and everybody's keys; how many there are."""
    last = int(db.session.scalar(select(func.max(UserModel.id))) or 0)
    db.session.rollback()
    loader = Loader(db.engine, ground.folder)
    for first in range(last + 1, last + ground.plan.searched + 1, AT_ONCE):
        ids = range(first, min(first + AT_ONCE, last + ground.plan.searched + 1))
        loader.load("users", USER_COLUMNS, (_user(user_id) for user_id in ids))
    total = last + ground.plan.searched
    db.session.execute(delete(SearchKey))  # those of people whom other groups have added
    db.session.commit()
    for first in range(1, total + 1, AT_ONCE):
        loader.load("search_keys", KEY_COLUMNS, _keys(first, first + AT_ONCE))
    db.session.execute(
        text("UPDATE users SET keyed_as = :version"), {"version": "made by the benchmark"}
    )
    db.session.commit()
    loader.analyze("users", "search_keys")
    return total


def _user(user_id: int) -> Values:
    dice = random.Random(user_id)
    if dice.random() < 0.6:
        name = dice.choice(FAMILY) + "".join(dice.choices(GIVEN, k=2))
        handle = f"{dice.choice(FIRST)}.{user_id}"
    else:
        first, family = dice.choice(FIRST), dice.choice(LAST)
        name = f"{first} {family}".title()
        handle = f"{first}{dice.choice(('.', '_', ''))}{family[:5]}{user_id}"
        handle = handle.replace("ü", "ue")
    values = dict(
        zip(USER_COLUMNS, user_row(user_id, 0, dice.randrange(500), 0, False), strict=True)
    )
    values |= {"username": handle, "display_name": name, "name_jamo": hangul.decompose(name)}
    values |= {"name_initials": hangul.initials(name)}
    return tuple(values.values())


def _keys(first: int, end: int) -> list[Values]:
    """In the order of the table, which is much the faster way to fill it."""
    columns = (UserModel.id, UserModel.username, UserModel.display_name)
    found = db.session.execute(
        select(*columns).where(UserModel.id >= first, UserModel.id < end)
    ).all()
    db.session.rollback()
    return sorted(
        (key[0], key[1:], user_id)
        for user_id, username, name in found
        for key in search_keys.keys_of(username, name)
    )


def _size(ground: Ground, group: Group, count: int) -> None:
    keys = db.session.scalar(select(func.count()).select_from(SearchKey)) or 0
    pages = (
        "SELECT SUM(pgsize) FROM dbstat WHERE name IN ('search_keys', 'ix_search_keys_user_id_key')"
        if ground.is_sqlite
        else "SELECT data_length + index_length FROM information_schema.tables"
        " WHERE table_schema = DATABASE() AND table_name = 'search_keys'"
    )
    size = float(db.session.scalar(text(pages)) or 0)
    db.session.rollback()
    for metric, value in (
        ("keys of a million people, with their index, MB", size / count * MILLION / MEGABYTE),
        ("keys of a person", keys / count),
    ):
        group.rows.append(Row(metric=metric, value=spread([value])))


# -- calls -----------------------------------------------------------------------------------------


def _typed() -> list[str]:
    """As keyboards send it, syllable by syllable and letter by letter."""
    return [word[:end] for word in TYPED for end in range(1, len(word) + 1)]


def _calls(ground: Ground, group: Group, count: int) -> None:
    """Over HTTP, by one connection to one worker: what a browser waits for."""
    reader = ground.data.viewers[ground.plan.reference][0]
    with ground.processes() as processes, _caller(processes.web(), ground, reader) as call:
        _typing(ground, group, count, call)
        _lengths(ground, group, call)
        _slowest(group, call)


@contextmanager
def _caller(url: str, ground: Ground, reader: int) -> Iterator[Callable[[str], None]]:
    connection = HTTPConnection(url.removeprefix("http://"))
    headers = {"Cookie": ground.cookie_of(reader)}

    def call(q: str) -> None:
        connection.request("GET", SUGGEST + quote(q), headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    try:
        yield call
    finally:
        connection.close()


def _typing(ground: Ground, group: Group, count: int, call: Callable[[str], None]) -> None:
    typed = rounds.taking_turns(_typed(), max(200, ground.plan.page_calls * 3))
    found = _p99(
        {
            EMPTY: partial(rounds.timed, lambda _q: call(""), typed),
            OURS: partial(rounds.timed, call, typed),
        },
        ground.plan.rounds,
    )
    group.rows.append(
        Row(
            metric=f"suggestion while typing among {count:,} people, p99 / {EMPTY}, p99",
            value=ratio(found[OURS], found[EMPTY]),
            goal=Goal(at_most=3),
            note=f"over HTTP, by somebody who follows {ground.plan.reference:,}",
        )
    )
    rows = [(name, _ms(times)) for name, times in found.items()]
    group.tables.append(Table(title="While typing", head=("call", "ms, p99"), rows=rows))


def _lengths(ground: Ground, group: Group, call: Callable[[str], None]) -> None:
    calls = {
        name: (lambda some=words: _median(call, some))
        for name, words in (("50 characters", LONG), ("3 characters", SHORT))
    }
    found = rounds.interleaved(calls, ground.plan.rounds)
    group.rows.append(
        Row(
            metric="suggestion for 50 characters / for 3, p50",
            value=ratio(found["50 characters"], found["3 characters"]),
            goal=Goal(at_most=1.5),
        )
    )
    rows = [(name, _ms(times)) for name, times in found.items()]
    group.tables.append(Table(title="Lengths", head=("call", "ms, p50"), rows=rows))


def _slowest(group: Group, call: Callable[[str], None]) -> None:
    times = {q: _median(call, [q]) for q in _typed()}
    worst = sorted(times.items(), key=lambda item: -item[1])[:6]
    rows = [(q, _ms([seconds])) for q, seconds in worst]
    group.tables.append(Table(title="What takes longest", head=("typed", "ms, p50"), rows=rows))


def _p99(ways: dict[str, Callable[[], list[float]]], count: int) -> dict[str, list[float]]:
    measured = {name: (lambda w=way: rounds.percentile(w(), 0.99)) for name, way in ways.items()}
    return rounds.interleaved(measured, count)


def _median(call: Callable[[str], object], words: Any) -> float:
    return rounds.median_of(call, [*words] * 7)


def _ms(times: list[float]) -> str:
    return shown(spread([one * MILLI for one in times]))


# -- other ways ------------------------------------------------------------------------------------


def _sql(ground: Ground, group: Group) -> None:
    """Ours is the service with ranking, access and rows; the others are one statement of ids."""
    reader = ground.data.viewers[ground.plan.reference][0]
    ways: dict[str, Callable[[], float]] = {
        ANYWHERE: lambda: rounds.median_of(_anywhere, SHORT),
        PREFIX: lambda: _median(_prefix, SHORT),
        OURS: lambda: _median(lambda q: people.suggest_mentions(q, reader), SHORT),
    }
    found = rounds.interleaved(ways, min(3, ground.plan.rounds))
    for way, goal in ((ANYWHERE, Goal(at_least=100)), (PREFIX, None)):
        metric = f"eight people for three characters: {way} / ours"
        group.rows.append(Row(metric=metric, value=ratio(found[way], found[OURS]), goal=goal))
    rows = [(name, _ms(times)) for name, times in found.items()]
    group.tables.append(Table(title="Eight people", head=("way", "ms, p50"), rows=rows))
    group.notes.append(
        "The prefix index finds handles and names by their beginning only, in no order; ours finds"
        " them anywhere, ranked, with rows. LIKE finds no initials and no unfinished syllable."
    )


def _anywhere(q: str) -> list[int]:
    columns = (UserModel.username, UserModel.display_name, UserModel.name_initials)
    has = or_(*(column.contains(q, autoescape=True) for column in columns))
    query = select(UserModel.id).where(has).order_by(UserModel.follower_count.desc())
    return list(db.session.scalars(query.limit(limits.SUGGESTIONS)))


def _prefix(q: str) -> list[int]:
    found: list[int] = []
    jamo = hangul.decompose(q)
    for column, one in ((UserModel.username, q), (UserModel.name_jamo, jamo)):
        query = select(UserModel.id).where(column >= one, column < one + hangul.LAST)
        found += db.session.scalars(query.order_by(column).limit(limits.SUGGESTIONS))
    return found


# -- writing ---------------------------------------------------------------------------------------


def _writes(ground: Ground, group: Group) -> None:
    last = int(db.session.scalar(select(func.max(UserModel.id))) or 0)
    first = max(0, last - REBUILT)
    began = time.perf_counter()
    made = keying.rebuild(all_of_them=True, after=first)
    minutes = (time.perf_counter() - began) / made * MILLION / 60
    group.rows.append(
        Row(metric="making the keys of a million people anew, min", value=spread([minutes]))
    )
    missed = sum(not _is_found_renamed(user_id) for user_id in range(last - RENAMED + 1, last + 1))
    group.rows.append(
        Row(
            metric=f"of {RENAMED} people renamed, not found at once, or by the old name",
            value=Spread((float(missed),)),
            goal=Goal(at_most=0),
        )
    )


def _is_found_renamed(user_id: int) -> bool:
    name = f"새이름{user_id}"
    users.update_profile(user_id, {"display_name": name})
    before = [hit.user.id for hit in people.suggest_mentions(name, 1)]
    users.update_profile(user_id, {"display_name": "다른이름"})
    after = [hit.user.id for hit in people.suggest_mentions(name, 1)]
    return str(user_id) in before and str(user_id) not in after
