"""`python -m bench.attackers FILE`: one address and one member, who mean harm or do not.

A process of its own, so that who measures is not slowed down by who attacks. Every kind has a
thread that does one thing after the other at a bounded pace, and both ways do the same number of
things: what is compared is what they cost others.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from websocket import WebSocketException, create_connection

PACE_S = 0.1
PATIENCE_S = 30
STALLING = 3
"""So many more each time; within ten seconds there are more than an address has places for."""
EVENTS = 3_000
MB = 1_000_000
FORM = "application/x-www-form-urlencoded"
UNFINISHED = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nlogin="


@dataclass(frozen=True, kw_only=True)
class Raid:
    """`knotted` is a post with unbalanced brackets below it, `plain` one with the same in words.

    With `counts` it is the honest way: so often, spread over the same time.
    """

    url: str
    token: str
    knotted: int
    plain: int
    seconds: float
    kinds: tuple[str, ...]
    counts: dict[str, int] | None = None

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


def main(path: str) -> int:
    raid = Raid(**json.loads(Path(path).read_text()))
    done = dict.fromkeys(raid.kinds, 0)
    threads = [threading.Thread(target=_keep_on, args=(raid, kind, done)) for kind in raid.kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(done))
    return 0


def _get_crowd(raid: Raid, _: ExitStack) -> None:
    """As many requests as `_stall` begins."""
    for _number in range(STALLING):
        _ask(raid, "GET", "/login")


def _keep_on(raid: Raid, kind: str, done: dict[str, int]) -> None:
    """The hostile way as fast as the pace allows, the honest one as often as that was."""
    began = time.monotonic()
    wanted = raid.counts[kind] if raid.counts is not None else None
    act = (HONEST if raid.counts is not None else HOSTILE)[kind]
    pace_s = PACE_S if wanted is None else raid.seconds / max(1, wanted)
    with ExitStack() as kept:
        while time.monotonic() - began < raid.seconds and done[kind] != wanted:
            with contextlib.suppress(OSError, http.client.HTTPException, WebSocketException):
                act(raid, kept)
            done[kind] += 1
            time.sleep(max(0.0, began + done[kind] * pace_s - time.monotonic()))


def _ask(raid: Raid, method: str, path: str, kind: str = "", body: bytes = b"") -> None:
    headers = {"Authorization": f"Bearer {raid.token}"} | ({"Content-Type": kind} if kind else {})
    connection = http.client.HTTPConnection(urlsplit(raid.url).netloc, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body or None, headers)
        connection.getresponse().read()
    finally:
        connection.close()


def _combine(raid: Raid, _: ExitStack) -> None:
    text = json.dumps({"text": "a" + "\u0301" * 24_000}).encode()
    _ask(raid, "POST", f"/api/v1/posts/{raid.plain}/comments", "application/json", text)


def _send_json(raid: Raid, _: ExitStack) -> None:
    body = b'{"caption": [' + b"1," * (15 * MB) + b"1]}"
    _ask(raid, "POST", "/api/v1/posts", "application/json", body)


def _send_form(raid: Raid, _: ExitStack) -> None:
    _ask(raid, "POST", "/settings/profile", FORM, b"a&" * (MB // 2))


def _read_brackets(raid: Raid, _: ExitStack) -> None:
    _ask(raid, "GET", f"/p/{raid.knotted}")


def _stall(raid: Raid, kept: ExitStack) -> None:
    parts = urlsplit(raid.url)
    for _ in range(STALLING):
        one = socket.create_connection((parts.hostname or "", parts.port or 80), PATIENCE_S)
        kept.callback(one.close)
        one.sendall(UNFINISHED)


def _flood(raid: Raid, _: ExitStack) -> None:
    _talk(raid, '42["nothing.known",{}]', EVENTS)


def _talk(raid: Raid, event: str, times: int) -> None:
    url = f"{raid.url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
    talk = create_connection(url, timeout=PATIENCE_S, origin=raid.url)
    try:
        talk.recv()
        talk.send(f"40{json.dumps({'token': raid.token})}")
        talk.recv()
        for _ in range(times):
            talk.send(event)
    finally:
        talk.close()


def _chat(raid: Raid, _: ExitStack) -> None:
    _talk(raid, '42["presence.active",{"visible":true}]', 10)


def _reads(path: str) -> Callable[[Raid, ExitStack], None]:
    return lambda raid, _: _ask(raid, "GET", path.format(plain=raid.plain))


HOSTILE: dict[str, Callable[[Raid, ExitStack], None]] = {
    "combining text": _combine,
    "socket flood": _flood,
    "30 MB of JSON": _send_json,
    "half a million fields": _send_form,
    "stalled connections": _stall,
    "brackets": _read_brackets,
}
HONEST: dict[str, Callable[[Raid, ExitStack], None]] = {
    "combining text": _reads("/api/v1/posts/{plain}/comments"),
    "socket flood": _chat,
    "30 MB of JSON": _reads("/api/v1/timeline"),
    "half a million fields": _reads("/settings/profile"),
    "stalled connections": _get_crowd,
    "brackets": _reads("/p/{plain}"),
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
