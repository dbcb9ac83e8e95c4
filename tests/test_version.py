"""The version is written once and told everywhere; what processes log is asked of real ones."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask

from pigeon.version import VERSION
from tests.harness import procfile
from tests.harness.environment import ROOT
from tests.harness.sites import Site


def test_the_newest_entry_of_the_changelog_is_this_version() -> None:
    releases = re.findall(r"^## \[(\S+)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert next(name for name in releases if name != "Unreleased") == VERSION


def test_it_is_written_once() -> None:
    written = [path for path in ROOT.glob("pigeon/**/*.py") if f'"{VERSION}"' in path.read_text()]
    assert [path.name for path in written] == ["version.py"]
    assert "\nversion =" not in (ROOT / "pyproject.toml").read_text()


def test_documents_metrics_and_settings_tell_it(app: Flask, anonymous: Any) -> None:
    assert anonymous.api("GET", "/openapi.json")[1]["info"]["version"] == VERSION
    assert f'pigeon_build_info{{version="{VERSION}"}} 1.0' in anonymous.get("/metrics").text
    shown = app.test_cli_runner().invoke(args=["config", "show"]).output
    assert shown.splitlines()[0] == f"# PigeonStargram {VERSION}"


@pytest.mark.processes
@pytest.mark.mariadb
def test_the_first_line_that_a_process_logs_tells_it(procfile_site: Site) -> None:
    kinds = procfile.commands().keys() - {"release"}
    names = [name for name in procfile_site.processes if name.partition(".")[0] in kinds]
    assert {name.partition(".")[0] for name in names} == kinds
    for name in names:
        line = procfile_site.log(name).read_text().splitlines()[0]
        assert json.loads(line)["version"] == VERSION, (name, line)


@pytest.mark.processes
def test_the_first_line_of_make_run_tells_it(site: Site) -> None:
    lines = site.log("site").read_text().splitlines()
    assert lines[0] == f"PigeonStargram {VERSION}"
    told = [line for line in lines if '"process_starts"' in line]
    assert {line.split()[0].partition(":")[0] for line in told} == {
        *("realtime", "worker", "scheduler")
    }
