"""Who holds a job, and whether that process has ended."""

from __future__ import annotations

import os
import signal
import subprocess
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.jobs.queues import QUEUES
from pigeon.models import OutboxRow
from pigeon.services.outbox import claimants, outbox
from pigeon.unit_of_work import Claim, unit_of_work
from tests.harness import children

pytestmark = pytest.mark.no_second_look


def sweep(**waiting_since: datetime) -> list[tuple[int, str]]:
    """With all queues empty but those whose heads wait since then."""
    return outbox.sweep(dict.fromkeys(QUEUES, utc_now()) | waiting_since)


def add_row(**columns: Any) -> int:
    """A promised job, as it stands right after its transaction."""
    with unit_of_work():
        row = OutboxRow.of("default", "posts.refresh", {"post_id": 1}, utc_now(), 0.0)
        for name, value in columns.items():
            setattr(row, name, value)
        db.session.add(row)
        db.session.flush()
        return row.id


def change(**values: Any) -> None:
    with unit_of_work():
        db.session.execute(update(OutboxRow).values(**values))


def claimed(number: int) -> Claim:
    held = outbox.claim(number)
    assert held is not None
    return held


def test_the_claim_of_a_dead_process_is_freed_at_once(app: Flask) -> None:
    sleeper = subprocess.Popen(["sleep", "60"])
    number = add_row()
    claimed(number)
    name = claimants.own_name()
    change(claimed_by=_named(name, sleeper.pid))
    assert sweep() == []
    os.kill(sleeper.pid, signal.SIGKILL)
    children.wait_until(lambda: _is_zombie(sleeper.pid), what="its end")
    assert sweep() == [(number, "default")], "nobody has waited for it yet"
    sleeper.wait()


def test_a_number_that_was_given_again_is_another_process(app: Flask) -> None:
    number = add_row()
    claimed(number)
    assert sweep() == [], "this process lives"
    host, pid, started = claimants.own_name().split(":")
    change(claimed_by=f"{host}:{pid}:{int(started) - 1}")
    assert sweep() == [(number, "default")]


def test_processes_that_number_on_their_own_are_not_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "h" * 64)
    own = claimants.own_name()
    assert not claimants.is_gone(own) and len(own) <= 70, "a number may grow"
    place, _, _ = own.partition(":")
    assert claimants.is_gone(f"{place}:{2**22 + 1}:1")
    other = place.rpartition("-")[0] + "-1"
    assert not claimants.is_gone(f"{other}:{2**22 + 1}:1")


def test_where_the_kernel_says_nothing_the_host_is_the_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def silent(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr("pathlib.Path.read_text", silent)
    assert claimants._host().endswith("--0")


@pytest.mark.parametrize("name", ["", "strange", "host:x:y", "elsewhere:1:1"])
def test_of_strangers_nothing_is_known(name: str) -> None:
    assert not claimants.is_gone(name)


def _named(own: str, pid: int) -> str:
    started = claimants._started(pid)
    return f"{own.partition(':')[0]}:{pid}:{started}"


def _is_zombie(pid: int) -> bool:
    return claimants._started(pid) is None
