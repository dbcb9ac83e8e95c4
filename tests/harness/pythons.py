"""Runs the fast tests on every Python that is promised and starts here: `make test-pythons`.

A name in PATH may be a version manager's stand-in that does not start, so each is tried, and the
folders in which version managers keep what they installed are looked into, too. PYTHONS="…" names
more, or others first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
ENVIRONMENTS = Path(".venv-pythons")
ASK = "import sys, ensurepip, venv; print(*sys.version_info[:3], sep='.')"
ASK_WITHIN_S = 30
MANAGED = (
    ("PYENV_ROOT", ".pyenv", "versions/{version}*/bin/python"),
    ("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python", "*-{version}*/bin/python"),
    ("ASDF_DATA_DIR", ".asdf", "installs/python/{version}*/bin/python"),
    ("MISE_DATA_DIR", ".local/share/mise", "installs/python/{version}*/bin/python"),
)


@dataclass(frozen=True, kw_only=True)
class Python:
    path: str
    version: str  # all of it, as 3.11.2


def find_python(version: str, env: Mapping[str, str] = os.environ) -> Python | None:
    """The first that starts and can make environments; the system's own before all others."""
    for path in candidates(version, env):
        found = _asked(path)
        if found and found.startswith(f"{version}."):
            return Python(path=path, version=found)
    return None


def candidates(version: str, env: Mapping[str, str]) -> Iterator[str]:
    yield from env.get("PYTHONS", "").split()
    yield env.get("SYSTEM_PYTHON", "/usr/bin/python3")
    for folder in env.get("PATH", "").split(os.pathsep):
        yield from (f"{folder}/python{version}", f"{folder}/python3")
    home = Path(env.get("HOME", "/nonexistent"))
    for variable, default, pattern in MANAGED:
        place = Path(env.get(variable) or home / default)
        yield from sorted(map(str, place.glob(pattern.format(version=version))), reverse=True)


def _asked(path: str) -> str:
    """Its version, or nothing where it does not start or has no `venv`."""
    if not os.access(path, os.X_OK):
        return ""
    try:
        done = subprocess.run(
            [path, "-c", ASK], capture_output=True, text=True, timeout=ASK_WITHIN_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def is_green(python: Python, tests: list[str]) -> bool:
    """Whether what is pinned installs on it, and its tests pass."""
    print(f"\n== Python {python.version} ({python.path})", flush=True)
    place = ENVIRONMENTS / python.version
    mine = str(place / "bin" / "python")
    steps = (
        [python.path, "-m", "venv", str(place)],
        [mine, "-m", "pip", "install", "--quiet", "-r", "requirements-dev.txt"],
        [mine, "-m", "pytest", "-p", "no:cacheprovider", *tests],
    )
    return all(subprocess.run(step, cwd=ROOT).returncode == 0 for step in steps)


def main(tests: list[str]) -> int:
    """One after another, with a line for each at the end; 1 where one is red."""
    results = {}
    for version in VERSIONS:
        python = find_python(version)
        if python is None:
            results[version] = "not there"
            continue
        results[version] = "tried and green" if is_green(python, tests) else "tried and red"
        results[version] += f" ({python.version})"
    print("", *(f"Python {version}: {result}" for version, result in results.items()), sep="\n")
    return int(any("red" in result for result in results.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
