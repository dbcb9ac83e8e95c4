"""The environment of a site in which a fault is planted."""

from __future__ import annotations

import os

from tests.harness.environment import ROOT

FOLDER = ROOT / "tests" / "harness" / "planted"


def planted(fault: str) -> dict[str, str]:
    """For the processes of a site; see `tests/harness/planted/sitecustomize.py`."""
    return {"PLANTED": fault, "PYTHONPATH": f"{FOLDER}{os.pathsep}{ROOT}"}
