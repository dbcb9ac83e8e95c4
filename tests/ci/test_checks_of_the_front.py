"""What `make check` finds in scripts and templates, as it is configured."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.environment import ROOT

BIN = Path(sys.executable).parent
TYPES = Path(".ci", "check-types-of-scripts")
SCRIPT = "pigeon/static/js/core/new.js"


def run(place: Path, *command: object, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=place,
        env={**os.environ, "CI": "", **env},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the checks read: their settings, and one script that keeps the rules."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci", ignore=lambda *_: ["node_modules"])
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / SCRIPT).parent.mkdir(parents=True)
    (tmp_path / SCRIPT).write_text('export const place = document.querySelector("main").id;\n')
    (tmp_path / "templates").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ("<div><p>{{ words }}</div>", "H025"),
        ('<img src="/a.png">', "H013"),
        ("{% if words %}<p></p>", "T038"),
        ("<button>Send</button>", "H043"),
    ],
)
def test_faults_of_templates_are_found(checkout: Path, template: str, rule: str) -> None:
    (checkout / "templates" / "new.html").write_text(template)
    done = run(checkout, BIN / "djlint", "--quiet", "--lint", "templates")
    assert done.returncode == 1 and rule in done.stdout


@pytest.mark.parametrize(
    ("script", "rule"),
    [
        ("export const n = missing;\n", "no-undef"),
        ("const unused = 1;\n", "no-unused-vars"),
        ("export const is = (a) => a == 1;\n", "eqeqeq"),
        ('import { a } from "./new.js";\nexport const b = a;\nexport { b as a };\n', "no-cycle"),
    ],
)
def test_faults_of_scripts_are_found(checkout: Path, script: str, rule: str) -> None:
    (checkout / SCRIPT).write_text(script)
    settings = checkout / ".ci" / "scripts" / "oxlint.json"
    done = run(checkout, BIN / "oxlint", "--config", settings, "pigeon/static/js")
    assert done.returncode == 1 and rule in done.stdout


def test_types_of_scripts_are_checked(checkout: Path) -> None:
    installed = ROOT / ".ci" / "scripts" / "node_modules"
    if not (installed / ".installed").exists():
        pytest.skip("TypeScript is not installed: make check")
    (checkout / ".ci" / "scripts" / "node_modules").symlink_to(installed)
    assert run(checkout, TYPES).returncode == 0
    (checkout / SCRIPT).write_text('document.querySelector("dialog").closs();\n')
    done = run(checkout, TYPES)
    assert done.returncode != 0 and "TS2551: Property 'closs'" in done.stdout


def test_without_node_the_types_are_skipped_aloud(checkout: Path) -> None:
    (checkout / "path").mkdir()
    for tool in ("bash", "dirname", "realpath"):
        (checkout / "path" / tool).symlink_to(str(shutil.which(tool)))
    path = str(checkout / "path")
    done = run(checkout, TYPES, PATH=path)
    assert done.returncode == 0 and "are not checked: Node.js is missing" in done.stdout
    refused = run(checkout, TYPES, PATH=path, CI="true")
    assert refused.returncode == 1 and "cannot be checked" in refused.stderr
