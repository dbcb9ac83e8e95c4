"""What the state Redis wrote reaches the disk within a second or so, and nothing is synced idly."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pigeon.processes import embedded, syncing
from tests.harness import children, redis_pair
from tests.harness.redis_pair import RedisPair


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long each file was that was synced, in order."""
    sizes: list[int] = []
    sync = os.fsync

    def noted(file: int) -> None:
        sync(file)
        sizes.append(os.fstat(file).st_size)

    monkeypatch.setattr(syncing.os, "fsync", noted)
    return sizes


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[RedisPair]:
    found = redis_pair.start(tmp_path)
    yield found
    found.stop()


def written(folder: Path) -> int:
    files = embedded.append_only_folder(folder).rglob("appendonly*")
    return max((path.stat().st_size for path in files if path.is_file()), default=0)


def test_what_redis_acknowledged_is_synced_within_a_second_and_once(
    pair: RedisPair, tmp_path: Path, synced: list[int]
) -> None:
    with syncing.kept_synced(embedded.append_only_folder(tmp_path), every_s=0.2):
        pair.state.set("liked", "yes")
        length = written(tmp_path)
        assert length > 0
        children.wait_until(lambda: length in synced, what="the sync", timeout_s=20)
        time.sleep(1)
        assert synced.count(length) == 1
        pair.state.set("liked", "no")
        children.wait_until(lambda: max(synced) > length, what="the next sync", timeout_s=20)
    done = len(synced)
    pair.state.set("liked", "yes")
    time.sleep(0.5)
    assert len(synced) == done


def test_a_rewritten_file_is_synced_again(
    pair: RedisPair, tmp_path: Path, synced: list[int]
) -> None:
    folder = embedded.append_only_folder(tmp_path)
    pair.state.set("liked", "yes")
    known = syncing.sync_grown(folder, {})
    assert syncing.sync_grown(folder, known) == known and len(synced) == len(known)
    pair.state.bgrewriteaof()
    children.wait_until(
        lambda: not pair.state.info("persistence")["aof_rewrite_in_progress"], what="the rewrite"
    )
    assert syncing.sync_grown(folder, known) != known
    assert len(synced) > len(known)


def test_a_disk_that_refuses_is_told_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "appendonly.aof").write_text("x")
    tries: list[int] = []

    def refuses(file: int) -> None:
        tries.append(file)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(syncing.os, "fsync", refuses)
    with syncing.kept_synced(tmp_path, every_s=0.02):
        children.wait_until(lambda: len(tries) > 3, what="more tries", timeout_s=20)
    assert capsys.readouterr().out.count("cannot be synced") == 1
