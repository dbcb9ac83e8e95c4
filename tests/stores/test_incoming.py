"""What waits to be processed, in a folder and in an object store: the same for both."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pigeon.domain.errors import NotFound
from pigeon.stores.incoming import Incoming, IncomingFile
from pigeon.stores.incoming_folder import LEFT_AFTER_S, FolderIncoming
from pigeon.stores.media import MediaStore

HOUR_S = 3_600


@pytest.fixture
def folder(tmp_path: Path) -> FolderIncoming:
    """Where files arrive."""
    return FolderIncoming(tmp_path / "incoming", reserve_bytes=0)


@pytest.fixture(params=["folder_store", "s3_store"])
def media(request: pytest.FixtureRequest) -> MediaStore:
    store: MediaStore = request.getfixturevalue(request.param)
    return store


@pytest.fixture
def incoming(media: MediaStore, folder: FolderIncoming) -> Incoming:
    return media.incoming(folder)


def _received(incoming: Incoming, *contents: bytes) -> list[IncomingFile]:
    files = [incoming.stream_factory() for _ in contents]
    for file, content in zip(files, contents, strict=True):
        file.write(content)
    return files


def _kept(incoming: Incoming, *contents: bytes) -> list[str]:
    """Their tokens, when the request is over."""
    files = _received(incoming, *contents)
    tokens = incoming.keep(files)
    _close(files)
    return tokens


def _close(files: Sequence[IncomingFile]) -> None:
    for file in files:
        file.close()


def _read(incoming: Incoming, token: str) -> bytes:
    with incoming.workplace() as place:
        return incoming.original(token, place).read_bytes()


def test_what_is_kept_outlives_the_request(incoming: Incoming) -> None:
    contents = [b"picture %d" % n * 30_000 for n in range(7)]

    tokens = _kept(incoming, *contents)

    assert len(set(tokens)) == 7 and all(len(token) <= 64 for token in tokens)
    assert [_read(incoming, token) for token in tokens] == contents
    assert [_read(incoming, token) for token in tokens] == contents  # a worker may be killed
    assert incoming.keep([]) == []


def test_what_is_listed_is_what_was_kept(incoming: Incoming) -> None:
    unkept = _received(incoming, b"on its way")
    tokens = _kept(incoming, b"one", b"two")

    found = dict(incoming.list())

    assert set(found) == set(tokens)
    assert all(abs((datetime.now(UTC) - at).total_seconds()) < 60 for at in found.values())
    _close(unkept)


def test_what_is_discarded_is_gone(incoming: Incoming) -> None:
    gone, stays = _kept(incoming, b"one", b"two")
    incoming.discard(gone)
    incoming.discard(gone)

    with incoming.workplace() as place, pytest.raises(NotFound):
        incoming.original(gone, place)
    assert [token for token, _ in incoming.list()] == [stays]


def test_nothing_stays_on_the_disk_of_work(incoming: Incoming, folder: FolderIncoming) -> None:
    (token,) = _kept(incoming, b"picture")
    before = set(folder.folder.iterdir())
    with incoming.workplace() as place:
        incoming.original(token, place)
        (place / "w320.webp").write_bytes(b"rendition")

    assert set(folder.folder.iterdir()) == before


@pytest.mark.parametrize(
    "token", ["", "../secret", "a" * 31, "A" * 32, "a" * 32 + "\n", "s3:", "s3:../" + "a" * 29]
)
def test_what_is_no_token_is_nowhere(incoming: Incoming, token: str) -> None:
    with incoming.workplace() as place, pytest.raises(NotFound):
        incoming.original(token, place)
    with pytest.raises(NotFound):
        incoming.discard(token)


def test_an_original_has_no_address(incoming: Incoming, media: MediaStore) -> None:
    """Nothing that serves media finds one, and the collector of media takes none."""
    (token,) = _kept(incoming, b"picture with a place in it")
    name = token.rpartition(":")[2]

    for tried in (token, name, f"incoming/{name}", f"../incoming/{name}"):
        for read in (media.open, media.size):
            with pytest.raises(NotFound):
                read(tried)
        assert not media.exists(tried)
        if media.origin:
            with pytest.raises(NotFound):
                media.presign(tried)
    assert not list(media.list())


def test_whoever_uses_a_folder_sweeps_it(incoming: Incoming, folder: FolderIncoming) -> None:
    """On a machine of its own nobody else would: the collector runs on another."""
    folder.folder.mkdir()
    left = folder.folder / f"{'a' * 32}.part"
    left.write_bytes(b"of a request that was killed")
    (folder.folder / "killed.work").mkdir()
    young = folder.folder / f"{'b' * 32}.part"
    young.write_bytes(b"of another process, under way")
    long_ago = time.time() - LEFT_AFTER_S - HOUR_S
    for path in (left, folder.folder / "killed.work"):
        os.utime(path, (long_ago, long_ago))

    _kept(incoming, b"picture")

    found = {path.name for path in folder.folder.iterdir()}
    assert left.name not in found and "killed.work" not in found
    assert young.name in found
