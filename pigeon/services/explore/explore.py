"""Posts to discover: popular, recent, and where the community is small those of everybody.

Candidates come cheaply and in order, and know nothing of who looks. From them is left out, batch by
batch, what the rules of access hide from the viewer, whom they follow and whom they muted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import select

from pigeon.domain.errors import FieldError, Invalid, NotFound
from pigeon.domain.page import Page, PageRequest, cut, write_cursor
from pigeon.domain.posts import Post
from pigeon.extensions import db, settings
from pigeon.models import PublicationModel
from pigeon.services import access
from pigeon.services.access import Who
from pigeon.services.access.viewers import Viewer
from pigeon.services.explore import ranking
from pigeon.services.posts import posts, publications

POPULAR, RECENT, EVERYBODY = "popular", "recent", "everybody"
BATCH = 200
LOOKED_AT = 1_000
"""Candidates of one page: who follows nearly everybody gets a short one, and a cursor."""


class Candidate(NamedTuple):
    """A post in its list, at a `place` that falls from one to the next."""

    place: int
    post_id: int
    author_id: int


class Batch(NamedTuple):
    """Some candidates, and the place below which there are more; None when these are the last."""

    items: list[Candidate]
    below: int | None


Source = Callable[[int | None], Batch]
"""The candidates below a place, the next `BATCH` of them."""


def choose(of: str) -> str:
    """The list of that name; Invalid naming `of`, NotFound for one that is not offered here."""
    wanted = of or POPULAR
    if wanted not in (POPULAR, RECENT, EVERYBODY):
        raise Invalid({"of": FieldError("bad_format")})
    if wanted == EVERYBODY and not settings().explore_everybody:
        raise NotFound
    return wanted


def cursor(of: str) -> str:
    """Names the list, for its cursors."""
    return f"explore-{of}"


def list_posts(of: str, who: Who, request: PageRequest) -> Page[Post]:
    """A page of the list; may hold fewer than `limit` before the last one."""
    viewer = access.viewer(who)
    source = _popular if of == POPULAR else _newest
    page = _walk(source, lambda batch: _shown(viewer, of, batch), request)
    return page.map(lambda found: posts.get_many([one.post_id for one in found], viewer))


def _walk(
    source: Source, shown: Callable[[list[Candidate]], list[Candidate]], request: PageRequest
) -> Page[Candidate]:
    found: list[Candidate] = []
    place = request.before
    for _ in range(LOOKED_AT // BATCH):
        batch = source(place)
        found += shown(batch.items)
        place = batch.below
        if len(found) > request.limit or place is None:
            return cut(found, request, lambda one: one.place)
    return Page(items=found, next=write_cursor(request.kind, place or 0))


def _shown(viewer: Viewer, of: str, batch: list[Candidate]) -> list[Candidate]:
    """What is for the viewer: one trip asks about the authors of the batch."""
    authors = {one.author_id for one in batch}
    viewer.relations.ask_about(authors)
    seen = access.posts.wanted(viewer, access.posts.visible_published(viewer, batch))
    if of == EVERYBODY:
        return seen
    known = viewer.relations.followed_among(authors) | {viewer.id}
    return [one for one in seen if one.author_id not in known]


# -- candidates ------------------------------------------------------------------------------------


def _newest(below: int | None) -> Batch:
    """All that is published; the publication is the place."""
    query = select(PublicationModel.id, PublicationModel.post_id, PublicationModel.author_id)
    if below is not None:
        query = query.where(PublicationModel.id < below)
    rows = db.session.execute(query.order_by(PublicationModel.id.desc()).limit(BATCH))
    items = [Candidate(*row) for row in rows]
    return Batch(items, items[-1].place if len(items) == BATCH else None)


def _popular(below: int | None) -> Batch:
    """The ranked, then all others, whose places are under the floor of the ranking."""
    places = ranking.places.one("") or []
    left = [place for place in places if below is None or place < below]
    if left:
        more = left[BATCH - 1] if len(left) > BATCH else ranking.FLOOR
        return Batch(_ranked(left[:BATCH]), more)
    newest = _newest(below if below is not None and below < ranking.FLOOR else None)
    ranked = set(map(ranking.publication_of, places))
    return Batch([one for one in newest.items if one.place not in ranked], newest.below)


def _ranked(places: list[int]) -> list[Candidate]:
    """Those of the ranked that are still there."""
    refs = publications.refs([ranking.publication_of(place) for place in places])
    found = ((place, refs.get(ranking.publication_of(place))) for place in places)
    return [Candidate(place, *ref) for place, ref in found if ref is not None]
