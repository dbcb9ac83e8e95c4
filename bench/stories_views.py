"""Views of one hot story: the row before the answer, or the journal and a flusher."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from sqlalchemy import func, select

from bench import crowd, fan_out, rounds
from bench.crowd import CLIENTS, Crowd
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, ratio, shown, spread
from pigeon.domain.stories import TextStyle
from pigeon.extensions import db
from pigeon.models import StoryModel, StoryViewModel
from pigeon.services.stories import stories, viewing, views
from pigeon.services.write_backs import flusher as write_backs
from tests.harness import children

OURS, THROUGH = "write-back", "WRITE_BACK=off"
PATIENCE_S = 60


@dataclass(frozen=True, kw_only=True)
class Work:
    """People in the order in which one client has them see a story."""

    story_id: int
    people: list[int]


def measure(ground: Ground) -> Group:
    """Eight processes call the service with its access policy; nobody saw the story before."""
    group = Group(name="stories_views", title="Views of stories")
    with (
        ground.app().app_context(),
        crowd.crowd(ground) as ours,
        crowd.crowd(ground, WRITE_BACK="off") as through,
        crowd.crowd(ground, 1) as flusher,
    ):
        flusher.each(crowd.start_flusher, [None])
        _hot(ground, group, {OURS: ours, THROUGH: through})
        fan_out.forget_jobs()
    return group


# -- what a client does ----------------------------------------------------------------------------


def read(work: Work) -> None:
    """Opening it: the story, the person's relations and own answers are known to caches."""
    for person in work.people:
        stories.get(work.story_id, person)


def see(work: Work) -> tuple[float, float]:
    """One after the other; when it began and ended."""
    began = time.perf_counter()
    for person in work.people:
        viewing.mark(work.story_id, by=person)
    return began, time.perf_counter()


# -- the row ---------------------------------------------------------------------------------------


def _hot(ground: Ground, group: Group, ways: dict[str, Crowd]) -> None:
    dice, count = random.Random(ground.plan.users), ground.plan.likes
    authors = iter(range(1, ground.plan.users))

    def round_of(way: str) -> float:
        author = next(authors)
        story_id = int(stories.create(author, "hot", TextStyle(), None).id)
        everybody = [one for one in range(1, ground.plan.users + 1) if one != author]
        people = dice.sample(everybody, min(count * CLIENTS, len(everybody)))
        work = [Work(story_id=story_id, people=people[n::CLIENTS]) for n in range(CLIENTS)]
        ways[way].each(read, work)
        done = ways[way].each(see, work)
        _check(story_id, len(people))
        return len(people) / (max(ended for _, ended in done) - min(began for began, _ in done))

    found = rounds.interleaved(
        {way: (lambda w=way: round_of(w)) for way in ways}, ground.plan.rounds
    )
    group.rows.append(
        Row(
            metric=f"views of one hot story, {CLIENTS} clients: write-back / off, views/s",
            value=ratio(found[OURS], found[THROUGH]),
            goal=Goal(at_least=5),
            note="the service call with its access policy; both end with the same rows and counts",
        )
    )
    rows = [(way, shown(spread(found[way]))) for way in ways]
    group.tables.append(Table(title="One hot story", head=("way", "views/s"), rows=rows))


def _check(story_id: int, people: int) -> None:
    """Every view is a row and counted, in SQL and in what is shown."""
    children.wait_until(
        lambda: write_backs.status().entries == 0, timeout_s=PATIENCE_S, what="the last flush"
    )
    db.session.rollback()
    rows = select(func.count()).where(StoryViewModel.story_id == story_id)
    counted = select(StoryModel.view_count).where(StoryModel.id == story_id)
    assert (db.session.scalar(rows), db.session.scalar(counted)) == (people, people)
    assert views.counts_of([story_id]) == {story_id: people}
