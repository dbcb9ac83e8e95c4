"""Stored pictures: every fetch is checked, then served by nginx, by us, or by the object store.

What a browser keeps is checked too: it asks again with the ETag, and hears 304 only if it may
still see the picture.
"""

from __future__ import annotations

from flask import Response, redirect, request, send_file
from flask.typing import ResponseReturnValue

from pigeon.domain.errors import NotFound
from pigeon.extensions import settings
from pigeon.services import access as rules
from pigeon.services.media import media, owners
from pigeon.services.users import avatar_sizes
from pigeon.stores.media import CONTENT_TYPES, NAME
from pigeon.web.guards import READERS, access
from pigeon.web.login import this_viewer

PRESIGNED_S = 60
SANDBOX = "default-src 'none'; sandbox"
FOR_A_WHILE = "private, max-age=300"
ASKING_EACH_TIME = "private, no-cache"


@access(READERS)
def show(name: str) -> ResponseReturnValue:
    """404 for what does not exist and for what the viewer may not see, alike."""
    if not NAME.fullmatch(name):
        raise NotFound
    viewer, picture = this_viewer(), media.get_stored(name)
    owners.check_sees(viewer, picture)
    is_open = rules.media.is_open_to_all(viewer, picture)
    caching = FOR_A_WHILE if is_open else ASKING_EACH_TIME
    sent = avatar_sizes.nearest(name, picture)
    if media.store().origin is not None:
        return _send_away(sent, owners.seconds_left(picture, PRESIGNED_S), caching)
    return _send(sent, caching)


def _send_away(name: str, life_s: int, caching: str) -> Response:
    """To an address that works for whoever has it, but not beyond the end of what it shows."""
    address = media.store().presign(name, life_s, caching) or ""
    away: Response = redirect(address)  # type: ignore[assignment]
    away.headers["Cache-Control"] = "no-store"
    return away


def _send(name: str, caching: str) -> Response:
    response = _hand_over(name) if settings().accel_redirect else _send_file(name)
    response.headers["Cache-Control"] = caching
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _hand_over(name: str) -> Response:
    """Let nginx send the file, with the same ETag; see the internal location of nginx.conf."""
    response = Response(mimetype=CONTENT_TYPES[name.rpartition(".")[2]])
    response.set_etag(name)
    response.make_conditional(request)
    if response.status_code == 200:
        response.headers["X-Accel-Redirect"] = f"/_media/{name[:2]}/{name[2:4]}/{name}"
    return response


def _send_file(name: str) -> Response:
    """An object never changes, and its name is its own: that is the ETag."""
    path = media.store().local_path(name)
    if path is None or not path.is_file():
        raise NotFound
    mimetype = CONTENT_TYPES[name.rpartition(".")[2]]
    return send_file(path, mimetype=mimetype, conditional=True, etag=name)
