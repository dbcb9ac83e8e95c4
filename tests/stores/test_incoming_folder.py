"""Uploads on their way: in files, counted, gone with their request unless kept."""

from __future__ import annotations

import errno
import gc
import io
import os
import time
from pathlib import Path

import psutil
import pytest
from werkzeug.formparser import MultiPartParser

from pigeon.domain import limits
from pigeon.domain.errors import NotFound, Unavailable
from pigeon.stores.incoming import IncomingFile
from pigeon.stores.incoming_folder import FolderIncoming

BOUNDARY = b"frontier"


@pytest.fixture
def incoming(tmp_path: Path) -> FolderIncoming:
    return FolderIncoming(tmp_path / "incoming", reserve_bytes=0)


def _names(incoming: FolderIncoming) -> set[str]:
    return {path.name for path in incoming.folder.iterdir()}


def _form(*files: bytes) -> bytes:
    head = b'Content-Disposition: form-data; name="images[]"; filename="../../etc/%d"\r\n\r\n'
    parts = (b"--frontier\r\n" + head % n + file + b"\r\n" for n, file in enumerate(files))
    return b"".join(parts) + b"--frontier--\r\n"


def _parsed(incoming: FolderIncoming, body: bytes) -> list[IncomingFile]:
    parser = MultiPartParser(stream_factory=incoming.stream_factory)
    _, files = parser.parse(io.BytesIO(body), BOUNDARY, len(body))
    return [file.stream for file in files.getlist("images[]")]


def test_a_form_lands_in_files_that_end_with_the_request(incoming: FolderIncoming) -> None:
    first, second = _parsed(incoming, _form(b"one" * 90_000, b"two"))

    assert first.read() == b"one" * 90_000
    assert (second.received, second.path.read_bytes()) == (3, b"two")
    assert len(_names(incoming)) == 2

    first.close()
    second.close()
    assert not _names(incoming)


def test_what_is_kept_outlives_the_request(incoming: FolderIncoming) -> None:
    (file,) = _parsed(incoming, _form(b"picture"))

    token = file.keep()
    file.close()

    assert incoming.path(token).read_bytes() == b"picture"
    assert [name for name, _ in incoming.list()] == [token]
    incoming.discard(token)
    incoming.discard(token)
    with pytest.raises(NotFound):
        incoming.path(token)


def test_no_name_of_the_browser_reaches_the_disk(incoming: FolderIncoming) -> None:
    (file,) = _parsed(incoming, _form(b"picture"))

    assert file.path.parent == incoming.folder
    assert file.path.name.removesuffix(".part").isalnum()
    file.close()


def test_one_byte_more_than_allowed_is_seen_and_the_rest_is_not_stored(
    incoming: FolderIncoming,
) -> None:
    body = _form(b"x" * (limits.JPEG_BYTES + 300_000), b"y" * limits.JPEG_BYTES, b"z")
    large, largest, small = _parsed(incoming, body)

    assert large.received == limits.JPEG_BYTES + 300_000
    assert large.path.stat().st_size == limits.JPEG_BYTES + 1
    assert largest.path.stat().st_size == limits.JPEG_BYTES
    for file in (large, largest, small):
        file.close()


def test_memory_does_not_grow_with_the_upload(incoming: FolderIncoming) -> None:
    before = psutil.Process().memory_info().rss
    file = incoming.stream_factory()
    for _ in range(1_000):
        file.write(bytes(65_536))

    assert psutil.Process().memory_info().rss - before < 5 * 1024 * 1024
    file.close()


def test_a_dropped_request_leaves_nothing(incoming: FolderIncoming) -> None:
    body = _form(b"x" * 200_000)[:150_000]
    with pytest.raises(ValueError):
        _parsed(incoming, body)
    gc.collect()

    assert not _names(incoming)


def test_discarding_a_kept_file(incoming: FolderIncoming) -> None:
    file = incoming.stream_factory()
    file.write(b"picture")
    file.keep()
    file.discard()

    assert not _names(incoming)


def test_a_full_disk_is_a_matter_of_waiting(
    incoming: FolderIncoming, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = incoming.stream_factory()
    monkeypatch.setattr(os, "fsync", full)
    file.write(b"picture")

    with pytest.raises(Unavailable):
        file.keep()
    assert not _names(incoming)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_while_writing(incoming: FolderIncoming) -> None:
    file = incoming.stream_factory()
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, file.fileno())
    os.close(full)

    with pytest.raises(Unavailable):
        file.write(b"picture")
    assert file.closed
    assert not _names(incoming)


def test_a_nearly_full_disk_takes_no_uploads(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        FolderIncoming(tmp_path, reserve_bytes=1 << 60).stream_factory()
    assert not list(tmp_path.iterdir())


def test_sweeping_takes_old_parts_and_leaves_kept_files(incoming: FolderIncoming) -> None:
    young, old, kept = (incoming.stream_factory() for _ in range(3))
    token = kept.keep()
    hour_ago = time.time() - 3_600
    os.utime(old.path, (hour_ago, hour_ago))
    os.utime(kept.path, (hour_ago, hour_ago))

    assert incoming.sweep(older_than_s=600) == 1

    assert _names(incoming) == {young.path.name, token}
    for file in (young, old, kept):
        file.close()


@pytest.mark.parametrize("token", ["", "../secret", "a" * 31, "A" * 32, "a" * 32 + "\n", "\0" * 32])
def test_only_tokens_become_paths(incoming: FolderIncoming, token: str) -> None:
    with pytest.raises(NotFound):
        incoming.path(token)
    with pytest.raises(NotFound):
        incoming.discard(token)
