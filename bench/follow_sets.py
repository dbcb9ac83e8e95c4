"""Whom a person follows: Redis sets against the index of the table; null results included."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from bench import rounds
from bench.ground import Ground
from bench.results import Group, Row, Table, ratio, shown, spread
from pigeon.cache import keys
from pigeon.domain.page import PageRequest
from pigeon.extensions import cache, db
from pigeon.models import FollowModel
from pigeon.services.follows import followees, follows

SETS, INDEX = "set", "index"
AUTHORS = 20
MICRO = 1_000_000


def measure(ground: Ground) -> Group:
    group = Group(name="follow_sets", title="Follows: sets against the index")
    rows = []
    with ground.app().app_context():
        viewers = ground.data.viewers[ground.plan.reference]
        for what, ways in _questions(ground).items():
            _check(ways, viewers[0])
            found = rounds.interleaved(
                {
                    name: (lambda c=call: rounds.median_of(c, _turns(ground, viewers)))
                    for name, call in ways.items()
                },
                ground.plan.rounds,
            )
            group.rows.append(
                Row(metric=f"{what}: index / set, p50", value=ratio(found[INDEX], found[SETS]))
            )
            rows.append(
                (what, *(shown(spread([t * MICRO for t in found[w]])) for w in (SETS, INDEX)))
            )
    head = ("question", "set, µs", "index, µs")
    title = f"A person who follows {ground.plan.reference:,}"
    group.tables.append(Table(title=title, head=head, rows=rows))
    group.notes.append(
        "Pages of follower lists are read from the index on purpose: a set has no order to page by."
    )
    return group


def _turns(ground: Ground, viewers: list[int]) -> list[int]:
    return rounds.taking_turns(viewers, ground.plan.page_calls)


def _questions(ground: Ground) -> dict[str, dict[str, Callable[[int], object]]]:
    authors = ground.data.popular[:AUTHORS]
    return {
        f"which of {AUTHORS} authors does the reader follow": {
            SETS: lambda viewer: followees.among(viewer, authors),
            INDEX: lambda viewer: followees.in_sql(viewer, authors),
        },
        "does the reader follow one author": {
            SETS: lambda viewer: followees.among(viewer, authors[:1]),
            INDEX: lambda viewer: followees.in_sql(viewer, authors[:1]),
        },
        "everybody the reader follows": {SETS: _members, INDEX: _followees},
        "the first page of whom the reader follows": {
            SETS: lambda viewer: len(_members(viewer)) and 20,
            INDEX: lambda viewer: len(
                follows.list_following(viewer, viewer, PageRequest(limit=20)).items
            ),
        },
    }


def _members(viewer: int) -> set[int]:
    found = cache.client.smembers(keys.FOLLOWING.key(viewer))
    return {int(member) for member in found if member != b"0"}


def _followees(viewer: int) -> set[int]:
    query = select(FollowModel.followee_id).where(FollowModel.follower_id == viewer)
    return set(db.session.scalars(query))


def _check(ways: dict[str, Callable[[int], object]], viewer: int) -> None:
    followees.among(viewer, [1])
    assert ways[SETS](viewer) == ways[INDEX](viewer)
