"""One behaviour, two homes: a folder, and S3 over its own protocol."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import pytest

from pigeon.domain.errors import NotFound
from pigeon.stores.media import MediaStore

VECTORS = [
    "",
    ".",
    "..",
    "../secret",
    "..%2fsecret",
    "..\\secret",
    "/etc/passwd",
    "a" * 32,
    "a" * 32 + ".webp/../../secret",
    "a" * 32 + ".webp\0.jpg",
    "a" * 32 + ".webp\n",
    "a" * 32 + "-../x.webp",
    "A" * 32 + ".webp",
    "a" * 32 + ".svg",
    "a" * 33 + ".webp",
    "．．/" + "a" * 32 + ".webp",
    "x" * 5_000,
]


def _name(kind: str = "") -> str:
    return f"{token_hex(16)}{kind and '-'}{kind}.webp"


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest) -> MediaStore:
    found: MediaStore = request.getfixturevalue(f"{request.param}_store")
    return found


def test_what_is_put_can_be_read(store: MediaStore, tmp_path: Path) -> None:
    from_bytes, from_file = _name("w320"), _name()
    (tmp_path / "file").write_bytes(b"from a file")

    store.put(from_bytes, b"from bytes", "image/webp")
    store.put(from_file, tmp_path / "file", "image/webp")

    with store.open(from_bytes) as file:
        assert file.read() == b"from bytes"
    with store.open(from_file) as file:
        assert file.read() == b"from a file"
    assert store.size(from_file) == 11
    assert store.exists(from_bytes)
    assert not store.exists(_name())


def test_putting_twice_is_putting_once(store: MediaStore) -> None:
    name = _name()
    store.put(name, b"first", "image/webp")
    store.put(name, b"again", "image/webp")

    assert [found for found, _ in store.list()] == [name]
    with store.open(name) as file:
        assert file.read() == b"again"


def test_deleting_is_idempotent(store: MediaStore) -> None:
    names = [_name() for _ in range(3)]
    for name in names[:2]:
        store.put(name, b"x", "image/webp")

    store.delete(names)
    store.delete(names)
    store.delete([])

    assert not list(store.list())


def test_listing_is_sorted_and_continues(store: MediaStore) -> None:
    names = sorted(_name() for _ in range(12))
    names += [names[-1].replace(".webp", "-w320.webp")]
    for name in names:
        store.put(name, b"x", "image/webp")

    assert [name for name, _ in store.list()] == sorted(names)
    for at, name in enumerate(sorted(names)):
        assert [found for found, _ in store.list(after=name)] == sorted(names)[at + 1 :]
    _, modified_at = next(store.list())
    assert abs((datetime.now(UTC) - modified_at).total_seconds()) < 60


def test_a_missing_name(store: MediaStore) -> None:
    for read in (store.open, store.size):
        with pytest.raises(NotFound):
            read(_name())


@pytest.mark.parametrize("name", VECTORS)
def test_what_is_no_name_is_nowhere(store: MediaStore, name: str) -> None:
    for read in (store.open, store.size):
        with pytest.raises(NotFound):
            read(name)
    assert not store.exists(name)
    with pytest.raises(ValueError, match="not a media name"):
        store.put(name, b"x", "image/webp")
    with pytest.raises(ValueError, match="not a media name"):
        store.delete([name])
    assert not list(store.list())
