"""A child ends with the process that started it, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

STARTS_A_CHILD = """
import os, time
from pigeon.processes.parent import die_with_parent
me = os.getpid()
if os.fork() == 0:
    die_with_parent(me)
    os.write(1, b"here\\n")
    time.sleep(60)
time.sleep(60)
"""
COMES_TOO_LATE = """
import os
from pigeon.processes.parent import die_with_parent
die_with_parent(os.getppid() + 1)
print("it lives on")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's kernel")
def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTS_A_CHILD], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"here\n"
        os.kill(parent.pid, signal.SIGKILL)
        assert parent.stdout.read() == b"", "the end comes when nobody holds the pipe any more"


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's kernel")
def test_whose_parent_ended_before_the_wish_does_not_begin() -> None:
    done = subprocess.run([sys.executable, "-c", COMES_TOO_LATE], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")
