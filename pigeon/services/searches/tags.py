"""Hashtags by their beginning, those with most posts first, also while Korean is being typed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select

from pigeon.domain import hangul, text
from pigeon.domain.page import Page, PageRequest, write_cursor
from pigeon.domain.searches import TagHit
from pigeon.extensions import db
from pigeon.models import PostTag
from pigeon.services.posts.tag_counts import open_counts
from pigeon.services.searches import people

RANKED = 200
"""So many of a beginning are ranked and listed; who types on finds the others."""


def find_tags(q: str, request: PageRequest) -> Page[TagHit]:
    """The tag itself first, then those used most; the cursor is the place in that order.

    The same for every viewer: tags that only people with closed accounts use are nobody's to see.
    """
    tag = text.canonical_tag(people.check_query(q).lstrip("#＃"))
    found = _ranked(tag) if tag else []
    begin = request.before or 0
    end = begin + request.limit
    more = len(found) > end
    return Page(items=found[begin:end], next=write_cursor(request.kind, end) if more else None)


def _ranked(beginning: str) -> list[TagHit]:
    query = (
        select(PostTag.tag)
        .where(_begins(beginning), PostTag.publication_id.is_not(None))
        .group_by(PostTag.tag)
        .order_by(func.count().desc(), PostTag.tag)
        .limit(RANKED)
    )
    # The tag as typed may be too seldom used to be among those.
    tags = dict.fromkeys([beginning, *db.session.scalars(query)])
    hits = [TagHit(tag=tag, post_count=count) for tag, count in open_counts.many(tags).items()]
    return sorted(hits, key=lambda hit: (hit.tag != beginning, -hit.post_count, hit.tag))


def _begins(beginning: str) -> ColumnElement[bool]:
    """A range of the index a reading; a tag is compared byte by byte, in the order of letters."""
    return or_(
        *((PostTag.tag >= low) & (PostTag.tag <= high) for low, high in hangul.spans(beginning))
    )
