"""A private MariaDB on a unix socket, out of the machine's way."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pymysql
from pymysql.constants import CLIENT

from tests.harness import children

FAST = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--skip-innodb-doublewrite",
)
DURABLE = ("--innodb-flush-log-at-trx-commit=1",)
SMALL = (
    "--innodb-log-file-size=4M",
    "--innodb-buffer-pool-size=64M",
    "--innodb-buffer-pool-dump-at-shutdown=0",
    "--skip-log-bin",
    "--character-set-server=utf8mb4",
)


@dataclass(frozen=True, kw_only=True)
class MariaDB:
    """A running server; `process` is None in an xdist worker, where the controller owns it."""

    path: Path
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        return f"mysql+pymysql://root@localhost/{database}?unix_socket={self.path}&charset=utf8mb4"

    def create(self, database: str) -> str:
        """A new, empty database; its URL."""
        self.execute(
            f"DROP DATABASE IF EXISTS {database};"
            f"CREATE DATABASE {database} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
        )
        return self.url(database)

    def execute(self, statements: str) -> None:
        connection = pymysql.connect(
            unix_socket=str(self.path), user="root", client_flag=CLIENT.MULTI_STATEMENTS
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(statements)
            while cursor.nextset():
                pass

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(self.path)) == 0

    def stop(self) -> None:
        if self.process:
            children.stop(self.process)


def start(folder: Path, *, durable: bool = False) -> MariaDB:
    """Install into `folder` when it is new (a second) and start; `durable` survives a power cut."""
    server = children.require("mariadbd", package="mariadb-server")
    data, log = folder / "mariadb", folder / "mariadb.log"
    speed = DURABLE if durable else FAST
    if not data.exists():
        _install(data, log)
    found = folder / "mariadb.sock"
    process = children.start(
        [
            server,
            "--no-defaults",
            *_user(),
            f"--datadir={data}",
            f"--socket={found}",
            f"--pid-file={folder / 'mariadb.pid'}",
            "--skip-networking",
            *SMALL,
            *speed,
        ],
        log=log,
    )
    mariadb = MariaDB(path=found, process=process)
    children.wait_ready(process, mariadb.answers, log=log, timeout_s=30)
    return mariadb


def _install(data: Path, log: Path) -> None:
    program = children.require("mariadb-install-db", package="mariadb-server")
    with log.open("ab") as output:
        subprocess.run(
            [
                program,
                "--no-defaults",
                *_user(),
                f"--datadir={data}",
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
                *SMALL[:1],
                *FAST,
            ],
            check=True,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _user() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []
