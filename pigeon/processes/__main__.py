"""Run the site on this machine: `python -m pigeon.processes`, or `make run`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from pigeon.processes.parent import die_with_parent
from pigeon.processes.start import run

ROOT = Path(__file__).parents[2]

if "MAKELEVEL" in os.environ:  # the site ends with the make that was typed, in good order
    die_with_parent(os.getppid(), by=signal.SIGTERM)
sys.exit(run(os.environ, root=ROOT))
