"""Stores that are away, or hang: refusals have pages, reads go on where they can, the log is short.

On a MariaDB and two Redis that are killed and stopped; a web process, as the Procfile starts it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.factories import Person, make_post, make_user
from tests.harness import children, redis_pair
from tests.harness.parts import Parts, started_parts
from tests.harness.sites import status_of
from tests.harness.visitor import Visitor

pytestmark = [
    pytest.mark.processes,
    pytest.mark.mariadb,
    pytest.mark.slow,
    pytest.mark.xdist_group("bad_days"),
]
STORES = ("sql", "cache", "state")
KOREAN = {"Accept-Language": "ko-KR,ko;q=0.9"}
PAGES = ("/", "/p/{post}", "/u/ann", "/notifications", "/login", "/nowhere", "/p/999999")
OTHERS = ("/api/v1/posts/{post}", "/api/v1/nowhere", "/api/v1/me", "/static/none", "/media/none")


class Ground:
    """The parts, and who visits them: ann reads Korean and likes it dark."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        with parts.site.app.app_context():
            self.ann: Person = make_user("ann", language="ko", theme="dark")
            self.post = make_post(author=self.ann).id
        self.url = parts.web("web")

    def kill(self, store: str) -> None:
        process = self.process(store)
        process.kill()
        process.wait()

    def start(self, store: str) -> None:
        if store == "sql":
            self.parts.start_sql()
            return
        self.parts.redis.processes[store] = redis_pair.start_one(store, self.parts.folder)

    def freeze(self, store: str) -> None:
        children.pause(self.process(store).pid)

    def thaw(self, store: str) -> None:
        os.kill(self.process(store).pid, signal.SIGCONT)

    def process(self, store: str) -> Any:
        found = self.parts.sql.process if store == "sql" else self.parts.redis.processes[store]
        assert found is not None
        return found

    def lines(self) -> list[str]:
        return self.parts.site.log("web").read_text().splitlines()

    def wait_ready(self) -> None:
        """Readiness is a second old at most; a person's log-in needs every store."""
        children.wait_until(
            lambda: status_of(f"{self.url}/readyz") == 200, timeout_s=60, what="readiness"
        )
        with Visitor(self.url) as visitor:
            body = {"login": "ann", "password": self.ann.password}
            children.wait_until(
                lambda: visitor.call("POST", "/auth/login", json=body).status_code == 200,
                timeout_s=60,
                what="a log-in",
            )


@pytest.fixture(scope="module")
def ground(mariadb: Any) -> Iterator[Ground]:
    with (
        tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True) as name,
        started_parts(Path(name)) as parts,
    ):
        yield Ground(parts)


@pytest.fixture
def ann(ground: Ground) -> Iterator[Visitor]:
    """Signed in, and seen a moment ago."""
    ground.wait_ready()
    with Visitor(ground.url) as visitor:
        visitor.log_in("ann", ground.ann.password)
        for path in PAGES:
            visitor.page(path.format(post=ground.post))
        yield visitor


@contextmanager
def away(ground: Ground, how: str, stores: tuple[str, ...]) -> Iterator[None]:
    stop, go_on = {"killed": ("kill", "start"), "frozen": ("freeze", "thaw")}[how]
    for store in stores:
        getattr(ground, stop)(store)
    try:
        yield
    finally:
        for store in stores:
            getattr(ground, go_on)(store)


def check_answer(answer: requests.Response, *, at: str) -> None:
    """Never 500, never bare: a page in Korean, an Error, or a line."""
    assert answer.status_code in (200, 302, 401, 404, 503), (at, answer.status_code, answer.text)
    kind = answer.headers["Content-Type"].partition(";")[0]
    assert answer.headers["X-Request-Id"] and answer.headers["Content-Security-Policy"], at
    if answer.status_code == 503:
        assert int(answer.headers["Retry-After"]) > 0, at
    if "/api/" in at:
        assert kind == "application/json", at
        assert answer.status_code == 200 or answer.json()["error"]["message"], at
    elif kind == "text/html" and answer.status_code != 302:
        assert '<html lang="ko"' in answer.text and "</html>" in answer.text, (at, answer.text)
        assert answer.status_code == 200 or 'class="error"' in answer.text, at


