"""Stored pictures: every fetch is checked, then served by nginx, by us, or by the object store."""

from __future__ import annotations

from flask import Response, redirect, send_file
from flask.typing import ResponseReturnValue

from pigeon.domain.errors import NotFound
from pigeon.extensions import settings
from pigeon.services.media import media, owners
from pigeon.stores.media import CONTENT_TYPES, NAME
from pigeon.web.guards import READERS, access
from pigeon.web.login import this_viewer

PRESIGNED_S = 60
SANDBOX = "default-src 'none'; sandbox"


@access(READERS)
def show(name: str) -> ResponseReturnValue:
    """404 for what does not exist and for what the viewer may not see, alike."""
    if not NAME.fullmatch(name):
        raise NotFound
    owners.check_sees(this_viewer(), media.get_stored(name))
    return _send(name)


def _send(name: str) -> Response:
    address = media.store().presign(name, PRESIGNED_S)
    if address is not None:
        away: Response = redirect(address)  # type: ignore[assignment]
        away.headers["Cache-Control"] = "no-store"
        return away
    response = _hand_over(name) if settings().accel_redirect else _send_file(name)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _hand_over(name: str) -> Response:
    """Let nginx send the file; see the internal location of nginx.conf."""
    response = Response(mimetype=CONTENT_TYPES[name.rpartition(".")[2]])
    response.headers["X-Accel-Redirect"] = f"/_media/{name[:2]}/{name[2:4]}/{name}"
    return response


def _send_file(name: str) -> Response:
    path = media.store().local_path(name)
    if path is None or not path.is_file():
        raise NotFound
    return send_file(path, mimetype=CONTENT_TYPES[name.rpartition(".")[2]], conditional=True)
