"""prometheus_client 0.26.0 in multi-process mode, and why its files are not used as they come.

Expected: counting never ends a process. Seen: the files are memory-mapped and sparse, so the first
touch of a page for which the disk has no room is a SIGBUS, which nothing in Python can catch; the
collector puts the folder's name into a glob pattern, so `[` in it finds no file and no figure.
Source: prometheus_client/mmap_dict.py, multiprocess.py.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

import pigeon.metrics  # noqa: F401  (puts ours in place)
from pigeon.metrics_files import CopiedDict

LOSES_ITS_PAGES = """
import os, sys
from prometheus_client.mmap_dict import MmapedDict
kept = MmapedDict(sys.argv[1])
os.truncate(sys.argv[1], 0)  # as a disk without room: no page behind the address
kept.write_value("a", 1.0, 0.0)
"""


def test_a_mapped_figure_without_a_page_ends_the_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LOSES_ITS_PAGES, str(tmp_path / "counter_1.db")]
    assert subprocess.run(command).returncode == -signal.SIGBUS


def test_the_collector_takes_a_folder_for_a_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "a [b]"
    folder.mkdir()
    kept = MmapedDict(str(folder / "counter_1.db"))
    kept.write_value('["a", "a", {}, ""]', 1.0, 0.0)
    kept.close()
    collector = MultiProcessCollector(CollectorRegistry(), str(folder))
    assert list(collector.collect()) == []


def test_ours_stands_where_the_library_looks_for_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    assert values.MmapedDict is CopiedDict
    kind = values.MultiProcessValue()
    value = kind("counter", "a", "a", (), (), "")
    assert isinstance(value._file, CopiedDict)
    kind.close_all_files()
    values._multi_process_cleanups.pop()
