"""How much waits for the reader: in the navigation, before the title, on the tab's icon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, g
from markupsafe import Markup

from pigeon.cache.trips import trip
from pigeon.services.messages import unread as messages_unread
from pigeon.services.notifications import counts as notifications_counts
from pigeon.web.login import this_viewer
from pigeon.web.static import static_url

MOST = 99


@dataclass(frozen=True, kw_only=True)
class Badges:
    """What stands in the navigation, by what is counted; `top` are messages in the bar of phones.

    `title`, of both together, goes before the page's own; `icon` is an address.
    """

    notifications: Markup
    messages: Markup
    top: Markup
    title: str
    icon: str


SLOTS = Badges(
    notifications=Markup("\0notifications\0"),
    messages=Markup("\0messages\0"),
    top=Markup("\0top\0"),
    title="\0waiting\0",
    icon="\0icon\0",
)
"""For a frame that is rendered once for many moments."""


def of_viewer() -> Badges:
    """What this request's page shows; nothing for an anonymous reader."""
    if "unseen" not in g or "unread" not in g:
        _ask()
    return of_counts(g.unseen, g.unread)


def _ask() -> None:
    viewer = this_viewer()
    if viewer.id is None:
        return know_no_more()
    counted, unread, _ = trip(
        notifications_counts.counts.read([viewer.id]),
        messages_unread.read_for_page(viewer),
        viewer.relations.read_apart(),
    )
    known = counted.get(viewer.id)
    g.setdefault("unseen", known.unseen if known else 0)
    g.setdefault("unread", messages_unread.total(unread, viewer))
    return None


def remember(*, unseen: int | None = None, unread: int | None = None) -> None:
    """A count is known already, or changed since: no other question is asked for it."""
    if unseen is not None:
        g.unseen = unseen
    if unread is not None:
        g.unread = unread


def know_no_more() -> None:
    """From here on this request asks no store for the counts: unknown is none."""
    g.setdefault("unseen", 0)
    g.setdefault("unread", 0)


def of_counts(unseen: int, unread: int) -> Badges:
    """Of unseen notifications and unread messages."""
    return _of(min(unseen, MOST + 1), min(unread, MOST + 1))


@lru_cache(maxsize=1_024)
def _of(unseen: int, unread: int) -> Badges:
    macros = current_app.jinja_env.get_template("_ui/badge.html").module
    waiting = min(unseen + unread, MOST + 1)
    return Badges(
        notifications=macros.badge("notifications", unseen),  # type: ignore[attr-defined]
        messages=macros.badge("messages", unread),  # type: ignore[attr-defined]
        top=macros.echo(unread),  # type: ignore[attr-defined]
        title=f"({_words(waiting)}) " if waiting else "",
        icon=static_url(f"img/{'favicon-unread' if waiting else 'favicon'}.svg"),
    )


def _words(count: int) -> str:
    return f"{MOST}+" if count > MOST else str(count)
