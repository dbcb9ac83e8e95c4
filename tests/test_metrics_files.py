"""Figures that processes share: right in memory whatever the disk does, and in the file after it.

A full disk stands here as a limit on the size of files: the same refusal of the same call.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client.mmap_dict import MmapedDict

from pigeon.metrics_files import Copied, CopiedDict, FilesCollector

ROOM_BYTES = 4_096
MAKES_AND_FORKS = """
import os, sys
from pigeon import metrics
metrics.fanout_entries.inc(2)
if os.fork() == 0:
    metrics.fanout_entries.inc(5)
    os._exit(0)
os.wait()
"""


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond `ROOM_BYTES`."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def figures(path: Path) -> dict[str, float]:
    return {key: value for key, value, _, _ in MmapedDict.read_all_values_from_file(str(path))}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "counter_1.db"


def test_the_library_reads_what_is_written(path: Path) -> None:
    kept = CopiedDict(str(path))
    expected = {f"key {number} 사진": float(number) for number in range(2_000)}
    for key, value in expected.items():
        kept.write_value(key, value, 0.0)
    kept.close()
    assert figures(path) == expected
    assert path.stat().st_size > 1 << 16, "it has grown"


def test_a_full_disk_costs_figures_until_there_is_room(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pigeon.metrics_files.AGAIN_S", 0.0)
    kept = CopiedDict(str(path))
    kept.write_value("before", 1.0, 0.0)
    with full_disk():
        for number in range(200):
            kept.write_value(f"while it is full {number}", 2.0, 0.0)
        kept.write_value("before", 3.0, 0.0)
        assert kept.read_value("while it is full 199")[0] == 2.0
        assert path.stat().st_size <= ROOM_BYTES
        assert set(figures(path).values()) <= {1.0, 2.0, 3.0}, "what is there can be read"
    kept.write_value("after", 4.0, 0.0)
    kept.close()
    found = figures(path)
    assert len(found) == 202 and found["before"] == 3.0 and found["after"] == 4.0


def test_a_file_that_cannot_be_made_does_not_appear_and_comes_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pigeon.metrics_files.AGAIN_S", 0.0)
    folder = path.parent / "not there"
    kept = CopiedDict(str(folder / "counter_1.db"))
    kept.write_value("a", 1.0, 0.0)
    assert list(FilesCollector(folder).collect()) == []
    folder.mkdir()
    kept.write_value("a", 2.0, 0.0)
    kept.close()
    assert figures(folder / "counter_1.db") == {"a": 2.0}
    assert [found.name for found in folder.iterdir()] == ["counter_1.db"]


def test_a_process_with_the_number_of_an_earlier_one_counts_on(path: Path) -> None:
    earlier = CopiedDict(str(path))
    earlier.write_value("a", 7.0, 0.0)
    earlier.close()
    later = CopiedDict(str(path))
    assert later.read_value("a")[0] == 7.0
    later.write_value("b", 1.0, 0.0)
    later.close()
    assert figures(path) == {"a": 7.0, "b": 1.0}


def test_a_damaged_file_is_begun_anew(path: Path) -> None:
    path.write_bytes(b"\xff\x00\x00\x00" + os.urandom(20))
    kept = CopiedDict(str(path))
    kept.write_value("a", 1.0, 0.0)
    kept.close()
    assert figures(path) == {"a": 1.0}


def test_a_closed_file_is_not_written(path: Path) -> None:
    copied = Copied(path)
    copied.close()
    copied[0:8] = b"12345678"
    assert not path.exists()


def test_a_fork_counts_for_itself_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a [b] *"
    folder.mkdir()
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    subprocess.run([sys.executable, "-c", MAKES_AND_FORKS], env=env, check=True)
    found = {metric.name: metric for metric in FilesCollector(folder).collect()}
    assert len(list(folder.glob("counter_*.db"))) == 2
    assert [sample.value for sample in found["pigeon_fanout_entries"].samples] == [7.0]
