"""Feed cards as cached HTML fragments, free of the viewer, with slots for what depends on them.

Whom a card names beside its author stands at its end. For a reader who must not meet one of them,
or where the release before wrote the card without that, it is rendered anew and not kept.

A fragment is a head, both menus, both hearts, and the pieces of the card between its slots,
separated by NUL (which no text of ours contains). The card is rendered by the same template on
every path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from flask import render_template
from flask_babel import force_locale
from markupsafe import Markup

from pigeon.cache import keys, leases
from pigeon.domain.comments import CommentCard
from pigeon.domain.posts import PostCard
from pigeon.extensions import settings
from pigeon.services.access.viewers import Viewer
from pigeon.services.comments import comments
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import posts
from pigeon.services.timelines.timelines import BodyKey, Entry

NUL = b"\0"
NAMED, END = b"<!--named ", b"-->"
"""Around whom a card names, at its end: a comment, which the release before shows and ignores."""
REMEMBERED = 2_048
PICTURE = re.compile(
    rb'<a class="post-avatar" href="/u/([^"]+)" tabindex="-1" aria-hidden="true">', re.ASCII
)
"""The link around the author's picture, as it is stored: it is the slot of their ring.

So what the release before writes and reads is as ever.
"""
SAVE = re.compile(rb'<button class="save-button".*?</button>', re.DOTALL)
"""The bookmark, as it is stored: of a post that is not saved. It is a slot in the same way."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """`pieces` alternate between markup and the names of slots, all as they go to the socket.

    `picture` is what goes into the slot `ring` when there is none.
    """

    post_id: int
    published_at: datetime
    named: frozenset[int] | None
    own_menu: bytes
    other_menu: bytes
    like: bytes
    liked: bytes
    save: bytes
    saved: bytes
    picture: bytes
    pieces: tuple[bytes, ...]

    def fill(self, slots: dict[bytes, bytes]) -> bytes:
        """The card for one reader."""
        pieces = list(self.pieces)
        pieces[1::2] = [slots[name] for name in pieces[1::2]]
        return b"".join(pieces)


def body_key(language: str) -> BodyKey:
    """The key of a publication's fragment in `language`, for the timeline's second trip."""
    prefix, suffix = post_cards.fragment_key(0, language).split(":0")
    return lambda publication_id: f"{prefix}:{publication_id}{suffix}"


def complete(entries: list[Entry], language: str, reader: Viewer) -> list[Fragment]:
    """A fragment for each entry; those the cache did not hold are rendered and filled."""
    missing = [entry for entry in entries if entry.body is None]
    rendered = _render_all(missing, language) if missing else {}
    found = []
    for entry in entries:
        if entry.body is not None:
            found.append(decode(entry.body))
        elif entry.publication_id in rendered:
            found.append(rendered[entry.publication_id])
    return _without_hidden(found, language, reader)


def _without_hidden(found: list[Fragment], language: str, reader: Viewer) -> list[Fragment]:
    """The same with those rendered anew that name somebody whom the reader must not meet."""
    blocked = reader.relations.apart.blocked
    stale = [
        fragment.post_id
        for fragment in found
        if blocked and (fragment.named is None or blocked & fragment.named)
    ]
    if not stale:
        return found
    cards = post_cards.cards.many(stale)
    fresh = {
        post_id: decode(render(card, previews_for(card, reader), language))
        for post_id, card in posts.without_hidden(cards, reader).items()
    }
    return [fresh.get(fragment.post_id, fragment) for fragment in found]


def previews_for(card: PostCard, reader: Viewer) -> list[CommentCard]:
    """The newest comments of a post that the reader may see."""
    newest = comments.previews([card.id]).get(card.id, [])
    return comments.without_hidden(newest, reader)


@lru_cache(maxsize=REMEMBERED)
def decode(data: bytes) -> Fragment:
    """What is stored, taken apart; remembered, for a post is read by many."""
    head, own_menu, other_menu, like, liked, *pieces = data.split(NUL)
    post_id, _, published_at = head.decode().partition(" ")
    pieces[-1], _, named = pieces[-1].partition(NAMED)
    before, picture, after = _cut_picture(pieces[0])
    save, rest = _cut_save(pieces[1:])
    return Fragment(
        post_id=int(post_id),
        published_at=datetime.fromisoformat(published_at),
        named=frozenset(map(int, named.removesuffix(END).split())) if named else None,
        own_menu=own_menu,
        other_menu=other_menu,
        like=like,
        liked=liked,
        save=save,
        saved=_pressed(save),
        picture=picture,
        pieces=(before, b"ring", after, *rest),
    )


def _cut_picture(head: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the author's picture, the link around it without a ring, and the rest."""
    found = PICTURE.search(head)
    if found is None:  # written by a release that drew it otherwise
        return head, b"", b""
    link = b'<a class="post-avatar ring" href="/u/%b" tabindex="-1" aria-hidden="true"'
    link += b' data-ring-user="%b">'
    name = found[1]
    return head[: found.start()], link % (name, name), head[found.end() :]


