"""Static files under an address that changes when any of them does: they may be kept."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Response, send_from_directory

from pigeon.web.guards import ANYONE, access

FOLDER = Path(__file__).parent.parent / "static"
HASHED = re.compile(r"[0-9a-f]{8,64}/")
FOREVER = "public, max-age=31536000, immutable"


@cache
def version() -> str:
    """A hash over the whole tree: modules import each other relatively, so they share one."""
    sha = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            sha.update(str(path.relative_to(FOLDER)).encode())
            sha.update(path.read_bytes())
    return sha.hexdigest()[:16]


@cache
def static_url(path: str) -> str:
    return f"/static/{version()}/{path}"


@access(ANYONE)
def serve(path: str) -> Response:
    """Where no nginx serves them."""
    is_hashed = HASHED.match(path) is not None
    response = send_from_directory(FOLDER, HASHED.sub("", path, count=1))
    response.headers["Cache-Control"] = FOREVER if is_hashed else "no-cache"
    return response
