"""A state Redis without room: who needs it waits, says so once, and makes room again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import func, select

from pigeon.extensions import db
from pigeon.models import NotificationModel, PostLike
from tests.factories import make_post, make_user
from tests.harness import children
from tests.harness.parts import Parts, started_parts
from tests.harness.visitor import Visitor

pytestmark = [
    pytest.mark.processes,
    pytest.mark.mariadb,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]
QUEUES = ("notify=1", "fanout=1", "default=1")
PARTS = ("web", "worker", "scheduler")


@pytest.fixture
def parts(mariadb: Any) -> Iterator[Parts]:
    with (
        tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True) as name,
        started_parts(Path(name), RATE_LIMITS="on", WRITE_BACK_FLUSH_S="1") as parts,
    ):
        yield parts


@contextmanager
def full(parts: Parts) -> Iterator[None]:
    parts.redis.state.config_set("maxmemory", 1)
    try:
        yield
    finally:
        parts.redis.state.config_set("maxmemory", 0)


def lines(parts: Parts, *names: str) -> list[dict[str, Any]]:
    """What these parts say, each line an object: a traceback would be none."""
    said = [
        line for name in names for line in parts.site.log(name).read_text().splitlines() if line
    ]
    assert [line for line in said if not line.startswith("{") or "Traceback" in line] == []
    return [json.loads(line) for line in said]


def family(parts: Parts, name: str) -> set[int]:
    return {child.pid for child in psutil.Process(parts.site.processes[name].pid).children()}


def problems(visitor: Visitor) -> list[str]:
    answer = visitor.page("/readyz")
    assert answer.status_code == 200, "what is refused takes nobody out of service"
    return list(answer.json()["problems"])


def test_a_full_state_redis_makes_everybody_wait_and_nobody_end(parts: Parts) -> None:
    with parts.site.app.app_context():
        ann, bob = make_user("ann"), make_user("bob")
        post, other = make_post(author=ann).id, make_post(author=ann).id
    url = parts.web("web")
    parts.worker("worker", *QUEUES)
    with Visitor(url) as visitor:
        visitor.log_in("bob", bob.password)
        assert visitor.call("PUT", f"/posts/{post}/like").status_code == 200
        slots = family(parts, "worker")
        with full(parts):
            refused = visitor.call("PUT", f"/posts/{other}/like")
            assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 0
            assert visitor.page(f"/p/{post}").status_code == 200
            sent = visitor.call("POST", f"/posts/{post}/comments", json={"text": "coo"})
            assert sent.status_code == 201, "what SQL holds needs no room in Redis"
            children.wait_until(lambda: any("full" in one for one in problems(visitor)), what="it")
            children.wait_until(
                lambda: [one for one in lines(parts, "worker") if one["event"] == "worker_waits"],
                timeout_s=60,
                what="a worker that says why it waits",
            )
            parts.scheduler("scheduler")  # nobody has the lease, and there is no room for one
            children.wait_until(
                lambda: flushed(parts, post) == 1, timeout_s=60, what="the journal in SQL"
            )
        assert family(parts, "worker") == slots, "nobody ended"
        children.wait_until(lambda: problems(visitor) == [], what="room")
        children.wait_until(
            lambda: visitor.call("PUT", f"/posts/{other}/like").status_code == 200, what="a like"
        )
        children.wait_until(lambda: told(parts, ann.id) >= 2, timeout_s=60, what="notifications")
    said = lines(parts, *PARTS)
    waits = [one for one in said if one["event"] in ("worker_waits", "scheduler_waits")]
    assert len(waits) <= 3 * len(PARTS) + len(QUEUES), "each says it once a minute at most"
    assert any("OutOfMemory" in one["reason"] for one in waits)
    assert any(one["event"] == "worker_waits_no_more" for one in said)


def flushed(parts: Parts, post_id: int) -> int:
    with parts.site.app.app_context():
        wanted = select(func.count()).where(PostLike.post_id == post_id)
        return db.session.scalar(wanted) or 0


def told(parts: Parts, user_id: int) -> int:
    with parts.site.app.app_context():
        wanted = select(func.count()).where(NotificationModel.recipient_id == user_id)
        return db.session.scalar(wanted) or 0
