"""Rings around the pictures of a page's people: asked once for all of them, drawn by a macro."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask import current_app, g

from pigeon.domain.stories import Ring
from pigeon.services.access.viewers import Viewer
from pigeon.services.stories import tray

REMEMBERED = 4_096


def ask(viewer: Viewer, people: Iterable[str | int]) -> None:
    """Find out whose pictures have a ring on the page of this request."""
    wanted = {int(person) for person in people}
    if "rings" not in g or g.rings_of != viewer.id:
        g.rings_of, g.rings = viewer.id, {}
    found = tray.rings(viewer, wanted)
    g.rings |= {person: found.get(person) for person in wanted}


def ring_of(person: Any) -> Ring | None:
    """The ring of somebody whom the page has asked about; `person` has an `id`."""
    known: dict[int, Ring | None] = g.get("rings", {})
    return known.get(int(person.id))


@lru_cache(maxsize=REMEMBERED)
def picture_link(kind: str, ring: Ring, _language: str) -> bytes:
    """The opening tag of the link around a picture, in the language of the present request."""
    drawn = current_app.jinja_env.get_template("stories/_ring.html").module
    html: str = drawn.picture_link(kind, ring.user.username, ring, "")  # type: ignore[attr-defined]
    return html.removesuffix("</a>").encode()
