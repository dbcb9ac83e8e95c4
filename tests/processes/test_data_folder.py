"""The folder of a site belongs to one start at a time, and keeps its secret and its demo."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.harness.stand_in import HANG_S, Start, answers

pytestmark = pytest.mark.processes


def test_a_second_start_on_the_same_data_says_so_and_ends(start: Start) -> None:
    site = start().wait_ready()
    second = start()

    assert second.popen.wait(timeout=HANG_S) == 1
    expected = f"A site already runs on {site.data} (process {site.popen.pid})."
    assert second.output.strip() == expected
    assert answers(site)


def test_a_folder_that_cannot_be_written_is_one_line(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    site = start(DATA=str(tmp_path / "file" / "data"))

    assert site.popen.wait(timeout=HANG_S) == 1
    assert site.output.strip() == f"{tmp_path}/file/data cannot be written: Not a directory."


def test_the_first_start_keeps_a_secret_and_fills_the_demo_once(start: Start) -> None:
    first = start(DEMO="on").wait_ready()
    secret = (first.data / "secret_key").read_text()
    assert "coo-coo-coo" in first.output
    first.popen.terminate()
    first.popen.wait(timeout=HANG_S)

    second = start(DEMO="on").wait_ready()

    assert "coo-coo-coo" in second.output
    assert (second.data / "demo-runs").read_text() == "x"
    assert (second.data / "secret_key").read_text() == secret
    assert len(secret.strip()) == 64
    assert stat.S_IMODE((second.data / "secret_key").stat().st_mode) == 0o600


def test_production_gets_neither_a_demo_nor_a_secret(start: Start) -> None:
    site = start(ENVIRONMENT="production", DEMO="on").wait_ready()

    assert not (site.data / "demo.json").exists()
    assert not (site.data / "secret_key").exists()
