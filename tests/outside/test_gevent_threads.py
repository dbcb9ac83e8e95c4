"""gevent 26.9.0: what a function raises in a thread of the pool is printed, though it is caught.

Expected: `threadpool.apply` raises in the caller what the function raised, and says nothing else.
Seen: it also prints the traceback, as for a greenlet that nobody waits for
(`gevent/threadpool.py`, `ThreadResult` and `hub.handle_error`). A full disk under SQLite would
print one for each refused commit. `pigeon/engines.py` therefore hands errors over as answers.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
import gevent

def fails():
    raise ValueError("expected")

def answers():
    return ValueError("expected")

try:
    error = gevent.get_hub().threadpool.apply(fails if sys.argv[1] == "raised" else answers)
    raise error
except ValueError:
    print("caught")
"""


@pytest.mark.parametrize(("way", "is_printed"), [("raised", True), ("answered", False)])
def test_an_error_of_the_pool_is_printed_though_it_is_caught(way: str, is_printed: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, way], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "caught\n"
    assert ("Traceback" in done.stderr) == is_printed
