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

Extent = tuple[int, int]
"""Which file, and how long."""


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Extent]:
    """Every file that was synced, as long as it was then, in order."""
    extents: list[Extent] = []
    sync = os.fsync

    def noted(file: int) -> None:
        sync(file)
        found = os.fstat(file)
        extents.append((found.st_ino, found.st_size))

    monkeypatch.setattr(syncing.os, "fsync", noted)
    return extents


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[RedisPair]:
    found = redis_pair.start(tmp_path)
    yield found
    found.stop()


def extents(folder: Path) -> set[Extent]:
    """Of everything the state instance keeps: one file, or a base, an increment and a manifest."""
    found = embedded.append_only_folder(folder).rglob("*")
    files = [path for path in found if path.is_file() and path.suffix != ".log"]
    return {(path.stat().st_ino, path.stat().st_size) for path in files}


def like(pair: RedisPair, folder: Path, answer: str) -> Extent:
    """Write one key; the file that grew by it, whichever server this is."""
    before = extents(folder)
    pair.state.set("liked", answer)
    (grown,) = extents(folder) - before
    return grown


def test_what_redis_acknowledged_is_synced_within_a_second_and_once(
    pair: RedisPair, tmp_path: Path, synced: list[Extent]
) -> None:
    with syncing.kept_synced(embedded.append_only_folder(tmp_path), every_s=0.2):
        first = like(pair, tmp_path, "yes")
        children.wait_until(lambda: first in synced, what="the sync", timeout_s=20)
        time.sleep(1)
        assert synced.count(first) == 1
        second = like(pair, tmp_path, "no")
        children.wait_until(lambda: second in synced, what="the next sync", timeout_s=20)
        assert synced.count(first) == 1
    third = like(pair, tmp_path, "yes")
    time.sleep(0.5)
    assert third not in synced


def test_every_file_that_holds_what_was_acknowledged_is_synced(
    pair: RedisPair, tmp_path: Path, synced: list[Extent]
) -> None:
    """Where there is a manifest, it names the files: without it they are not found again."""
    pair.state.set("liked", "yes")
    syncing.sync_grown(embedded.append_only_folder(tmp_path), {})
    assert set(synced) == extents(tmp_path)


def test_a_rewritten_file_is_synced_again(
    pair: RedisPair, tmp_path: Path, synced: list[Extent]
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
