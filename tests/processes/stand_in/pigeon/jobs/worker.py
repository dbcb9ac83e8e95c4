"""A worker that works on nothing; STUBBORN=on makes it ignore every request to stop."""

import os
import signal
from pathlib import Path

if os.environ.get("STUBBORN") == "on":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path(os.environ["PIGEON_READY_FILE"]).touch()
while True:
    signal.pause()
