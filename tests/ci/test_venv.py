"""Which Python `.ci/venv` takes, with stand-ins for all of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.environment import ROOT

# Answers as the script asks: is it new enough, has it `venv`, which version; then makes the folder.
STAND_IN = """#!/bin/sh
case "$*" in
    *version_info*) exit {too_old} ;;
    *ensurepip*) exit {without_venv} ;;
    --version) echo "Python of {name}" ;;
    "-m venv --clear .venv") mkdir -p .venv && echo "{name}" > .venv/made-by ;;
    *) exit 9 ;;
esac
"""
SHIM = "#!/bin/sh\necho 'the command exists in other versions' >&2\nexit 127\n"

PutPython = Callable[..., Path]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A checkout, and a PATH with no Python in it."""
    for name in ("checkout", "path", "system"):
        (tmp_path / name).mkdir()
    for tool in ("bash", "sh", "mkdir", "env"):
        (tmp_path / "path" / tool).symlink_to(Path("/bin", tool).resolve())
    return tmp_path


@pytest.fixture
def put(place: Path) -> PutPython:
    def write(where: str, name: str, *, too_old: int = 0, without_venv: int = 0) -> Path:
        text = STAND_IN.format(name=f"{where}/{name}", too_old=too_old, without_venv=without_venv)
        return written(place / where / name, text)

    return write


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def run(place: Path, **env: str) -> subprocess.CompletedProcess[str]:
    own = {"PATH": str(place / "path"), "SYSTEM_PYTHON": str(place / "system" / "python3")}
    return subprocess.run(
        [ROOT / ".ci" / "venv"],
        cwd=place / "checkout",
        env=own | env,
        capture_output=True,
        text=True,
    )


def made_by(place: Path) -> str:
    return (place / "checkout" / ".venv" / "made-by").read_text().strip()


def test_the_systems_own_comes_before_a_newer_one_in_path(place: Path, put: PutPython) -> None:
    put("path", "python3"), put("path", "python3.13"), put("system", "python3")
    assert run(place).returncode == 0
    assert made_by(place) == "system/python3"


def test_python_from_the_environment_wins(place: Path, put: PutPython) -> None:
    put("system", "python3")
    mine = put("path", "mine")
    assert run(place, PYTHON=str(mine)).returncode == 0
    assert made_by(place) == "path/mine"


def test_an_old_system_python_gives_way(place: Path, put: PutPython) -> None:
    put("system", "python3", too_old=1), put("path", "python3", too_old=1)
    put("path", "python3.12")
    assert run(place).returncode == 0
    assert made_by(place) == "path/python3.12"


def test_a_name_that_does_not_start_is_passed_over(place: Path, put: PutPython) -> None:
    for name in ("python3", "python3.14", "python3.13"):
        written(place / "path" / name, SHIM)
    put("path", "python3.11")
    done = run(place)
    assert (done.returncode, done.stderr) == (0, "")
    assert made_by(place) == "path/python3.11"


def test_without_venv_it_says_what_to_install(place: Path, put: PutPython) -> None:
    put("system", "python3", without_venv=1)
    done = run(place)
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr


def test_without_any_it_says_what_to_install(place: Path) -> None:
    done = run(place)
    assert done.returncode == 1
    assert "apt install python3 python3-venv" in done.stderr


def test_a_chosen_python_that_does_not_start_is_not_replaced(place: Path, put: PutPython) -> None:
    put("system", "python3")
    done = run(place, PYTHON=str(place / "nowhere"))
    assert done.returncode == 1
    assert "nowhere" in done.stderr


def test_the_scripts_default_is_the_systems_path() -> None:
    assert "${SYSTEM_PYTHON:-/usr/bin/python3}" in (ROOT / ".ci" / "venv").read_text()
    assert os.access(ROOT / ".ci" / "venv", os.X_OK)
