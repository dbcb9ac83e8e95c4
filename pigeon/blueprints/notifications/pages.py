"""Pages of notifications: the list, what a click on a row does, and clearing it."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from pigeon.blueprints.notifications.api import SWEEPS, TAPS
from pigeon.domain.notifications import Notification
from pigeon.domain.page import Page
from pigeon.services.notifications import notifications
from pigeon.web import badges
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.notifications import rows
from pigeon.web.notifications.sentences import read_kinds
from pigeon.web.parsing import read_id, read_page, read_query
from pigeon.web.paths import referring_path
from pigeon.web.requests import is_visit

TEMPLATES = {"panel": "notifications/_panel.html", "items": "notifications/_items.html"}


@access(MEMBERS)
def show() -> ResponseReturnValue:
    """The page; for scripts the fragments `panel`, `items`, and `requests`, who asks to follow.

    Opening the list, not reading on in it, clears the badge, also without JavaScript.
    """
    reader_id = get_viewer().user_id
    fragment = read_query("fragment")
    if fragment == "requests":
        return render_template("notifications/_requests.html", asking=rows.asking(reader_id))
    kinds = read_kinds()
    asked = read_page(notifications.list_name(reader_id, kinds))
    page = notifications.list_of(reader_id, asked, kinds)
    if asked.before is None and fragment != "items" and is_visit():
        _clear_badge(reader_id)
    return _render(page, kinds, fragment, is_first=asked.before is None)


def _clear_badge(reader_id: int) -> None:
    if notifications.counts_of(reader_id).unseen:
        notifications.mark_seen(reader_id)
    badges.remember(unseen=0)


def _render(
    page: Page[Notification], kinds: tuple[str, ...], fragment: str, *, is_first: bool
) -> str:
    viewer = get_viewer()
    context = rows.context(
        page, kinds, reader_id=viewer.user_id, zone=viewer.time_zone, is_first=is_first
    )
    template = TEMPLATES.get(fragment, "notifications/notifications.html")
    unread = notifications.counts_of(viewer.user_id).unread
    return render_template(template, is_panel=fragment == "panel", unread=unread, **context)


@access(MEMBERS)
def open_one(notification_id: str) -> ResponseReturnValue:
    """Mark it read and lead to the place, so that a click works without JavaScript."""
    reader_id = get_viewer().user_id
    found = notifications.get(read_id(notification_id), reader_id)
    if is_visit():
        notifications.mark_read(int(found.id), by=reader_id)
    return redirect(rows.link_of(found))


@access(MEMBERS, rate=TAPS)
def read_one(notification_id: str) -> ResponseReturnValue:
    notifications.mark_read(read_id(notification_id), by=get_viewer().user_id)
    return _back()


@access(MEMBERS, rate=SWEEPS)
def read_all() -> ResponseReturnValue:
    notifications.mark_all_read(get_viewer().user_id)
    return _back()


@access(MEMBERS, rate=TAPS)
def delete_one(notification_id: str) -> ResponseReturnValue:
    notifications.remove(read_id(notification_id), by=get_viewer().user_id)
    return _back()


@access(MEMBERS)
def show_delete_all() -> ResponseReturnValue:
    return render_template("notifications/delete.html")


@access(MEMBERS, rate=SWEEPS)
def delete_all() -> ResponseReturnValue:
    notifications.remove_all(get_viewer().user_id)
    return redirect(rows.PATH, 303)


def _back() -> ResponseReturnValue:
    return redirect(referring_path(rows.PATH), 303)
