"""A site under fire: people who post and try again, one who watches, and something that kills.

What happens is decided by a seed; what was killed when is kept for the message of a failure.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psutil
import redis
import requests

from tests.harness import children, pictures
from tests.harness.sites import Site

WEB = 2
QUEUES = ("media", "fanout", "fanout-bulk", "notify", "mail", "default")
ROUND = (
    *("web", "web", "web-master", "realtime", "scheduler", "scheduler", "workers", "workers"),
    *("media", "media", "media", "fanout", "fanout", "default"),
    *("fanout-bulk", "notify", "mail", "redis-state", "redis-state", "redis-cache"),
)
"""Each kind of process at least once in twenty kills, the busy ones more often."""

AHEAD = 2
POSTERS = 3
WATCHES_HZ = 10
WITHIN_S = 120.0


# -- what can be killed ----------------------------------------------------------------------------


def pids_of(site: Site, kind: str) -> list[int]:
    """The living processes of a kind, as the supervisor started them."""
    supervisor = psutil.Process(site.processes["site"].pid)
    if kind in QUEUES:
        return _children_of_queue(site, supervisor, kind)
    found = [child for child in supervisor.children() if _is(kind, _command_of(child))]
    if kind in ("web", "realtime"):
        found = [worker for master in found for worker in _below(master)]
    return [process.pid for process in found]


def _is(kind: str, command: str) -> bool:
    signs = {
        "web": ("gunicorn", "-k sync"),
        "web-master": ("gunicorn", "-k sync"),
        "realtime": ("gunicorn", "-k gevent"),
        "workers": ("pigeon.jobs.worker",),
        "scheduler": ("pigeon.jobs.scheduler",),
        "redis-state": ("state.sock",),
        "redis-cache": ("cache.sock",),
    }
    return all(sign in command for sign in signs[kind])


def _command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.Error:
        return []


def _children_of_queue(site: Site, supervisor: psutil.Process, queue: str) -> list[int]:
    """RQ keeps in Redis which process serves which queue."""
    parents = [child for child in supervisor.children() if _is("workers", _command_of(child))]
    living = {child.pid for parent in parents for child in _below(parent)}
    client = redis.Redis.from_url(_state_url(site), socket_timeout=1)
    with client, suppress(redis.RedisError):
        names = client.smembers("rq:workers")
        facts = [client.hmget(name, "pid", "queues") for name in names]
        return [
            int(pid) for pid, queues in facts if queues == queue.encode() and int(pid) in living
        ]
    return []


def _state_url(site: Site) -> str:
    from pigeon.processes.embedded import socket_urls

    return socket_urls(site.logs / "data")[1]


# -- the people ------------------------------------------------------------------------------------


@dataclass
class Battle:
    """Everything that goes on at once; `violations` must stay empty."""

    site: Site
    tokens: list[str]
    watcher: str
    seed: int
    posts: int
    kills: int
    acknowledged: dict[int, str] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    killed: int = 0
    started: int = 0
    looks: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until all is posted and killed."""
        posters = [
            threading.Thread(target=self._guarded, args=(self._post_some, number))
            for number in range(POSTERS)
        ]
        watcher = threading.Thread(target=self._guarded, args=(self._watch, 0))
        for thread in (*posters, watcher):
            thread.start()
        self._guarded(self._kill, 0)
        for thread in posters:
            thread.join(WITHIN_S)
        self.note("everything is acknowledged")

    def end(self) -> None:
        self._over.set()

    def note(self, what: str) -> None:
        self.history.append(f"{time.monotonic() - self.began:7.2f} {what}")

    def told(self) -> str:
        """For the message of a failure."""
        return "\n".join([f"CHAOS_SEED={self.seed}", *self.history, *self.violations[:20]])

    def _guarded(self, work: Any, number: int) -> None:
        try:
            work(number)
        except Exception as error:
            self.violations.append(f"{work.__name__}: {error!r}")
            self._over.set()

    # posting

    def _post_some(self, poster: int) -> None:
        dice = random.Random(f"{self.seed}-{poster}")
        while (number := self._next_post()) is not None:
            self._post(number, poster, images=images_of(number), dice=dice)

    def _next_post(self) -> int | None:
        """Not far ahead of the killing, so that both last as long as each other."""
        while not self._over.is_set():
            with self._lock:
                if self.started == self.posts:
                    return None
                if self.started * self.kills <= (self.killed + AHEAD) * self.posts:
                    self.started += 1
                    return self.started - 1
            time.sleep(0.02)
        return None

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

    def _watch(self, _number: int) -> None:
        """As a follower, ten times a second: no post is ever seen that is not whole."""
        dice, session, seen = random.Random(self.seed), requests.Session(), set[str]()
        session.headers["Authorization"] = f"Bearer {self.watcher}"
        while not self._over.is_set():
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

    # killing

    def _kill(self, _number: int) -> None:
        dice = random.Random(self.seed)
        for kind in _targets(dice, self.kills):
            while self.started * self.kills < self.killed * self.posts and not self._over.is_set():
                time.sleep(0.02)
            time.sleep(dice.uniform(0.05, 0.9))
            if self._over.is_set():
                return
            pids: list[int] = []
            children.wait_until(
                lambda kind=kind, pids=pids: pids or pids.extend(pids_of(self.site, kind)),
                timeout_s=40,
                what=f"a process of the kind {kind}",
            )
            pid = dice.choice(sorted(pids))
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self.note(f"killed {kind} {pid} with {len(self.acknowledged)} posts acknowledged")
            self.killed += 1


def _targets(dice: random.Random, kills: int) -> Iterator[str]:
    """Rounds in which every kind occurs, each in an order of its own."""
    left = kills
    while left > 0:
        for kind in dice.sample(ROUND, min(left, len(ROUND))):
            left -= 1
            yield kind


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
