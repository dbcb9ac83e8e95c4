"""The list of notifications as its page shows it: in sections, by filters, with follow buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pigeon.domain.clock import utc_now
from pigeon.domain.notifications import Notification
from pigeon.domain.page import Page, PageRequest
from pigeon.domain.users import UserRef, UserRow
from pigeon.services.follows import requests
from pigeon.services.notifications.source import LIST
from pigeon.services.notifications.sources import FILTERS, kinds_of
from pigeon.services.notifications.sources.follows import FOLLOW_REQUEST
from pigeon.services.users import users
from pigeon.web.login import this_viewer
from pigeon.web.stories import rings

PATH = LIST
SECTIONS = ("new", "today", "week", "earlier")
WEEK = timedelta(days=7)
FACES = 2


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks to follow the reader: how many, and the newest of them."""

    count: int = 0
    people: list[UserRef] = field(default_factory=list)


def context(
    page: Page[Notification], kinds: Sequence[str], *, reader_id: int, zone: str, is_first: bool
) -> dict[str, Any]:
    """What the templates of a list need; on the first page what is unseen stands on top."""
    people = _people(page.items, reader_id)
    rings.ask(this_viewer(), (face.id for item in page.items for face in item.actors[:FACES]))
    shows_asking = is_first and (not kinds or FOLLOW_REQUEST.kind in kinds)
    return {
        "page": page,
        "sections": sections(page.items, zone, is_first=is_first),
        "people": people,
        "open_requests": _open_requests(page.items, people, reader_id),
        "asking": asking(reader_id) if shows_asking else Asking(),
        "kinds": kinds,
        "path": path_of(kinds),
        "filters": _filters(kinds),
    }


def asking(reader_id: int) -> Asking:
    """The section on top of the list."""
    newest = requests.list_of(reader_id, PageRequest(limit=FACES)).items
    if not newest:
        return Asking()
    people = list(users.refs(newest).values())
    return Asking(count=requests.count_of(reader_id), people=people)


def _open_requests(
    items: list[Notification], people: dict[str, UserRow], reader_id: int
) -> set[str]:
    """Ids of notifications of requests that can be answered still."""
    asked = {
        item.id: int(people[item.id].id)
        for item in items
        if item.kind == FOLLOW_REQUEST.kind and item.id in people
    }
    waiting = requests.asking_among(reader_id, list(asked.values()))
    return {item_id for item_id, user_id in asked.items() if user_id in waiting}


def _filters(kinds: Sequence[str]) -> list[tuple[str, str, bool]]:
    """The tabs as (title, path, whether it is the one that is open); "All" is not one of them."""
    tabs = ((tab.title, kinds_of(tab)) for tab in FILTERS)
    return [(title, path_of(chosen), set(chosen) == set(kinds)) for title, chosen in tabs]


def path_of(kinds: Sequence[str]) -> str:
    query = urlencode([("kind", kind) for kind in kinds])
    return f"{PATH}?{query}" if query else PATH


def link_of(item: Notification) -> str:
    """The exact place; the link of a comment asks for the page of comments that holds it."""
    if not item.is_available:
        return PATH
    return item.href.replace("#comment-", f"?comment={item.subject.id}#comment-")


def sections(
    items: list[Notification], zone: str, *, is_first: bool
) -> list[tuple[str, list[Notification]]]:
    """The rows under the names of their sections, the order within each kept."""
    today = utc_now().astimezone(ZoneInfo(zone)).date()

    def name_of(item: Notification) -> str:
        if is_first and not item.seen:
            return "new"
        day = item.created_at.astimezone(ZoneInfo(zone)).date()
        if day >= today:
            return "today"
        return "week" if day > today - WEEK else "earlier"

    ordered = sorted(items, key=lambda item: SECTIONS.index(name_of(item)))
    return [(name, list(found)) for name, found in groupby(ordered, name_of)]


def _people(items: list[Notification], reader_id: int) -> dict[str, UserRow]:
    """By notification that leads to a person: that person, and how the reader relates to them."""
    newest = {
        item.id: int(item.actors[0].id)
        for item in items
        if item.subject.kind == "user" and item.actors and item.is_available
    }
    rows = {int(row.id): row for row in users.rows(list(set(newest.values())), reader_id)}
    return {item_id: rows[user_id] for item_id, user_id in newest.items() if user_id in rows}
