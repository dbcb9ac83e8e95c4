"""How many notifications wait unseen: in the navigation, before the title, on the tab's icon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, g
from markupsafe import Markup

from pigeon.services.notifications import counts as notifications_counts
from pigeon.web.login import find_viewer
from pigeon.web.static import static_url

MOST = 99


@dataclass(frozen=True, kw_only=True)
class Badges:
    """`mark` goes into the navigation, `title` before the page's own; `icon` is an address."""

    mark: Markup
    title: str
    icon: str


SLOTS = Badges(mark=Markup("\0mark\0"), title="\0waiting\0", icon="\0icon\0")
"""For a frame that is rendered once for many moments."""


def of_viewer() -> Badges:
    """What this request's page shows; nothing for an anonymous reader."""
    if "unseen" not in g:
        viewer = find_viewer()
        g.unseen = notifications_counts.of_reader(viewer.user_id).unseen if viewer else 0
    return of_count(g.unseen)


def remember(unseen: int) -> None:
    """The count is known already, or changed since: no other question is asked for it."""
    g.unseen = unseen


def know_no_more() -> None:
    """From here on this request asks no store for the count: unknown is none."""
    g.setdefault("unseen", 0)


def of_count(unseen: int) -> Badges:
    return _of(min(unseen, MOST + 1))


@lru_cache(maxsize=MOST + 2)
def _of(count: int) -> Badges:
    words = f"{MOST}+" if count > MOST else str(count)
    macros = current_app.jinja_env.get_template("_ui/badge.html").module
    return Badges(
        mark=macros.badge("notifications", count),  # type: ignore[attr-defined]
        title=f"({words}) " if count else "",
        icon=static_url(f"img/{'favicon-unread' if count else 'favicon'}.svg"),
    )
