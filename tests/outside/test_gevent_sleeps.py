"""gevent 26.9.0: a sleep of 0 gives way to who is ready, not to who was just sent something.

Expected: `gevent.sleep(0)` lets everybody run who has something to do. Seen: the loop looks at the
clock after every 50 callbacks (`CALLBACK_CHECK_COUNT`), and at sockets only then; a greenlet that
sleeps 0 seconds again and again is such a callback, and with pieces of work of 5 ms sockets wait
250 ms. The documentation speaks of "some (small) period of time". A sleep of a nanosecond is a
timer, which ends in the next pass of the loop, after sockets; it costs no more
(https://github.com/gevent/gevent/issues/1072). `pigeon/processes/turns.py` sleeps that way.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from pigeon.processes.turns import NEXT_PASS_S

PROGRAM = """
import sys
import gevent
from gevent import socket

ours, theirs = socket.socketpair()
done = 0

def work(pause_s):
    global done
    while done < 200:
        done += 1
        if done == 10:
            theirs.send(b"x")
        gevent.sleep(pause_s)

gevent.spawn(work, float(sys.argv[1]))
ours.recv(1)
print(done - 10)
"""


@pytest.mark.parametrize(("pause_s", "is_late"), [(0.0, True), (NEXT_PASS_S, False)])
def test_sockets_wait_for_fifty_sleeps_of_nothing(pause_s: float, is_late: bool) -> None:
    command = [sys.executable, "-c", PROGRAM, str(pause_s)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert (int(told.stdout) > 30) is is_late
