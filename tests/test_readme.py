"""Every command that README names exists, so that what it promises can be seen."""

from __future__ import annotations

import re

import pytest

from bench.__main__ import GROUPS
from tests.harness.environment import ROOT

README = (ROOT / "README.md").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_target_is_one_of_the_makefile() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)", README)) | {"check"}
    assert {"run", "test", "bench"} <= named <= TARGETS


@pytest.mark.parametrize("path", sorted(set(re.findall(r"TESTS=([\w/.]+)", README))))
def test_tests_that_show_a_promise_exist(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_promise_names_its_command() -> None:
    table = README.partition("## What it promises")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) > 10
    for row in rows[1:]:
        assert re.search(r"`(make|\.venv/bin/python -m bench) [^`]+` ?\|$|`make \w+` \|$", row), row


def test_every_group_that_is_named_can_be_measured() -> None:
    assert set(re.findall(r"--only (\w+)", README)) <= set(GROUPS)


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#:]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
