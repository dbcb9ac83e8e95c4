"""People who like and unlike without a pause, and what must be true when everything is stored."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress

import requests
from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import PostLike, PostModel
from pigeon.services import counts
from pigeon.services.accounts import sessions
from pigeon.services.write_backs import flusher
from tests.factories import Person, Posted
from tests.harness import children


def settled(post_id: int) -> tuple[set[int], int, int]:
    """Who likes it in SQL, the stored count, and the shown one; nothing waits any more."""
    db.session.rollback()
    people = set(db.session.scalars(select(PostLike.user_id).where(PostLike.post_id == post_id)))
    stored = db.session.scalar(select(PostModel.like_count).where(PostModel.id == post_id))
    found = flusher.status()
    assert (found.entries, any(found.waiting.values())) == (0, False)
    return people, stored or 0, counts.of_posts([post_id])[post_id].like_count


class Likers:
    """People who like and unlike without a pause; what was acknowledged, and how long it took."""

    def __init__(self, url: str, people: list[Person], posts: list[Posted]) -> None:
        self.wanted: dict[tuple[int, int], set[bool]] = {}
        self.statuses: list[int | None] = []
        self.slowest_s = 0.0
        self._url, self._posts = url, posts
        self._over = threading.Event()
        tokens = {person.id: sessions.create_token(person.id) for person in people}
        self._threads = [threading.Thread(target=self._run, args=one) for one in tokens.items()]

    def __enter__(self) -> Likers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _run(self, person: int, token: str) -> None:
        dice, headers = random.Random(person), {"Authorization": f"Bearer {token}"}
        while not self._over.is_set():
            post, on = dice.choice(self._posts), dice.random() < 0.6
            began = time.monotonic()
            status = self._send("PUT" if on else "DELETE", post.id, headers)
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
            self.statuses.append(status)
            allowed = self.wanted.get((post.id, person), {False})
            self.wanted[post.id, person] = {on} if status == 200 else {*allowed, on}

    def _send(self, method: str, post_id: int, headers: dict[str, str]) -> int | None:
        with suppress(requests.RequestException):
            url = f"{self._url}/api/v1/posts/{post_id}/like"
            return requests.request(method, url, headers=headers, timeout=30).status_code
        return None

    def wait_for(self, status: int, times: int) -> None:
        """Until so many more answers of this status have come."""
        goal = self.statuses.count(status) + times
        children.wait_until(
            lambda: self.statuses.count(status) >= goal, timeout_s=90, what=f"answers of {status}"
        )

    def check(self) -> None:
        """After a drain: what was acknowledged stands, and every count says so."""
        for post in self._posts:
            people, stored, shown = settled(post.id)
            assert stored == shown == len(people)
            for (post_id, person), allowed in self.wanted.items():
                assert post_id != post.id or (person in people) in allowed
