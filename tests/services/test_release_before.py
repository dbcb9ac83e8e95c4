"""The release before, with its own tests, on the schema of this one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import releases
from tests.harness.revisions import FOLDER, with_sample

DAILY = (
    "accounts/test_signups.py::test_the_mailed_link_makes_the_account",
    "posts/test_posts.py::test_a_text_is_published_at_once",
    "follows/test_follows.py::test_following_and_unfollowing_twice_counts_once",
    "likes/test_likers.py::test_who_takes_a_like_back_is_named_no_more",
    "comments/test_changes.py::test_a_comment_is_there_at_once_for_everybody",
)
"""Sign up, post, follow, like, comment: as that release calls its tests, on both databases."""
TAKES = "op.execute('ALTER TABLE posts RENAME COLUMN caption TO words')"
pytestmark = pytest.mark.slow
HANG_S = 300


@pytest.fixture
def release_before(tmp_path: Path) -> Path:
    """Its code and its tests."""
    return releases.unpack_before(tmp_path / "release")


@pytest.mark.mariadb
def test_it_works_on_this_schema(release_before: Path) -> None:
    status, output = run_daily(release_before, FOLDER)
    assert status == pytest.ExitCode.OK, output


def test_what_is_taken_from_it_is_noticed(release_before: Path, tmp_path: Path) -> None:
    taking = with_sample(tmp_path, TAKES)
    status, output = run_daily(release_before, taking, only="sqlite")
    assert status == pytest.ExitCode.TESTS_FAILED
    assert "no column named caption" in output


def run_daily(folder: Path, migrations: Path, *, only: str = "") -> tuple[int, str]:
    """Its tests, on what `migrations` make instead of its own."""
    shutil.rmtree(folder / "migrations")
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(migrations, folder / "migrations", ignore=left_out)
    chosen = ["-k", f"{only} and not plain" if only else "not plain"]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", *chosen),
            *(f"tests/services/{name}" for name in DAILY),
        ],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=HANG_S,
        check=False,
    )
    return done.returncode, done.stdout.decode()
