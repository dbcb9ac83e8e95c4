"""The feed: cached fragments, joined with what depends on the reader and the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template

from pigeon.cache.trips import Read, then
from pigeon.domain.page import Page, PageRequest
from pigeon.domain.posts import Post
from pigeon.domain.stories import Ring
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.likes import likers
from pigeon.services.likes.likers import Liker
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import posts
from pigeon.services.saves import saved
from pigeon.services.stories import tray
from pigeon.services.stories.tray import Tray
from pigeon.services.timelines import timelines
from pigeon.services.timelines.timelines import Entry
from pigeon.web.jinja import EAGERLY, LAZILY
from pigeon.web.moments import Moment, choose_zone
from pigeon.web.posts import fragments, tallies
from pigeon.web.posts.fragments import Fragment
from pigeon.web.stories import rings

FIRST = 2
EAGER, LAZY = EAGERLY.encode(), LAZILY.encode()


def page_of(reader: Viewer, request: PageRequest, language: str, *beside: Read[Any]) -> Page[Entry]:
    """`beside` is what the page asks in the timeline's first trip."""
    return timelines.page(reader, request, fragments.body_key(language), *beside)


def cards(
    entries: list[Entry],
    found: Mapping[int, list[Liker]],
    reader: Viewer,
    moment: Moment,
    reading: Tray,
) -> bytes:
    """The feed's markup, newest first, in the language of `moment`; `found` are likers by post.

    Authors are people whom the reader follows, so `reading` knows their rings.
    """
    fragments_of = fragments.complete(entries, moment.language, reader)
    visible = likers.visible(found, reader)
    kept: set[int] = set()
    saves = saved.read(reader.id or 0, [entry.post_id for entry in entries])
    stored, followed = likers.facts_for(
        reader.id or 0,
        {entry.post_id: visible.get(entry.post_id, []) for entry in entries},
        reading.read_seen(),
        then(saves, kept.update),
    )
    rings_of = {int(ring.user.id): ring for ring in reading.rings()}
    shown = _shown(entries, visible, reader.id or 0, stored, kept, followed, rings_of)
    return b"\n".join(
        [
            fragment.fill(_slots(fragment, number, shown[fragment.post_id], moment))
            for number, fragment in enumerate(fragments_of)
        ]
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card shows to one reader at one moment; `name` is somebody else who likes it."""

    is_mine: bool
    is_liked: bool
    is_saved: bool
    name: str
    likes: int
    comments: int
    ring: Ring | None


def _shown(
    entries: list[Entry],
    found: Mapping[int, Sequence[Liker]],
    reader_id: int,
    stored: set[int],
    kept: set[int],
    followed: set[int],
    rings_of: Mapping[int, Ring],
) -> dict[int, Shown]:
    shown = {}
    for entry in entries:
        post_id, (count, comments) = entry.post_id, entry.counts
        named = likers.choose(found.get(post_id, []), reader_id, followed)
        shown[post_id] = Shown(
            is_mine=entry.author_id == reader_id,
            is_liked=post_id in stored if entry.pending is None else bool(entry.pending),
            is_saved=post_id in kept,
            name=named[0][1] if named else "",
            likes=count,
            comments=comments,
            ring=rings_of.get(entry.author_id),
        )
    return shown


def _slots(fragment: Fragment, number: int, shown: Shown, moment: Moment) -> dict[bytes, bytes]:
    post_id, language = fragment.post_id, moment.language
    likes = tallies.line_of_likes(post_id, shown.likes, shown.is_liked, shown.name, language)
    return {
        b"ago": _ago(fragment, moment),
        b"ring": _ring(fragment, shown.ring, language),
        b"menu": fragment.own_menu if shown.is_mine else fragment.other_menu,
        b"loading": EAGER if number < FIRST else LAZY,
        b"like": fragment.liked if shown.is_liked else fragment.like,
        b"save": fragment.saved if shown.is_saved else fragment.save,
        b"likes": likes.encode(),
        b"comments": tallies.line_of_comments(post_id, shown.comments, language).encode(),
    }


def _ring(fragment: Fragment, ring: Ring | None, language: str) -> bytes:
    """The opening tag of the link around the author's picture."""
    if ring is None or not fragment.picture:
        return fragment.picture
    return rings.picture_link("post-avatar", ring, language)


def _ago(fragment: Fragment, moment: Moment) -> bytes:
    """As the macro `moment`, which for ten cards would be the slowest part of a page."""
    at = fragment.published_at
    return (
        f'<time datetime="{at.isoformat()}" title="{moment.short(at)}"'
        f' data-behavior="time">{moment.ago(at)}</time>'
    ).encode()


def card_of(post: Post, language: str, reader: Viewer) -> str | bytes:
    """One card for its reader: the finished fragment, or the card of a post that is not ready."""
    if not access.posts.is_published_state(post.state):
        return render_template("posts/_pending.html", post=post)
    card = post_cards.cards.one(int(post.id))
    if card is None:
        return ""
    shown = posts.without_hidden({card.id: card}, reader)[card.id]
    previews = fragments.previews_for(card, reader)
    fragment = fragments.decode(fragments.render(shown, previews, language))
    moment = Moment.now(language, choose_zone())
    ring = tray.rings(reader, [card.author_id]).get(card.author_id)
    return fragment.fill(_slots(fragment, 0, _shown_of(post, ring), moment))


def _shown_of(post: Post, ring: Ring | None) -> Shown:
    viewer = post.viewer
    named = viewer.liked_by if viewer else []
    return Shown(
        is_mine=viewer is not None and viewer.is_author,
        is_liked=viewer is not None and viewer.liked,
        is_saved=viewer is not None and viewer.saved,
        name=named[0].username if named else "",
        likes=post.like_count,
        comments=post.comment_count,
        ring=ring,
    )
