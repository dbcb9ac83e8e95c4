"""A scheduler that has nothing to do; with LATE it is ready once a file of that name is there."""

import os
import signal
import time
from pathlib import Path

late = os.environ.get("LATE")
while late and not Path(late).exists():
    time.sleep(0.05)
Path(os.environ["PIGEON_READY_FILE"]).touch()
while True:
    signal.pause()
