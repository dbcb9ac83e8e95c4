"""The feed: cached fragments, joined with what depends on the reader and the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template

from pigeon.domain.page import Page, PageRequest
from pigeon.domain.posts import Post
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.likes import likers
from pigeon.services.likes.likers import Liker
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import posts
from pigeon.services.timelines import timelines
from pigeon.services.timelines.timelines import Entry
from pigeon.web.jinja import EAGERLY, LAZILY
from pigeon.web.moments import Moment, choose_zone
from pigeon.web.posts import fragments, tallies
from pigeon.web.posts.fragments import Fragment

FIRST = 2
EAGER, LAZY = EAGERLY.encode(), LAZILY.encode()


def page_of(reader: Viewer, request: PageRequest, language: str) -> Page[Entry]:
    return timelines.page(reader, request, fragments.body_key(language))


def cards(
    entries: list[Entry], found: Mapping[int, list[Liker]], reader: Viewer, moment: Moment
) -> bytes:
    """The feed's markup, newest first, in the language of `moment`; `found` are likers by post."""
    fragments_of = fragments.complete(entries, moment.language, reader)
    shown = _shown(entries, likers.visible(found, reader), reader.id or 0)
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
    name: str
    likes: int
    comments: int


def _shown(
    entries: list[Entry], found: Mapping[int, Sequence[Liker]], reader_id: int
) -> dict[int, Shown]:
    stored, followed = likers.facts_for(
        reader_id, {entry.post_id: found.get(entry.post_id, []) for entry in entries}
    )
    shown = {}
    for entry in entries:
        post_id, (count, comments) = entry.post_id, entry.counts
        named = likers.choose(found.get(post_id, []), reader_id, followed)
        liked = post_id in stored if entry.pending is None else bool(entry.pending)
        name = named[0][1] if named else ""
        shown[post_id] = Shown(entry.author_id == reader_id, liked, name, count, comments)
    return shown


def _slots(fragment: Fragment, number: int, shown: Shown, moment: Moment) -> dict[bytes, bytes]:
    post_id, language = fragment.post_id, moment.language
    likes = tallies.line_of_likes(post_id, shown.likes, shown.is_liked, shown.name, language)
    return {
        b"ago": _ago(fragment, moment),
        b"menu": fragment.own_menu if shown.is_mine else fragment.other_menu,
        b"loading": EAGER if number < FIRST else LAZY,
        b"like": fragment.liked if shown.is_liked else fragment.like,
        b"likes": likes.encode(),
        b"comments": tallies.line_of_comments(post_id, shown.comments, language).encode(),
    }


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
    return fragment.fill(_slots(fragment, 0, _shown_of(post), moment))


def _shown_of(post: Post) -> Shown:
    viewer = post.viewer
    named = viewer.liked_by if viewer else []
    return Shown(
        is_mine=viewer is not None and viewer.is_author,
        is_liked=viewer is not None and viewer.liked,
        name=named[0].username if named else "",
        likes=post.like_count,
        comments=post.comment_count,
    )
