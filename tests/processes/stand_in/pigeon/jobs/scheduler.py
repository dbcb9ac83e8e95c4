"""A scheduler that has nothing to do."""

import os
import signal
from pathlib import Path

Path(os.environ["PIGEON_READY_FILE"]).touch()
while True:
    signal.pause()
