"""Pages of people: profile and lists; every button is a form first."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from pigeon.domain.errors import NotFound
from pigeon.domain.page import Page, PageRequest
from pigeon.domain.posts import Post
from pigeon.domain.users import Suggestion, User
from pigeon.services import presence
from pigeon.services.access.users import may_see_posts_of
from pigeon.services.access.viewers import Viewer
from pigeon.services.follows import follows
from pigeon.services.posts import posts
from pigeon.services.saves import saves
from pigeon.services.suggestions import suggestions
from pigeon.services.users import users
from pigeon.web.guards import MEMBERS, READERS, access
from pigeon.web.login import get_viewer, this_viewer, viewer_id
from pigeon.web.parsing import read_page, read_query
from pigeon.web.paths import referring_path
from pigeon.web.posts.open_graph import card_of_user
from pigeon.web.stories import rings

GRID = 24
GLANCE = 3
LOOKED_AT = 9
ROWS = 40
SUGGESTED = 10


@access(READERS)
def show(username: str) -> ResponseReturnValue:
    """Of a private person only the head, for who does not follow them."""
    viewer = this_viewer()
    card = users.get_card(username, viewer)
    user = users.profile(card, viewer)
    is_open = may_see_posts_of(viewer, card)
    asked = read_page(f"posts-{card.id}", default=GRID)
    page = posts.list_of_author(card.id, viewer, asked) if is_open else Page(items=[], next=None)
    rings.ask(viewer, [card.id])
    return render_template(
        "users/profile.html",
        user=user,
        page=page,
        is_open=is_open,
        of_saved=False,
        suggestions=_beside(user, viewer) if read_query("suggested") else [],
        open_graph=card_of_user(card),
        **_presence(card.id, viewer),
    )


def _beside(user: User, viewer: Viewer) -> list[Suggestion]:
    """Others to follow, once this person is followed or asked."""
    if viewer.id is None or user.viewer is None or user.viewer.follow == "none":
        return []
    return suggestions.page(viewer.id, PageRequest(limit=SUGGESTED)).items


@access(MEMBERS)
def show_saved(username: str) -> ResponseReturnValue:
    """What a person keeps is theirs: nobody else has such a page."""
    viewer = this_viewer()
    card = users.get_card(username, viewer)
    if card.id != viewer.id:
        raise NotFound
    asked = read_page(saves.cursor(card.id), default=GRID)
    rings.ask(viewer, [card.id])
    return render_template(
        "users/profile.html",
        user=users.profile(card, viewer),
        page=saves.list_of(card.id, asked),
        is_open=True,
        of_saved=True,
        suggestions=[],
        open_graph=None,
        **_presence(card.id, viewer),
    )


def _presence(user_id: int, viewer: Viewer) -> dict[str, Any]:
    """What the viewer may know of somebody's presence; of one's own, what one chose."""
    chosen = presence.chosen_of(user_id) if viewer.id == user_id else None
    known = {} if viewer.id is None or chosen else presence.of([user_id], viewer)
    return {"presence": known.get(user_id), "chosen": chosen}


@access(READERS)
def show_card(username: str) -> ResponseReturnValue:
    """For scripts: the person at a glance, with the newest pictures that the viewer may see."""
    viewer = this_viewer()
    card = users.get_card(username, viewer)
    user = users.profile(card, viewer)
    pictured = _newest_pictured(card.id, viewer) if may_see_posts_of(viewer, card) else []
    rings.ask(viewer, [card.id])
    return render_template("users/_card.html", user=user, posts=pictured)


def _newest_pictured(user_id: int, viewer: Viewer) -> list[Post]:
    newest = posts.list_of_author(user_id, viewer, PageRequest(limit=LOOKED_AT)).items
    return [post for post in newest if post.images and post.images[0].thumb_url][:GLANCE]


@access(MEMBERS)
def list_followers(username: str) -> ResponseReturnValue:
    return _list(username, "followers")


@access(MEMBERS)
def list_following(username: str) -> ResponseReturnValue:
    return _list(username, "following")


def _list(username: str, kind: str) -> str:
    card = users.get_open_card(username, viewer_id())
    read = follows.list_followers if kind == "followers" else follows.list_following
    asked = read_page(f"{kind}-{card.id}", default=ROWS)
    page = read(card.id, viewer_id(), asked).map(lambda ids: users.rows(ids, viewer_id()))
    user = users.profile(card, viewer_id())
    rings.ask(this_viewer(), (row.id for row in page.items))
    return render_template("follows/list.html", user=user, page=page, kind=kind)


def _id_of(username: str) -> int:
    return users.get_card(username, viewer_id()).id


@access(MEMBERS, rate=(200, 3_600))
def follow(username: str) -> ResponseReturnValue:
    """From a profile back to it, where others are suggested then."""
    follows.follow(_id_of(username), by=get_viewer().user_id)
    if referring_path("").partition("?")[0] == f"/u/{username}":
        return redirect(f"/u/{username}?suggested=true#suggested", 303)
    return _back(username)


@access(MEMBERS, rate=(400, 3_600))
def unfollow(username: str) -> ResponseReturnValue:
    follows.unfollow(_id_of(username), by=get_viewer().user_id)
    return _back(username)


@access(MEMBERS, rate=(400, 3_600))
def bell(username: str) -> ResponseReturnValue:
    follows.set_bell(_id_of(username), by=get_viewer().user_id, on=True)
    return _back(username)


@access(MEMBERS, rate=(400, 3_600))
def unbell(username: str) -> ResponseReturnValue:
    follows.set_bell(_id_of(username), by=get_viewer().user_id, on=False)
    return _back(username)


def _back(username: str) -> ResponseReturnValue:
    return redirect(referring_path(f"/u/{username}"), 303)