def _cut_save(pieces: list[bytes]) -> tuple[bytes, list[bytes]]:
    """The bookmark, and the pieces with a slot where it stands, behind that of the heart."""
    at = pieces.index(b"like") + 1
    found = SAVE.search(pieces[at])
    if found is None:  # written by a release that had none
        return b"", pieces
    before, after = pieces[at][: found.start()], pieces[at][found.end() :]
    return found[0], [*pieces[:at], before, b"save", after, *pieces[at + 1 :]]


def _pressed(save: bytes) -> bytes:
    """The bookmark of a post that is saved."""
    on = save.replace(b'aria-pressed="false"', b'aria-pressed="true"')
    return on.replace(b'/save" formmethod', b'/unsave" formmethod')


def render(card: PostCard, previews: list[CommentCard], language: str) -> bytes:
    """The fragment of a published post as it is stored; `previews` are its newest comments."""
    with force_locale(language):
        own = render_template("posts/_menu_own.html", post=card)
        other = render_template("posts/_menu_other.html", post=card, follows=True, is_member=True)
        likes = [render_template("likes/_post.html", post=card, liked=on) for on in (False, True)]
        html = render_template("posts/_card.html", post=card, previews=previews, slot=_slot)
    html += f"{NAMED.decode()}{' '.join(sorted(_named(card, previews)))}{END.decode()}"
    head = f"{card.id} {(card.published_at or card.created_at).isoformat()}"
    return NUL.join(part.encode() for part in (head, own, other, *likes, html))


def _named(card: PostCard, previews: list[CommentCard]) -> set[str]:
    """Ids of everybody whom the card shows beside its author."""
    shown = [*card.mentions, *(ref for one in previews for ref in (one.author, *one.mentions))]
    return {ref.id for ref in shown} - {card.author.id}


def _slot(name: str) -> Markup:
    return Markup(f"\0{name}\0")


def _render_all(entries: list[Entry], language: str) -> dict[int, Fragment]:
    names = {
        entry.publication_id: post_cards.fragment_key(entry.publication_id, language)
        for entry in entries
    }
    tokens = (
        {number: leases.try_take(name) for number, name in names.items()}
        if settings().cache
        else {}
    )
    cards = post_cards.cards.many(entry.post_id for entry in entries)
    previews = comments.previews(cards)
    found: dict[int, Fragment] = {}
    for entry in entries:
        card = cards.get(entry.post_id)
        if card is None:
            continue
        data = render(card, previews.get(card.id, []), language)
        found[entry.publication_id] = decode(data)
        if token := tokens.get(entry.publication_id):
            name = names[entry.publication_id]
            leases.try_fill_string(name, token, data, keys.FRAGMENT.ttl_s)
    return found
