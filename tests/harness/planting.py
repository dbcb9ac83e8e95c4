"""The environment of a site in which a fault is planted."""

from __future__ import annotations

import os

from tests.harness.environment import ROOT

FOLDER = ROOT / "tests" / "harness" / "planted"


SHORT_LEASE, SHORT_LEASE_S = "lease of 12 s", 12
"""No fault: a test that must see a lease end cannot wait for 45 s."""


def planted(*changes: str) -> dict[str, str]:
    """For the processes of a site; see `tests/harness/planted/sitecustomize.py`."""
    path = f"{FOLDER}{os.pathsep}{ROOT}"
    return {"PLANTED": ",".join(changes), "PYTHONPATH": path} if changes else {}
