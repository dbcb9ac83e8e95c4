"""Other states of this repository, read from git: the release before, or any commit."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.harness.environment import ROOT


class NotInThisClone(LookupError):
    """A shallow clone, or a commit that nobody made."""


def unpack_before(folder: Path) -> Path:
    """The release before; who asks is skipped where its commit is not in this clone.

    `RELEASE_BEFORE` names another commit: the one that a change began with, say.
    """
    commit = os.environ.get("RELEASE_BEFORE") or (ROOT / ".release-before").read_text().strip()
    try:
        return unpack(commit, folder)
    except NotInThisClone as error:
        pytest.skip(f"the release before: {error}")


def unpack(commit: str, folder: Path, *, root: Path = ROOT) -> Path:
    """Write the files of a commit into a new folder; raises `NotInThisClone`."""
    command = ["git", "archive", "--format=zip", commit]
    done = subprocess.run(command, cwd=root, capture_output=True, check=False)
    if done.returncode:
        raise NotInThisClone(f"{commit[:9]} is not in this clone: git fetch --unshallow")
    folder.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder)
    return folder
