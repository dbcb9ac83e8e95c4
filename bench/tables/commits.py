"""Which commit is measured: the newest that changed more than what is said about it."""

from __future__ import annotations

import subprocess

from tests.harness.environment import ROOT

ELSEWHERE = (".", ":!docs", ":!*.md", ":!bench/tables", ":(exclude,glob)tests/**/test_*.py")
"""Pages, results, words and drawings made of them, and tests change nothing that is measured."""
CHANGED = "+changes"


def measured() -> str:
    """Its name; `+changes` behind it when files differ from it."""
    name = _git("log", "-1", "--format=%H", "--", *ELSEWHERE)
    return name + (CHANGED if _git("status", "--porcelain", "--", *ELSEWHERE) else "")


def short(name: str) -> str:
    """For people: `+changes` stays."""
    return name[:12] + (CHANGED if name.endswith(CHANGED) else "")


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout[:-1]
