"""What both of our gunicorn workers add to a request: a place, deadlines, an end that is heard."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.errors import LimitRequestHeaders

from pigeon.processes.peers import is_in, network_of
from pigeon.processes.visits import (
    HEAD_BYTES,
    Bounds,
    Patience,
    Visit,
    Visits,
)

SOCKETS = "/socket.io/"
KEPT = 64 * 1024
"""So much of an unread body is passed over for the sake of the connection; with more it ends."""


def visits_of(cfg: Any, **patience: float) -> Visits:
    """For a worker of this configuration; only a proxy that the application trusts is unbounded."""
    proxies = cfg.forwarded_allow_networks() if _hops() else ()
    everybody = bool(proxies != ()) and "*" in cfg.forwarded_allow_ips
    room = cfg.worker_connections
    return Visits(
        Bounds(share=max(1, room * 3 // 4), room=room),
        Patience(idle_s=cfg.keepalive or 1, **patience),
        lambda address: everybody or is_in(address, proxies),
        lambda: LimitRequestHeaders(f"over {HEAD_BYTES} bytes"),
    )


def stall_s() -> float:
    """Seconds that a client may keep us waiting within a request."""
    return float(os.environ.get("STALL_S") or 30)


def begin(req: Any, visit: Visit, visits: Visits) -> None:
    """Before the application sees a request."""
    unread = _unread_of(req)
    should_close = req.should_close
    req.should_close = lambda: should_close() or unread() > KEPT
    if is_upgrade(req):
        visit.expect_frames()
        return
    if not visits.may_idle(visit):
        req.force_close()
    visit.expect_body(unread, must_continue=req._expected_100_continue)
    req._expected_100_continue = False  # a body that is refused is not asked for


def _unread_of(req: Any) -> Callable[[], int]:
    """How many bytes of the body nobody has read; of chunks that nobody knows, too many."""
    reader = req.body.reader
    if isinstance(reader, LengthReader):
        return lambda: int(reader.length)
    if isinstance(reader, ChunkedReader):
        return lambda: KEPT + 1 if reader.parser else 0
    return lambda: 0


def is_upgrade(req: Any) -> bool:
    """Only sockets may turn a request into something else, whatever its headers say."""
    return req.path.startswith(SOCKETS) and any(
        name == "UPGRADE" and value.lower() == "websocket" for name, value in req.headers
    )


def client_of(req: Any, visit: Visit) -> str:
    """Whose turn a request is: an address, of a trusted proxy's that which it names; or "".

    It counts from the end, as the application does: what comes before, anybody can claim.
    """
    if visit.host.name:
        return visit.host.name
    told = ",".join(value for name, value in req.headers if name == "X-FORWARDED-FOR").split(",")
    hops = _hops()
    return network_of(told[-hops].strip()) if 0 < hops <= len(told) else ""


def _hops() -> int:
    """Proxies in front that the application believes."""
    return int(os.environ.get("TRUSTED_PROXIES") or 0)
