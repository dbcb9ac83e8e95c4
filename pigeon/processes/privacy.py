"""What others can reach: a site's files on this machine, and a development site itself."""

from __future__ import annotations

import ipaddress
import os
import stat
from pathlib import Path

from pigeon.processes.plan import Plan

UMASK = 0o077


def keep_new_files_private() -> None:
    """Nothing that this process or a child of it makes is readable for other users."""
    os.umask(UMASK)


def close_folder(data: Path) -> None:
    """Take DATA away from all users of the machine; a group that was let in stays."""
    if stat.S_IMODE(data.stat().st_mode) & stat.S_IRWXO:
        data.chmod(0o700)


def warning(plan: Plan) -> list[str]:
    """Lines for the terminal where a development site listens to more than this machine."""
    if not plan.is_development or _is_loopback(plan.host):
        return []
    return [
        f"WARNING: with HOST={plan.host} everybody who reaches this machine can use this site, and",
        "it is a development site: without HTTPS passwords can be read on the way, anybody may",
        "sign up, and letters stay in DATA. For other people set ENVIRONMENT=production",
        "(docs/operating.md); for yourself alone leave HOST out.",
    ]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
