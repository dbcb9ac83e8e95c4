"""What a site keeps is private, and who opens it to others is warned."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.harness.stand_in import Start, eventually

pytestmark = pytest.mark.processes


def test_what_a_site_keeps_is_readable_for_its_user_alone(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    site = start(DEMO="on").wait_ready()
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    eventually(lambda: len(list(site.data.rglob("*"))) > 10)
    for path in site.data.rglob("*"):
        mode = path.lstat().st_mode
        assert not mode & 0o077 or stat.S_ISLNK(mode), path


def test_a_new_data_folder_is_private_and_a_group_that_was_let_in_stays(
    start: Start, tmp_path: Path
) -> None:
    fresh = start(DATA=str(tmp_path / "fresh" / "data")).wait_ready()
    assert stat.S_IMODE(fresh.data.stat().st_mode) == 0o700
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o710)
    start(DATA=str(shared)).wait_ready()
    assert stat.S_IMODE(shared.stat().st_mode) == 0o710


def test_a_development_site_that_others_reach_is_warned_of(start: Start, tmp_path: Path) -> None:
    site = start(HOST="0.0.0.0").wait_ready()
    assert "WARNING: with HOST=0.0.0.0 everybody who reaches this machine" in site.output
    assert site.output.count("WARNING") == 1
    quiet = start(HOST="0.0.0.0", ENVIRONMENT="production", DATA=str(tmp_path / "b")).wait_ready()
    assert "WARNING" not in quiet.output
    alone = start(DATA=str(tmp_path / "c")).wait_ready()
    assert "WARNING" not in alone.output
