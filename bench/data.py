"""The data set: people, follows and posts with a long tail, and viewers of exactly known sizes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bench.loader import Loader, Row
from bench.plan import Plan

SEED = 20_240_229
SIZED = 8
"""Viewers per size, who take turns."""
DAYS = 30
SMALL_FOLLOWERS = 100
WORDS = (
    "morning light on the river",
    "새벽 바다와 커피 한 잔",
    "the last tram home, empty and warm",
    "오늘의 하늘은 유난히 파랗다",
    "two pigeons, one crumb",
    "골목 끝 작은 빵집",
    "rain on the window all afternoon",
    "a walk that took longer than planned",
)
VARIANTS = json.dumps(
    [
        ["w320", 320, 240, "image/webp"],
        ["w640", 640, 480, "image/webp"],
        ["w1080", 1_080, 810, "image/webp"],
        ["jpeg", 1_080, 810, "image/jpeg"],
        ["thumb", 320, 320, "image/webp"],
    ]
)


@dataclass(kw_only=True)
class Data:
    """Who is who in the data set."""

    viewers: dict[int, list[int]]
    rotating: list[int]
    fan_author: int
    fan_followers: list[int]
    small_author: int
    small_followers: list[int]
    popular: list[int]
    """Ordinary authors, the most followed first."""
    pictured: list[int]
    """Newest posts that have a picture, newest first."""
    figures: dict[str, Any] = field(default_factory=dict)


def fill(engine: Engine, plan: Plan, folder: Path) -> Data:
    """Generate everything from one seed and load it in bulk."""
    made = _Maker(plan)
    loader = Loader(engine, folder)
    loader.load("users", USER_COLUMNS, made.users())
    loader.load("follows", FOLLOW_COLUMNS, made.follow_rows())
    loader.load("posts", POST_COLUMNS, made.posts())
    loader.load("publications", PUBLICATION_COLUMNS, made.publications())
    loader.load("media", MEDIA_COLUMNS, made.media())
    loader.analyze("users", "follows", "posts", "publications", "media")
    return made.data()


def _columns(names: str) -> list[str]:
    return names.split()


USER_COLUMNS = _columns(
    "id username email email_key auth_version role state display_name name_jamo name_initials bio"
    " pronouns is_private language theme time_zone chosen_status is_discoverable shows_activity"
    " sends_receipts saves_searches messages_from notify post_count follower_count"
    " following_count followers_version is_celebrity created_at"
)
FOLLOW_COLUMNS = _columns("id follower_id followee_id bell created_at")
POST_COLUMNS = _columns(
    "id author_id state caption comments_open like_count comment_count created_at"
)
PUBLICATION_COLUMNS = _columns("id post_id author_id delivery published_at")
MEDIA_COLUMNS = _columns(
    "id owner_id post_id kind position state name incoming crop width height alt color variants"
    " created_at"
)


def user_row(user_id: int, posts: int, followers: int, following: int, is_celebrity: bool) -> Row:
    name = username(user_id)
    own = (user_id, name, f"{name}@example.org", f"{name}@example.org", 1, "user", "active")
    shown = (f"Person {user_id}", "person", "p", WORDS[user_id % len(WORDS)], "", 0)
    chosen = ("en", "system", "UTC", "available", 1, 1, 1, 1, "everyone", "{}")
    counts = (posts, followers, following, 1, int(is_celebrity))
    return (*own, *shown, *chosen, *counts, "2024-01-01 00:00:00.000000")


def add_big_author(engine: Engine, plan: Plan, folder: Path) -> int:
    """An author with `big_followers` followers who do nothing else; their id."""
    first, count = _next_id(engine, "users"), plan.big_followers
    author, follow = first + count, _next_id(engine, "follows")
    at = "2024-01-04 00:00:00.000000"
    loader = Loader(engine, folder)
    people = (user_row(n, 0, 0, 1, False) for n in range(first, author))
    loader.load("users", USER_COLUMNS, people)
    loader.load("users", USER_COLUMNS, [user_row(author, 0, count, 0, False)])
    follows = ((follow + n, first + n, author, 0, at) for n in range(count))
    loader.load("follows", FOLLOW_COLUMNS, follows)
    return author


def add_rung_authors(engine: Engine, plan: Plan, folder: Path) -> dict[int, int]:
    """Authors by how many people hear of their posts, all with the bell."""
    at = "2024-01-06 00:00:00.000000"
    loader = Loader(engine, folder)
    following, follow = _next_id(engine, "users"), _next_id(engine, "follows")
    authors = {size: following + n for n, size in enumerate(plan.recipients)}
    people = [user_row(author, 0, size, 0, False) for size, author in authors.items()]
    loader.load("users", USER_COLUMNS, people)
    pairs = ((person, author) for size, author in authors.items() for person in range(1, size + 1))
    follows = ((follow + n, person, author, 1, at) for n, (person, author) in enumerate(pairs))
    loader.load("follows", FOLLOW_COLUMNS, follows)
    loader.analyze("users", "follows")
    return authors


def _next_id(engine: Engine, table: str) -> int:
    """Groups add people, too, in whatever order they are measured."""
    with engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT MAX(id) FROM {table}")) or 0) + 1


def username(user_id: int) -> str:
    return f"person{user_id}"


class _Maker:
    """Popularity and activity fall like Zipf's law and go together; follows are drawn by them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._random = np.random.default_rng(SEED)
        self._now = datetime.now(UTC).replace(tzinfo=None)
        users, sizes = plan.users, plan.sizes
        rank = self._random.permutation(users)
        self._weights = 1 / (rank + 20.0) ** 0.9
        planted = len(sizes) * SIZED + plan.rotating + 2
        ids = iter(range(users - planted + 1, users + 1))
        self._viewers = {size: [next(ids) for _ in range(SIZED)] for size in sizes}
        self._rotating = [next(ids) for _ in range(plan.rotating)]
        self._fan, self._small = next(ids), next(ids)
        self._planted = planted
        self._weights[users - planted :] = 0
        self._celebrities = [int(i) + 1 for i in np.argsort(-self._weights)[: plan.celebrities]]
        self._follower, self._followee = self._draw_follows()
        self._author = self._draw_authors()
        self._count()

    # -- drawing -------------------------------------------------------------------------------

    def _draw_follows(self) -> tuple[np.ndarray, np.ndarray]:
        """Planted follows exactly, and random ones up to the number the plan says; unique pairs."""
        fixed = self._planted_pairs()
        wanted = self._plan.follows - len(fixed)
        ordinary = self._plan.users - self._planted
        pairs = np.empty(0, dtype=np.int64)
        while len(pairs) < wanted:
            degree = self._random.lognormal(2.2, 1.1, ordinary)
            share = degree / degree.sum()
            missing = int((wanted - len(pairs)) * 1.1) + 100
            follower = self._random.choice(ordinary, missing, p=share) + 1
            followee = self._draw(missing)
            drawn = (follower << 32 | followee)[follower != followee]
            pairs = np.unique(np.concatenate([pairs, drawn]))
            pairs = np.setdiff1d(pairs, fixed, assume_unique=True)
        pairs = self._random.permutation(pairs)[:wanted]
        pairs = self._random.permutation(np.concatenate([fixed, pairs]))
        return pairs >> 32, pairs & 0xFFFFFFFF

    def _draw(self, count: int) -> np.ndarray:
        cumulative = np.cumsum(self._weights)
        found = np.searchsorted(cumulative, self._random.random(count) * cumulative[-1])
        return np.minimum(found, len(cumulative) - 1).astype(np.int64) + 1

    def _planted_pairs(self) -> np.ndarray:
        share = self._weights / self._weights.sum()
        pairs: list[np.ndarray] = []
        sized = list(self._viewers.items())
        for size, viewers in [*sized, (self._plan.reference, self._rotating)]:
            for viewer in viewers:
                chosen = self._random.choice(self._plan.users, size, replace=False, p=share) + 1
                pairs.append(np.int64(viewer) << 32 | chosen.astype(np.int64))
        pairs += [
            self._followers_of(self._fan, self._plan.fan_followers),
            self._followers_of(self._small, min(SMALL_FOLLOWERS, self._plan.fan_followers)),
        ]
        for number, author in enumerate(self._celebrities):
            pairs.append(
                self._followers_of(author, int(self._plan.threshold * (1.05 + number / 10)))
            )
        return np.unique(np.concatenate(pairs))

    def _followers_of(self, author: int, count: int) -> np.ndarray:
        ordinary = np.arange(1, self._plan.users - self._planted + 1, dtype=np.int64)
        chosen = self._random.choice(ordinary[ordinary != author], count, replace=False)
        return chosen << 32 | np.int64(author)

    def _draw_authors(self) -> np.ndarray:
        """Who wrote each post, oldest first."""
        activity = np.sqrt(self._weights) * self._random.lognormal(0, 1, len(self._weights))
        activity[[self._fan - 1, self._small - 1]] = 0
        cumulative = np.cumsum(activity)
        found = np.searchsorted(cumulative, self._random.random(self._plan.posts) * cumulative[-1])
        return found.astype(np.int64) + 1

    def _count(self) -> None:
        users = self._plan.users + 1
        self._followers = np.bincount(self._followee, minlength=users)
        self._following = np.bincount(self._follower, minlength=users)
        self._written = np.bincount(self._author, minlength=users)
        self._famous = self._followers >= self._plan.threshold

    # -- rows ----------------------------------------------------------------------------------

    def users(self) -> Iterator[Row]:
        for user_id in range(1, self._plan.users + 1):
            yield user_row(
                user_id,
                int(self._written[user_id]),
                int(self._followers[user_id]),
                int(self._following[user_id]),
                bool(self._famous[user_id]),
            )

    def follow_rows(self) -> Iterator[Row]:
        at = "2024-01-02 00:00:00.000000"
        pairs = zip(self._follower.tolist(), self._followee.tolist(), strict=True)
        return ((n, a, b, 0, at) for n, (a, b) in enumerate(pairs, 1))

    def _times(self) -> Iterator[str]:
        step = timedelta(days=DAYS) / self._plan.posts
        begin = self._now - timedelta(days=DAYS)
        return (
            (begin + step * n).isoformat(sep=" ", timespec="microseconds")
            for n in range(self._plan.posts)
        )

    def posts(self) -> Iterator[Row]:
        likes = self._random.zipf(1.7, self._plan.posts).clip(0, 100_000).tolist()
        rows = zip(self._author.tolist(), likes, self._times(), strict=True)
        for number, (author, liked, at) in enumerate(rows, 1):
            caption = f"{WORDS[number % len(WORDS)]} {WORDS[author % len(WORDS)]} #{number % 977}"
            yield number, author, "published", caption, 1, liked, liked // 9, at

    def publications(self) -> Iterator[Row]:
        rows = zip(self._author.tolist(), self._times(), strict=True)
        for number, (author, at) in enumerate(rows, 1):
            yield number, number, author, "pull" if self._famous[author] else "push", at

    def media(self) -> Iterator[Row]:
        first = self._plan.posts - self._plan.pictured + 1
        at = "2024-01-03 00:00:00.000000"
        for number, post_id in enumerate(range(first, self._plan.posts + 1), 1):
            author = int(self._author[post_id - 1])
            owned = (number, author, post_id, "post", 0, "ready", media_name(post_id), "", "")
            yield (*owned, 4_000, 3_000, WORDS[number % len(WORDS)], "#8899aa", VARIANTS, at)

    # -- who is who ----------------------------------------------------------------------------

    def data(self) -> Data:
        order = np.argsort(-self._followers[1:]) + 1
        ordinary = order[~self._famous[order] & (self._weights[order - 1] > 0)]
        return Data(
            viewers=self._viewers,
            rotating=self._rotating,
            fan_author=self._fan,
            fan_followers=self._followers_list(self._fan),
            small_author=self._small,
            small_followers=self._followers_list(self._small),
            popular=ordinary[:1_000].tolist(),
            pictured=list(range(self._plan.posts, self._plan.posts - self._plan.pictured, -1)),
            figures=self._figures(),
        )

    def _followers_list(self, author: int) -> list[int]:
        return sorted(self._follower[self._followee == author].tolist())

    def _figures(self) -> dict[str, Any]:
        plan, ordinary = self._plan, self._plan.users - self._planted
        behind = {
            size: int(np.median([self._posts_behind(viewer) for viewer in viewers]))
            for size, viewers in self._viewers.items()
        }
        return {
            "users": plan.users,
            "follows": len(self._follower),
            "posts": plan.posts,
            "posts with a picture": plan.pictured,
            "follows per person, median": int(np.median(self._following[1 : ordinary + 1])),
            "followers per person, median": int(np.median(self._followers[1:])),
            "followers per person, most": int(self._followers.max()),
            "celebrities (read side)": int(self._famous.sum()),
            "posts per author, median": int(np.median(self._written[1 : ordinary + 1])),
            "posts per author, most": int(self._written.max()),
            "posts behind a timeline, median by followees": behind,
        }

    def _posts_behind(self, viewer: int) -> int:
        return int(self._written[self._followee[self._follower == viewer]].sum())


def media_name(post_id: int) -> str:
    return f"{post_id * 0x9E3779B97F4A7C15 % 2**128:032x}"
