"""A small author posts while a very large one does: how much later do the readers see it?"""

from __future__ import annotations

import time

from sqlalchemy import func, select

from bench import rounds
from bench.data import SMALL_FOLLOWERS
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, figure, shown, spread
from pigeon.cache import keys
from pigeon.extensions import db
from pigeon.models import PublicationModel
from pigeon.services.follows import followers
from pigeon.services.posts import posts

ALONE, BESIDE = "alone", "beside the large author's posts"
PATIENCE_S = 30
MILLI = 1_000


def measure(ground: Ground) -> Group:
    """The Procfile's two fan-out workers; with a raised threshold the large author pushes."""
    group = Group(name="neighbours", title="A small author beside a large one")
    raised = {"CELEBRITY_FOLLOWERS": "10000000"}
    big_author = ground.big_author
    with ground.app(**raised).app_context(), ground.processes() as running:
        scene = _Scene(ground, big_author)
        running.worker("fanout=1", **raised)
        running.worker("fanout-bulk=1", **raised)
        running.wait()
        samples: dict[str, list[float]] = {ALONE: [], BESIDE: []}

        def alone() -> float:
            times = [scene.deliver() for _ in range(ground.plan.samples)]
            samples[ALONE] += times
            return rounds.percentile(times, 0.99)

        def beside() -> float:
            times = [scene.deliver_beside() for _ in range(ground.plan.samples)]
            scene.finish_big()
            samples[BESIDE] += times
            return rounds.percentile(times, 0.99)

        found = rounds.interleaved({ALONE: alone, BESIDE: beside}, ground.plan.rounds)
        scene.forget()
    _report(ground, group, found, samples, scene)
    return group


def _report(ground: Ground, group: Group, found, samples, scene: _Scene) -> None:  # type: ignore[no-untyped-def]
    delays = [(b - a) * MILLI for a, b in zip(found[ALONE], found[BESIDE], strict=True)]
    group.rows.append(
        Row(
            metric=f"a post of an author with {ground.plan.big_followers:,} followers (threshold"
            " raised) delays a small author's fan-out, p99",
            value=spread(delays),
            unit=" ms",
            goal=Goal(at_most=50),
        )
    )
    rows = []
    for way in (ALONE, BESIDE):
        pooled = [rounds.percentile(samples[way], share) * MILLI for share in (0.5, 0.95, 0.99)]
        per_round = shown(spread([value * MILLI for value in found[way]]))
        rows.append((way, *map(figure, pooled), per_round))
    head = ("small author posts", "p50, ms", "p95, ms", "p99, ms", "p99 per round, ms")
    title = f"From posting to the last of {scene.followers} lists"
    group.tables.append(Table(title=title, head=head, rows=rows))
    group.notes.append(
        f"A large post was under way in every sample: {scene.big_posts} of them were pushed to"
        f" {ground.plan.big_followers:,} existing lists each."
    )


class _Scene:
    """Both authors, the lists of all their followers, and the large author's newest post."""

    def __init__(self, ground: Ground, big_author: int) -> None:
        self._ground = ground
        self._small = ground.data.small_author
        self._big = big_author
        self._last = ground.data.small_followers[-1]
        self._big_readers = followers.ids_of(big_author)
        self._big_post = 0
        self.followers = min(SMALL_FOLLOWERS, ground.plan.fan_followers)
        self.big_posts = 0
        everybody = {*self._big_readers, *ground.data.small_followers, self._small, big_author}
        ground.lists.make(sorted(everybody), ground.plan.posts)

    def deliver(self) -> float:
        """A post of the small author: seconds until the last follower's list has it."""
        began = time.perf_counter()
        posts.create(self._small, "a small post", [])
        post_id = self._newest()
        self._wait(self._last, post_id)
        return time.perf_counter() - began

    def deliver_beside(self) -> float:
        """The same while a large post is being pushed; a new one begins when the last has ended."""
        if self._has_ended():
            posts.create(self._big, "a large post", [])
            self._big_post = self._newest()
            self.big_posts += 1
        return self.deliver()

    def finish_big(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while not self._has_ended():
            assert time.monotonic() < until, "the large fan-out does not end"
            time.sleep(0.005)

    def forget(self) -> None:
        self._ground.lists.drop(list(self._big_readers))

    def _has_ended(self) -> bool:
        return not self._big_post or self._has(self._big_readers[-1], self._big_post)

    def _newest(self) -> int:
        """Nobody else posts, so the newest publication is the one that was just made."""
        db.session.rollback()
        return int(db.session.scalar(select(func.max(PublicationModel.id))) or 0)

    def _wait(self, reader_id: int, publication_id: int) -> None:
        until = time.perf_counter() + PATIENCE_S
        while not self._has(reader_id, publication_id):
            assert time.perf_counter() < until, "a post was never delivered"
            time.sleep(0.0005)

    def _has(self, reader_id: int, publication_id: int) -> bool:
        """Lists grow at the end; two parallel posts may stand in either order."""
        cells = self._ground.redis.cache.lrange(keys.TIMELINE.key(reader_id), -200, -1)
        return b"%d" % publication_id in cells
