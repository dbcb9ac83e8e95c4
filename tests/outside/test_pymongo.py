"""PyMongo 4.20.0 in a process of gevent: a server that hangs holds whoever asks, and nobody else.

Expected: as with every driver that waits in Python's sockets, patched ones let others run. Seen:
so; its monitors are greenlets, too. Whoever forks needs a client of their own afterwards
(https://www.mongodb.com/docs/languages/python/pymongo-driver/current/connect/): the links of
`stores/messages_mongo_link.py` are made for a process.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pymongo
import pytest

from tests.harness import mongo
from tests.harness.environment import ROOT

PROGRAM = """
from gevent import monkey
monkey.patch_all()
import os, signal, sys, time
import gevent
from pigeon.domain.errors import Unavailable
from pigeon.stores.messages_mongo import MongoMessages
from tests.harness import children

url, pid = sys.argv[1], int(sys.argv[2])
home = MongoMessages(url)
chat = home.open("1-2", (1, 2))
pauses = []

def beat():
    before = time.monotonic()
    while True:
        gevent.sleep(0.005)
        now = time.monotonic()
        pauses.append(now - before)
        before = now

def ask():
    try:
        home.load([chat.id])
    except Unavailable:
        return True

gevent.spawn(beat)
children.pause(pid)
began = time.monotonic()
asking = [gevent.spawn(ask) for _ in range(20)]
gevent.joinall(asking)
took = time.monotonic() - began
os.kill(pid, signal.SIGCONT)
print(all(one.value for one in asking), took, max(pauses), len(pauses))
home.close()
"""


@pytest.mark.mongo
@pytest.mark.slow
def test_a_server_that_hangs_holds_no_loop(tmp_path: Path) -> None:
    assert pymongo.version == "4.20.0"
    with mongo.running("secantusdb", tmp_path) as server:
        command = [sys.executable, "-c", PROGRAM, server.url(), str(server.process.pid)]
        told = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        )
    all_refused, took_s, longest_s, beats = told.stdout.split()
    assert all_refused == "True"
    assert 1.0 < float(took_s) < 6.0
    assert float(longest_s) < 0.5 and int(beats) > 50
