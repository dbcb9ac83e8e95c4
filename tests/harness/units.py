"""systemd's unit files as text: what they say, and the command lines that they would run."""

from __future__ import annotations

import shlex
from collections import defaultdict
from pathlib import Path

from tests.harness import procfile
from tests.harness.environment import ROOT
from tests.harness.sites import BIN

FOLDER = ROOT / "deploy" / "systemd"
HOME = "/opt/pigeon"
PROGRAMS = f"{HOME}/.venv/bin"
STATE = "/var/lib"
Unit = dict[str, list[str]]


def read(path: Path) -> Unit:
    """`Section.Name` and all its values; an empty one stays, for it takes something away."""
    found: Unit = defaultdict(list)
    section = ""
    for line in path.read_text().splitlines():
        if not line or line.startswith(("#", ";")):
            continue
        if line.startswith("["):
            section = line.strip("[]")
            continue
        name, separator, value = line.partition("=")
        assert separator and section and not line.endswith("\\"), line
        found[f"{section}.{name}"].append(value)
    return dict(found)


def unit_of(kind: str) -> tuple[str, str]:
    """The file for a kind of the Procfile, and its instance; that of a server is its port."""
    if kind.startswith("worker-"):
        return "pigeon-worker@.service", kind.removeprefix("worker-")
    if kind in ("web", "realtime"):
        return f"pigeon-{kind}@.service", "%i"
    return f"pigeon-{kind}.service", ""


def environment(unit: Unit) -> dict[str, str]:
    words = [word for line in unit.get("Service.Environment", []) for word in shlex.split(line)]
    return dict(word.split("=", 1) for word in words)


def command(kind: str) -> list[str]:
    """What the unit runs, as it stands there, with its own environment filled in."""
    name, instance = unit_of(kind)
    unit = read(FOLDER / name)
    (line,) = unit["Service.ExecStart"]
    for variable, value in environment(unit).items():
        line = line.replace(f"${{{variable}}}", value)
    return shlex.split(line.replace("%i", instance))


def commands() -> dict[str, list[str]]:
    """For this checkout: a kind of the Procfile and how its unit starts it here.

    Of the unit's environment all but DATA, which is given to each group.
    """
    return {kind: [*_environment(kind), *_here(command(kind))] for kind in procfile.commands()}


def _environment(kind: str) -> list[str]:
    own = environment(read(FOLDER / unit_of(kind)[0]))
    return ["env", *(f"{name}={value}" for name, value in own.items() if name != "DATA")]


def _here(words: list[str]) -> list[str]:
    program, *rest = words
    return [str(BIN / program.removeprefix(f"{PROGRAMS}/")), *rest]
