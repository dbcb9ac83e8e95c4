"""Static files, each under an address that changes with its content and may be kept for ever.

The hash is in the name of the file, so what a file names relatively has no hash: scripts find each
other by the page's import map, and what a style sheet names is asked for again each time.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from functools import cache
from pathlib import Path

from flask import Response, send_from_directory
from markupsafe import Markup

from pigeon.web.guards import ANYONE, access

FOLDER = Path(__file__).parent.parent / "static"
HASH_DIGITS = 8
HASHED = re.compile(r"(.+)\.[0-9a-f]{8}(\.[a-z0-9]+)")
OF_THE_RELEASE_BEFORE = re.compile(r"[0-9a-f]{16}/")
FOREVER = "public, max-age=31536000, immutable"
MODULE = re.compile(r"js/.+/|js/behaviors\.js|vendor/.+\.esm\.min\.js")
CORE = re.compile(r"js/core/|js/behaviors\.js|vendor/.+\.esm\.min\.js")


@cache
def addresses() -> dict[str, str]:
    """Of every file, by its path in the folder."""
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): _address(path) for path in files}


def _address(file: Path) -> str:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:HASH_DIGITS]
    path = file.relative_to(FOLDER).with_name(f"{file.stem}.{digest}{file.suffix}")
    return f"/static/{path.as_posix()}"


def static_url(path: str) -> str:
    return addresses()[path]


@cache
def import_map() -> Markup:
    """Where the modules are that scripts import; computed once, for it goes into every page."""
    imports = {f"/static/{path}": static_url(path) for path in addresses() if MODULE.match(path)}
    return Markup(json.dumps({"imports": imports}, separators=(",", ":")))


@cache
def import_map_digest() -> str:
    """By which the content policy knows the map, the only code that stands in a page."""
    return b64encode(hashlib.sha256(import_map().encode()).digest()).decode()


@cache
def core() -> tuple[str, ...]:
    """Addresses of what the entry imports, which a page names for all to come at once."""
    return tuple(address for path, address in addresses().items() if CORE.match(path))


@access(ANYONE)
def serve(path: str) -> Response:
    """Where no nginx serves them.

    A page that another release made names other hashes: it gets what is here, for once.
    """
    hashed = HASHED.fullmatch(path)
    name = "".join(hashed.groups()) if hashed else OF_THE_RELEASE_BEFORE.sub("", path, count=1)
    response = send_from_directory(FOLDER, name)
    is_current = addresses().get(name) == f"/static/{path}"
    response.headers["Cache-Control"] = FOREVER if is_current else "no-cache"
    return response
