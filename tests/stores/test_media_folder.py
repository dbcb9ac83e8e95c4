"""Pictures in a folder: whole or not there, and nowhere else."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from secrets import token_hex

import pytest

from pigeon.domain.errors import NotFound
from pigeon.stores import media_folder
from pigeon.stores.media_folder import FolderStore


def _name(kind: str = "") -> str:
    return f"{token_hex(16)}{kind and '-'}{kind}.webp"


def test_names_fan_out_over_two_levels(folder_store: FolderStore) -> None:
    name = "abcd" + "0" * 28 + ".jpg"
    folder_store.put(name, b"x", "image/jpeg")

    assert folder_store.local_path(name) == folder_store.root / "ab" / "cd" / name
    assert folder_store.presign(name) is None


def test_a_failed_write_leaves_what_was_there(
    folder_store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _name()
    folder_store.put(name, b"whole", "image/webp")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(media_folder.os, "fsync", full)
    for target in (name, _name()):
        with pytest.raises(OSError, match="No space left"):
            folder_store.put(target, b"other", "image/webp")

    assert [found for found, _ in folder_store.list()] == [name]
    assert folder_store.local_path(name).read_bytes() == b"whole"
    assert not list((folder_store.root / media_folder.PARTS).iterdir())


def test_nothing_is_visible_before_it_is_whole(
    folder_store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _name()
    seen = []

    def look(*_: object) -> None:
        seen.append((folder_store.exists(name), list(folder_store.list())))

    monkeypatch.setattr(shutil, "copyfileobj", look)
    folder_store.put(name, Path(__file__), "image/webp")

    assert seen == [(False, [])]


def test_parts_of_killed_writers_are_swept(folder_store: FolderStore) -> None:
    folder_store.put(_name(), b"x", "image/webp")
    old, young = (folder_store.root / media_folder.PARTS / f"{n}.part" for n in "ab")
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))

    assert folder_store.sweep(older_than_s=3_600) == 1
    assert not old.exists()
    assert young.exists()


def test_symbolic_links_are_not_followed(folder_store: FolderStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    name = _name()
    path = folder_store.root / name[:2] / name[2:4] / name
    path.parent.mkdir(parents=True)
    path.symlink_to(secret)
    elsewhere = tmp_path / "elsewhere"
    far = "ff" * 16 + ".webp"
    (elsewhere / "ff").mkdir(parents=True)
    (elsewhere / "ff" / far).write_bytes(b"secret")
    if not (folder_store.root / "ff").exists():
        (folder_store.root / "ff").symlink_to(elsewhere)

    for linked in (name, far):
        assert not folder_store.exists(linked)
        for read in (folder_store.open, folder_store.size, folder_store.local_path):
            with pytest.raises(NotFound):
                read(linked)


def test_an_empty_folder_is_not_made_by_reading(folder_store: FolderStore) -> None:
    assert not list(folder_store.list())
    assert folder_store.sweep(older_than_s=0) == 0
    assert not folder_store.root.exists()
