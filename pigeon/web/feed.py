"""The feed: cached fragments, joined with what depends on the reader and the moment."""

from __future__ import annotations

from flask import render_template

from pigeon.domain.page import Page, PageRequest
from pigeon.domain.posts import Post
from pigeon.services import post_cards, timelines
from pigeon.services.timelines import Entry
from pigeon.web import fragments
from pigeon.web.fragments import Fragment
from pigeon.web.jinja import EAGERLY, LAZILY
from pigeon.web.moments import Moment, choose_zone

FIRST = 2
EAGER, LAZY = EAGERLY.encode(), LAZILY.encode()


def page_of(reader_id: int, request: PageRequest, language: str) -> Page[Entry]:
    return timelines.page(reader_id, request, fragments.body_key(language))


def cards(entries: list[Entry], reader_id: int, moment: Moment) -> bytes:
    """The feed's markup, newest first, in the language of `moment`."""
    found = fragments.complete(entries, moment.language)
    mine = {entry.post_id for entry in entries if entry.author_id == reader_id}
    return b"\n".join(
        [
            fragment.fill(_slots(fragment, number, fragment.post_id in mine, moment))
            for number, fragment in enumerate(found)
        ]
    )


def _slots(fragment: Fragment, number: int, is_mine: bool, moment: Moment) -> dict[bytes, bytes]:
    return {
        b"ago": _ago(fragment, moment),
        b"menu": fragment.own_menu if is_mine else fragment.other_menu,
        b"loading": EAGER if number < FIRST else LAZY,
    }


def _ago(fragment: Fragment, moment: Moment) -> bytes:
    """As the macro `moment`, which for ten cards would be the slowest part of a page."""
    at = fragment.published_at
    return (
        f'<time datetime="{at.isoformat()}" title="{moment.short(at)}"'
        f' data-behavior="time">{moment.ago(at)}</time>'
    ).encode()


def card_of(post: Post, language: str) -> str | bytes:
    """One card for its reader: the finished fragment, or the card of a post that is not ready."""
    if post.state != "published":
        return render_template("posts/_pending.html", post=post)
    card = post_cards.cards.one(int(post.id))
    if card is None:
        return ""
    fragment = fragments.decode(fragments.render(card, language))
    is_mine = post.viewer is not None and post.viewer.is_author
    moment = Moment.now(language, choose_zone())
    return fragment.fill(_slots(fragment, 0, is_mine, moment))
