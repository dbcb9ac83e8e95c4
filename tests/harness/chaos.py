"""Posts under fire: people who post and try again, and one who watches."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests

from tests.harness import pictures
from tests.harness.kills import WITHIN_S, Fight

WEB = 2
ROUND = (
    *("web", "web", "web-master", "realtime", "scheduler", "scheduler", "workers", "workers"),
    *("media", "media", "media", "fanout", "fanout", "default"),
    *("fanout-bulk", "notify", "mail", "redis-state", "redis-state", "redis-cache"),
)
"""Each kind of process at least once in twenty kills, the busy ones more often."""

POSTERS = 3
WATCHES_HZ = 10


@dataclass(kw_only=True)
class Battle(Fight):
    """A piece of work is a post."""

    tokens: list[str]
    watcher: str
    targets: tuple[str, ...] = ROUND
    acknowledged: dict[int, str] = field(default_factory=dict)
    looks: int = 0

    def workers(self) -> list[Callable[[], None]]:
        return [partial(self._post_some, number) for number in range(POSTERS)]

    def watchers(self) -> list[Callable[[], None]]:
        return [self._watch]

    def achieved(self) -> str:
        return f"{len(self.acknowledged)} posts acknowledged"

    # posting

    def _post_some(self, poster: int) -> None:
        dice = random.Random(f"{self.seed}-{poster}")
        while (number := self.next_piece()) is not None:
            self._post(number, poster, images=images_of(number), dice=dice)

    def _post(self, number: int, poster: int, images: int, dice: random.Random) -> None:
        """The same request until it is answered."""
        content = [picture_of(number, place) for place in range(images)]
        headers = {
            "Authorization": f"Bearer {self.tokens[poster]}",
            "Idempotency-Key": f"chaos-{number}",
        }
        until = time.monotonic() + WITHIN_S
        while time.monotonic() < until:
            files = [
                ("images[]", (f"{n}.jpg", data, "image/jpeg")) for n, data in enumerate(content)
            ]
            with suppress(requests.RequestException):
                answer = requests.post(
                    f"{self._base(dice)}/posts",
                    data={"caption": caption_of(number)},
                    files=files,
                    headers=headers,
                    timeout=10,
                )
                if answer.status_code == 202:
                    self.acknowledged[number] = answer.json()["id"]
                    return
                if answer.status_code != 503:
                    self.violations.append(
                        f"post {number}: {answer.status_code} {answer.text[:300]}"
                    )
            time.sleep(dice.uniform(0.02, 0.2))
        self.violations.append(f"post {number} was never answered")

    def _base(self, dice: random.Random) -> str:
        host, _, port = self.site.url.rpartition(":")
        return f"{host}:{int(port) + dice.randrange(WEB)}/api/v1"

    # watching

    def _watch(self) -> None:
        """As a follower, ten times a second: no post is ever seen that is not whole."""
        dice, session, seen = random.Random(self.seed), requests.Session(), set[str]()
        session.headers["Authorization"] = f"Bearer {self.watcher}"
        while not self.over.is_set():
            began = time.monotonic()
            with suppress(requests.RequestException):
                answer = session.get(f"{self._base(dice)}/timeline?limit=50", timeout=5)
                self.looks += answer.status_code == 200
                if answer.status_code == 200:
                    self._check_page(answer.json()["items"], seen, session, dice)
                elif answer.status_code != 503:
                    self.violations.append(f"timeline: {answer.status_code} {answer.text[:300]}")
            time.sleep(max(0.0, 1 / WATCHES_HZ - (time.monotonic() - began)))

    def _check_page(
        self, items: list[dict[str, Any]], seen: set[str], session: Any, dice: random.Random
    ) -> None:
        ids = [item["id"] for item in items]
        if len(set(ids)) != len(ids):
            self.violations.append(f"twice in one page: {ids}")
        for item in items:
            fault = fault_of(item)
            if fault:
                self.violations.append(f"half a post: {fault}")
            if item["id"] not in seen:
                self._look_at(item, session, dice)
                seen.add(item["id"])

    def _look_at(self, item: dict[str, Any], session: Any, dice: random.Random) -> None:
        base = self._base(dice).removesuffix("/api/v1")
        for image in item["images"]:
            answer = session.get(f"{base}{image['thumb_url']}", timeout=5)
            if answer.status_code != 200:
                self.violations.append(f"picture of post {item['id']}: {answer.status_code}")


# -- the posts -------------------------------------------------------------------------------------


def images_of(number: int) -> int:
    return 1 + number % 4


def caption_of(number: int) -> str:
    return f"post {number} with {images_of(number)} pictures"


def picture_of(number: int, place: int) -> bytes:
    """Mostly small, and sometimes one that takes a second."""
    if number % 25 == 9 and place == 0:
        return pictures.photograph_1_2_mb()
    return pictures.jpeg(640, 480, color=f"rgb({number % 256},{place * 60},90)")


def fault_of(item: dict[str, Any]) -> str | None:
    """What is not whole about a post that somebody else sees."""
    expected = int(item["caption"].split()[3])
    states = [image["state"] for image in item["images"]]
    if item["state"] != "published" or states != ["ready"] * expected:
        return f"{item['caption']!r} is {item['state']} with {states}"
    if not all(
        image["url"] and image["thumb_url"] and image["variants"] for image in item["images"]
    ):
        return f"{item['caption']!r} has pictures without addresses"
    return None
