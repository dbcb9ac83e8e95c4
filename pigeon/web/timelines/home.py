"""The home page: a frame rendered once per reader and process, joined with what changes.

Rendering the frame costs more than everything else of the page together. Both ways to a page, the
joined one and the plain template, give the same bytes; a test holds them to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import render_template, session
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from pigeon.cache import keys, trips
from pigeon.cache.look_aside import cached
from pigeon.cache.trips import trip
from pigeon.domain.page import Page, PageRequest
from pigeon.domain.posts import Post
from pigeon.domain.sessions import SessionUser
from pigeon.domain.users import Suggestion, UserRef
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.likes import likers
from pigeon.services.messages import unread as messages_unread
from pigeon.services.notifications import counts as notifications_counts
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import posts
from pigeon.services.stories.tray import Tray
from pigeon.services.suggestions import suggestions
from pigeon.services.timelines import checklist, sidebar
from pigeon.services.timelines.timelines import Entry
from pigeon.services.users import users
from pigeon.web import badges
from pigeon.web.moments import Moment
from pigeon.web.stories import trays
from pigeon.web.timelines import feed

FIRST_SUGGESTED = 8
THUMBS = 3
LOOKED_AT = 6
FRAMES = 512
SLOT = b"\0"
CARDS, CURSOR, TOKEN, CHECKLIST, ASIDE, TRAY = (
    f"\0{name}\0" for name in ("cards", "cursor", "token", "checklist", "aside", "tray")
)


@dataclass(frozen=True, kw_only=True)
class Sidebar:
    """What stands around the feed, as markup; "" for who needs no first steps any more.

    Void as soon as somebody withdrew after `departed`.
    """

    departed: str
    checklist: str
    aside: str


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What stands in the frame of a page, as markup; `tray` and `checklist` on the first one."""

    cards: bytes
    page: Page[Entry]
    tray: bytes
    checklist: str
    aside: str


@cached(keys.SIDEBAR, Sidebar)
def sidebars(wanted: list[str]) -> dict[str, Sidebar]:
    """By `<reader id>:<language>`, in the language of the present request."""
    return {key: _sidebar(int(key.partition(":")[0])) for key in wanted}


def _sidebar(reader_id: int) -> Sidebar:
    suggested = suggestions.page(reader_id, PageRequest(limit=FIRST_SUGGESTED)).items
    steps = checklist.find(reader_id, len(suggested))
    context = {
        "me": users.refs([reader_id])[reader_id],
        "steps": steps,
        "suggestions": suggested,
        "pictured": _pictured(suggested, reader_id) if steps else {},
    }
    return Sidebar(
        departed=sidebar.departures.one("") or "",
        checklist=render_template("timelines/_checklist.html", **context) if steps else "",
        aside=render_template("timelines/_sidebar.html", **context),
    )


def _pictured(suggested: list[Suggestion], reader_id: int) -> dict[str, list[Post]]:
    """By person, a few posts that show the reader what following them would bring."""
    newest = posts.newest_of([int(one.id) for one in suggested], reader_id, each=LOOKED_AT)
    shown: dict[str, list[Post]] = {one.id: [] for one in suggested}
    for post in newest:
        if post.images and post.images[0].thumb_url and len(shown[post.author.id]) < THUMBS:
            shown[post.author.id].append(post)
    return shown


def render(viewer: SessionUser, asked: PageRequest) -> str | bytes:
    """The whole page."""
    language, reader = viewer.language, access.viewer(viewer.user_id, viewer.role)
    reading = Tray(reader)
    page, pending = _read(reader, asked, language, reading)
    key = f"{viewer.user_id}:{language}"
    sidebars_of, departed, counted, unread, liked_by, _ = trip(
        sidebars.read([key]),
        sidebar.departures.read([""]),
        notifications_counts.counts.read([viewer.user_id]),
        messages_unread.read_for_page(reader),
        likers.newest.read(entry.post_id for entry in page.items),
        reading.read_stories(),
    )
    unseen = counted[viewer.user_id].unseen if counted else 0
    badges.remember(unseen=unseen, unread=messages_unread.total(unread, reader))
    around = sidebars_of[key]
    if around.departed != departed.get(""):
        sidebars.evict(key)
        around = sidebars.one(key) or around
    moment = Moment.now(language, viewer.time_zone)
    cards = feed.cards(page.items, liked_by, reader, moment, reading)
    parts = Parts(
        cards=cards,
        page=page,
        tray=trays.render(reading, viewer.ref, language) if asked.before is None else b"",
        checklist=around.checklist if asked.before is None else "",
        aside=around.aside,
    )
    if pending or not cards or "_flashes" in session:
        return _plain(parts, pending)
    return _joined(viewer, language, parts)


