"""What is done to the parts of a site while people write to each other, and at which moment."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil

from tests.harness import children, mariadb
from tests.harness.mariadb import MariaDB
from tests.harness.mongo import MongoServer

PAUSE_S = (1.0, 3.0)
DOWN_S = (0.1, 1.0)
STOP_S = 5.0
"""Then it is killed: one that has just begun may not hear that it is to stop."""
AIMED = 0.5
"""How many of the strikes wait for a sign that a message exists."""
AIM_S = 1.0
BESIDE = 0.25
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGTERM, "pause": signal.SIGSTOP}


class Trigger:
    """Strikes at the very moment at which somebody hears of something.

    What was said must be stored by then; between saying and storing there may be a millisecond, and
    a strike at any other time would meet it once in thousands.
    """

    def __init__(self) -> None:
        self._armed: Shot | None = None
        self._turn = threading.Lock()

    def sign(self, server: str) -> None:
        """Something came from this realtime process; nothing was done with it yet."""
        shot = self._armed
        if shot is not None and shot.server in ("", server):
            self._fire(shot)

    def at_the_next(self, strike: Callable[[], None], *, server: str = "") -> None:
        """Of this server, or of any; without a sign a moment later."""
        shot = self._armed = Shot(strike, server)
        shot.is_fired.wait(AIM_S)
        self._fire(shot)

    def _fire(self, shot: Shot) -> None:
        with self._turn:
            if self._armed is shot:
                self._armed = None
                shot.strike()
                shot.is_fired.set()


@dataclass
class Shot:
    strike: Callable[[], None]
    server: str
    is_fired: threading.Event = field(default_factory=threading.Event)


@dataclass(kw_only=True)
class Strikes:
    """How a process is hit; `dice` decide whether that waits for a sign."""

    trigger: Trigger = field(default_factory=Trigger)

    def hit(self, pid: int, how: str, dice: random.Random, *, server: str = "") -> str:
        """Kill, stop, or pause for a moment; what was done, for the history."""
        is_aimed = dice.random() < AIMED
        strike = _signal(pid, SIGNALS[how])
        if is_aimed:
            self.trigger.at_the_next(strike, server=server)
        else:
            strike()
        return f"{'aimed ' if is_aimed else ''}{how} {pid}{self._paused(pid, how, dice)}"

    def _paused(self, pid: int, how: str, dice: random.Random) -> str:
        """Stand still for a moment: it holds its connections and answers nobody."""
        if how != "pause":
            return ""
        seconds = dice.uniform(*PAUSE_S)
        time.sleep(seconds)
        _signal(pid, signal.SIGCONT)()
        return f" for {seconds:.1f} s"


def _signal(pid: int, number: signal.Signals) -> Callable[[], None]:
    def send() -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)

    return send


def port_of(pid: int) -> str:
    """Of the server that this process is of; empty when it is gone."""
    try:
        return psutil.Process(pid).environ().get("PORT", "")
    except psutil.Error:
        return ""


class Home(Protocol):
    """What keeps the messages, as far as it can be taken away; answers what was done."""

    def strike(self, how: str, dice: random.Random, strikes: Strikes) -> str: ...


@dataclass(kw_only=True)
class MariaDBUnderFire:
    """A server of the battle's own; what it has acknowledged survives a kill."""

    folder: Path
    server: MariaDB

    def strike(self, how: str, dice: random.Random, strikes: Strikes) -> str:
        process = self.server.process
        assert process is not None
        done = strikes.hit(process.pid, how, dice)
        if how != "pause":
            children.stop(process, timeout_s=STOP_S)
            time.sleep(dice.uniform(*DOWN_S))
            self.server = mariadb.start(self.folder, durable=True)
        return done


@dataclass(kw_only=True)
class SqliteUnderFire:
    """A file has no process: somebody else writes to it for longer than a request waits."""

    path: Path

    def strike(self, how: str, dice: random.Random, strikes: Strikes) -> str:
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(dice.uniform(*PAUSE_S))
            other.execute("ROLLBACK")
        return f"locked instead of {how}"


@dataclass(kw_only=True)
class MongoUnderFire:
    """A server of MongoDB's wire; SQL, which keeps everything else, is locked at times, too."""

    server: MongoServer
    beside: SqliteUnderFire

    def strike(self, how: str, dice: random.Random, strikes: Strikes) -> str:
        if how != "kill" and dice.random() < BESIDE:
            return f"SQL beside it {self.beside.strike(how, dice, strikes)}"
        done = strikes.hit(self.server.process.pid, how, dice)
        if how != "pause":
            children.stop(self.server.process, timeout_s=STOP_S)
            time.sleep(dice.uniform(*DOWN_S))
            self.server.restart()
        return done