def missing(visitor: Visitor) -> list[str]:
    return [one for one in visitor.page("/readyz").json()["problems"] if "does not answer" in one]


def seen(
    visitor: Visitor, ground: Ground, *, paths: tuple[str, ...], who: str
) -> dict[str, requests.Response]:
    answers = {}
    for path in paths:
        answer = visitor.page(path.format(post=ground.post), headers=KOREAN, allow_redirects=False)
        check_answer(answer, at=f"{who} {path}")
        answers[path] = answer
    return answers


@pytest.mark.timeout(900)
@pytest.mark.parametrize("stores", [*((one,) for one in STORES), STORES], ids="-".join)
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_refusals_have_pages_whatever_is_away(
    ground: Ground, ann: Visitor, how: str, stores: tuple[str, ...]
) -> None:
    paths = PAGES + OTHERS if how == "killed" else (PAGES[1], PAGES[3], PAGES[5], *OTHERS[:3])
    before = len(ground.lines())
    asked = 0
    with away(ground, how, stores), Visitor(ground.url) as stranger:
        warm = seen(ann, ground, paths=paths, who="warm")
        asked += len(paths)
        if "cache" not in stores:
            ground.parts.redis.cache.flushdb()
        cold = seen(ann, ground, paths=paths, who="cold")
        anonymous = seen(stranger, ground, paths=paths, who="stranger")
        asked += 2 * len(paths)
        children.wait_until(lambda: len(missing(stranger)) == len(stores), what="all named")
        assert stranger.page("/readyz").status_code == 503
        assert stranger.page("/healthz").status_code == 200
    for answers in (warm, cold, anonymous):
        assert answers["/nowhere"].status_code == 404
    if "sql" in stores:
        assert cold["/notifications"].status_code == 503
        assert cold["/api/v1/me"].status_code == 503
    else:
        assert all(answer.status_code != 503 for answer in (*warm.values(), *cold.values()))
        assert cold["/p/{post}"].status_code == 200
    if "sql" in stores and "cache" not in stores:
        assert 'data-theme="dark"' in warm["/nowhere"].text, "who is known keeps their looks"
    added = [line for line in ground.lines()[before:] if line.strip()]
    assert not [line for line in added if not line.startswith("{") or "exception" in line]
    refused = [json.loads(line) for line in added if '"event": "unavailable"' in line]
    assert len(refused) <= asked
    assert stores[0] != "sql" or any("MySQL" in line["reason"] for line in refused)


@pytest.mark.timeout(300)
def test_reads_and_writes_come_back_with_the_stores(ground: Ground, ann: Visitor) -> None:
    with away(ground, "killed", STORES):
        answer = ann.page("/p/999999", headers=KOREAN)
        check_answer(answer, at="/p/999999")
    ground.wait_ready()
    children.wait_until(
        lambda: ann.call("PUT", f"/posts/{ground.post}/like").status_code == 200, what="a like"
    )
    assert ann.page(f"/p/{ground.post}").status_code == 200


def is_free_of_addresses(sentence: str) -> bool:
    return not re.search(r"/|@|\d+\.\d+\.\d+|localhost", sentence.replace("`flask db upgrade`", ""))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("store", STORES)
def test_readiness_names_what_is_away_and_nothing_else(ground: Ground, store: str) -> None:
    ground.wait_ready()
    asked: Callable[[], requests.Response] = lambda: requests.get(  # noqa: E731
        f"{ground.url}/readyz", timeout=30
    )
    with away(ground, "frozen", (store,)):
        children.wait_until(lambda: asked().status_code == 503, timeout_s=30, what="503")
        (sentence,) = asked().json()["problems"]
        name = "database" if store == "sql" else f"{store} Redis"
        assert name in sentence and is_free_of_addresses(sentence)
    ground.wait_ready()
    assert [p for p in asked().json()["problems"] if "does not answer" in p] == []