def render_feed(viewer: SessionUser, asked: PageRequest) -> str:
    """The feed alone, for scripts."""
    language, reader = viewer.language, access.viewer(viewer.user_id, viewer.role)
    reading = Tray(reader)
    page, pending = _read(reader, asked, language, reading)
    liked_by, _ = trip(
        likers.newest.read(entry.post_id for entry in page.items), reading.read_stories()
    )
    moment = Moment.now(language, viewer.time_zone)
    cards = feed.cards(page.items, liked_by, reader, moment, reading)
    return render_template(
        "timelines/_feed.html",
        cards=Markup(cards.decode()),
        page=page,
        pending=pending,
        checklist="",
    )


def _read(
    reader: Viewer, asked: PageRequest, language: str, reading: Tray
) -> tuple[Page[Entry], list[Post]]:
    """A page of the timeline, and above the first the reader's own posts that are not published.

    What waits is asked before the timeline, and one that is published between the two is neither:
    then the timeline is read once more.
    """
    me, found = reader.id or 0, dict[int, list[int]]()
    waiting = trips.then(post_cards.pending.read([me]), found.update)
    page = feed.page_of(reader, asked, language, waiting, reading.read_authors())
    ids = found[me] if me in found else post_cards.pending.one(me)
    if asked.before is not None or not ids:
        return page, []
    pending = posts.list_pending(me)
    shown = {int(post.id) for post in pending} | {entry.post_id for entry in page.items}
    if not shown.issuperset(ids):
        page = feed.page_of(reader, asked, language, reading.read_authors())
    return page, pending


def _plain(parts: Parts, pending: list[Post]) -> str:
    return render_template(
        "timelines/home.html",
        cards=Markup(parts.cards.decode()),
        page=parts.page,
        pending=pending,
        tray=Markup(parts.tray.decode()),
        checklist=Markup(parts.checklist),
        aside=Markup(parts.aside),
    )


def _joined(viewer: SessionUser, language: str, parts: Parts) -> bytes:
    pieces = list(_frame(viewer.ref, language, viewer.theme, parts.page.next is not None))
    shown = badges.of_viewer()
    values = {
        b"notifications": shown.notifications.encode(),
        b"messages": shown.messages.encode(),
        b"top": shown.top.encode(),
        b"waiting": shown.title.encode(),
        b"icon": shown.icon.encode(),
        b"cards": parts.cards,
        b"cursor": (parts.page.next or "").encode(),
        b"token": _token(),
        b"tray": parts.tray,
        b"checklist": parts.checklist.encode(),
        b"aside": parts.aside.encode(),
    }
    pieces[1::2] = [values[name] for name in pieces[1::2]]
    return b"".join(pieces)


def _token() -> bytes:
    """The signed token of this browser: to sign it for each page costs as much as a trip."""
    raw = session.get("csrf_token")
    return _signed(raw) if raw else str(generate_csrf()).encode()


@lru_cache(maxsize=FRAMES)
def _signed(_raw: str) -> bytes:
    return str(generate_csrf()).encode()


@lru_cache(maxsize=FRAMES)
def _frame(_me: UserRef, _language: str, _theme: str, has_more: bool) -> Sequence[bytes]:
    """The page of a reader in pieces, between the names of its slots."""
    html = render_template(
        "timelines/home.html",
        cards=Markup(CARDS),
        page=Page(items=[CARDS], next=CURSOR if has_more else None),
        pending=[],
        tray=Markup(TRAY),
        checklist=Markup(CHECKLIST),
        aside=Markup(ASIDE),
        csrf_token=TOKEN,
        badges=lambda: badges.SLOTS,
    )
    return tuple(html.encode().split(SLOT))
