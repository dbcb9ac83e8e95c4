"""Which Pythons `make test-pythons` finds, with stand-ins, and what it says of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import pythons
from tests.harness.pythons import Python, find_python

SHIM = "#!/bin/sh\necho 'not installed' >&2\nexit 127\n"


def put(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def answers(version: str) -> str:
    return f"#!/bin/sh\necho {version}\n"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        "HOME": str(tmp_path),
        "PATH": str(tmp_path / "path"),
        "SYSTEM_PYTHON": str(tmp_path / "system" / "python3"),
    }


def test_the_systems_own_comes_first(tmp_path: Path, env: dict[str, str]) -> None:
    put(tmp_path / "path" / "python3.12", answers("3.12.9"))
    system = put(tmp_path / "system" / "python3", answers("3.12.3"))
    assert find_python("3.12", env) == Python(path=system, version="3.12.3")


@pytest.mark.parametrize(
    "place",
    [
        ".pyenv/versions/3.13.0/bin/python",
        ".local/share/uv/python/cpython-3.13.0-linux-x86_64-gnu/bin/python",
        ".asdf/installs/python/3.13.0/bin/python",
        ".local/share/mise/installs/python/3.13.0/bin/python",
    ],
)
def test_a_stand_in_that_does_not_start_is_passed_over(
    tmp_path: Path, env: dict[str, str], place: str
) -> None:
    put(tmp_path / "path" / "python3.13", SHIM)
    put(tmp_path / "path" / "python3", answers("3.11.2"))
    found = put(tmp_path / place, answers("3.13.0"))
    assert find_python("3.13", env) == Python(path=found, version="3.13.0")


def test_what_is_not_there_is_not_found(tmp_path: Path, env: dict[str, str]) -> None:
    put(tmp_path / "path" / "python3.14", SHIM)
    put(tmp_path / "path" / "python3.1", answers("3.1.4"))
    put(tmp_path / "system" / "python3", answers("3.1.4"))
    assert find_python("3.14", env) is None


def test_it_ends_with_a_line_a_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    there = {"3.11": "3.11.2", "3.12": "3.12.1", "3.14": "3.14.0"}
    monkeypatch.setattr(
        pythons,
        "find_python",
        lambda version: there.get(version) and Python(path="python", version=there[version]),
    )
    monkeypatch.setattr(pythons, "is_green", lambda python, tests: python.version != "3.12.1")
    assert pythons.main([]) == 1
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "Python 3.11: tried and green (3.11.2)",
        "Python 3.12: tried and red (3.12.1)",
        "Python 3.13: not there",
        "Python 3.14: tried and green (3.14.0)",
    ]
