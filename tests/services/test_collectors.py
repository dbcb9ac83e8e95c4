from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.sessions import Caller
from pigeon.extensions import db, settings
from pigeon.models import IdempotencyKey, SecurityEvent
from pigeon.services import collectors
from pigeon.services.accounts import security_log
from pigeon.services.media import media
from pigeon.services.posts import posts
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.factories.uploads import make_processing_post, make_upload
from tests.harness.crashes import left_in_incoming, stored_objects

DAY_S = 86_400


def make_older(path: Path, by_s: float) -> None:
    then = time.time() - by_s
    os.utime(path, (then, then))


def incoming(name: str) -> Path:
    return settings().incoming / name


def test_originals_and_objects_of_nobody_go_after_their_grace(
    app: Flask, drain: Callable[[], int]
) -> None:
    ann = make_user("ann")
    published = make_processing_post(ann, caption="ready")
    drain()
    kept = stored_objects()
    waiting = make_processing_post(ann, caption="waits")
    lost = make_upload().token
    orphan = "ab" * 16 + "-w320.webp"
    media.store().put(orphan, b"x", "image/webp")
    assert collectors.find_orphans(older_than=timedelta(hours=24)).objects == []
    for path in (settings().data / "media").rglob("*.*"):
        make_older(path, 2 * DAY_S)
    for name in left_in_incoming():
        make_older(incoming(name), 2 * DAY_S)
    found = collectors.collect()
    assert (found.objects, found.incoming) == ([orphan], [lost])
    assert stored_objects() == kept
    drain()
    for post in (published, waiting):
        assert posts.get(int(post.id), None).state == "published"
    assert left_in_incoming() == []


def test_what_dead_requests_and_workers_left_goes(app: Flask) -> None:
    settings().incoming.mkdir(exist_ok=True)
    for name in ("a" * 32 + ".part", "b" * 32 + ".part"):
        incoming(name).write_bytes(b"half")
    incoming("c.work").mkdir()
    (incoming("c.work") / "w320.webp").write_bytes(b"half")
    for name in ("a" * 32 + ".part", "c.work"):
        make_older(incoming(name), 2 * 3_600)
    collectors.collect()
    assert left_in_incoming() == ["b" * 32 + ".part"]


def test_no_original_is_taken_from_a_request_that_runs(app: Flask) -> None:
    token = make_upload().token
    make_older(incoming(token), 1_800)
    run = app.test_cli_runner().invoke
    assert run(args=["media", "gc", "--hours", "0"]).exit_code == 0
    assert left_in_incoming() == [token]
    make_older(incoming(token), 2 * 3_600)
    assert "1 originals deleted" in run(args=["media", "gc", "--hours", "0"]).output


def test_an_original_that_outlived_its_picture_goes(app: Flask, drain: Callable[[], int]) -> None:
    """A worker died after it had stored that the picture is ready, for good."""
    upload = make_upload()
    post = posts.create(make_user("ann").id, "", [upload])
    drain()
    incoming(upload.token).write_bytes(b"again")
    make_older(incoming(upload.token), 2 * 3_600)
    collectors.collect()
    assert left_in_incoming() == []
    assert posts.get(int(post.id), None).state == "published"


def test_missing_objects_are_named(app: Flask, drain: Callable[[], int]) -> None:
    make_processing_post(make_user("ann"))
    drain()
    gone = stored_objects()[0]
    media.store().delete([gone])
    answer = app.test_cli_runner().invoke(args=["media", "verify"])
    assert answer.exit_code == 1 and gone in answer.output


@pytest.mark.parametrize(("hours", "is_kept"), [(23, True), (25, False)])
def test_idempotency_keys_live_for_a_day(app: Flask, hours: int, is_kept: bool) -> None:
    ann = make_user("ann")
    posts.create(ann.id, "hello", [], key="k", mark="m")
    with unit_of_work():
        then = utc_now() - timedelta(hours=hours)
        db.session.execute(update(IdempotencyKey).values(created_at=then))
    collectors.delete_expired()
    assert bool(db.session.scalars(select(IdempotencyKey)).all()) is is_kept


def test_the_security_log_is_kept_for_ninety_days(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collectors, "BATCH", 2)
    with unit_of_work():
        for number in range(6):
            security_log.note(f"kind{number}", 1, Caller())
    with unit_of_work():
        long_ago = utc_now() - timedelta(days=91)
        old = SecurityEvent.kind.in_([f"kind{number}" for number in range(5)])
        db.session.execute(update(SecurityEvent).where(old).values(created_at=long_ago))
    collectors.delete_expired()
    assert list(db.session.scalars(select(SecurityEvent.kind))) == ["kind5"]
