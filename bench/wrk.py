"""A client that reads one page over and over, in the names of people who take turns."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 2
SCRIPT = """
local cookies = {{ {cookies} }}
local turn = 0
request = function()
  turn = turn % #cookies + 1
  return wrk.format("GET", nil, {{ ["Cookie"] = cookies[turn] }})
end
"""


def requests_per_s(url: str, cookies: list[str], seconds: float, folder: Path) -> float:
    """By wrk where it is installed; a refusal or an error is an error of the benchmark."""
    if shutil.which("wrk"):
        return _by_wrk(url, cookies, seconds, folder)
    return _by_threads(url, cookies, seconds)


def client() -> str:
    return "wrk" if shutil.which("wrk") else "Python threads without keep-alive"


def _by_wrk(url: str, cookies: list[str], seconds: float, folder: Path) -> float:
    script = folder / "turns.lua"
    script.write_text(SCRIPT.format(cookies=", ".join(f'"{cookie}"' for cookie in cookies)))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
    done = subprocess.run(
        [*command, "-s", str(script), url], capture_output=True, text=True, check=True
    )
    assert "Non-2xx" not in done.stdout, done.stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def _by_threads(url: str, cookies: list[str], seconds: float) -> float:
    until = time.monotonic() + seconds
    counts = [0] * CONNECTIONS
    faults: list[str] = []

    def drive(number: int) -> None:
        while time.monotonic() < until and not faults:
            cookie = cookies[(counts[number] * CONNECTIONS + number) % len(cookies)]
            status = get(url, cookie)
            if status != 200:
                faults.append(f"{url}: {status}")
            counts[number] += 1

    threads = [threading.Thread(target=drive, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults
    return sum(counts) / seconds


def get(url: str, cookie: str) -> int:
    """The status of one answer, over a connection of its own."""
    parts = urlsplit(url)
    head = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}\r\n"
    with socket.create_connection((parts.hostname or "", parts.port or 80), 60) as connection:
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65_536):
            answer = answer or part
    return int(answer.split(b" ", 2)[1])
