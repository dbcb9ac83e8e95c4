"""Whatever names somebody or shows what is theirs agrees with all the rest, page by page.

ann wrote a post, commented and liked those of others, is named in them, and wrote to ben, who
answered. Each state of her and ben is looked at through every reader there is, with what caches
hold and without.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from pigeon.extensions import cache
from pigeon.services.follows import follows
from pigeon.services.likes import likes
from pigeon.services.messages import pictures
from pigeon.services.messages.checks import Content
from pigeon.services.messages.sending import send
from pigeon.services.relations import blocks, mutes
from pigeon.services.users import suspensions, users
from tests.factories import Person, Posted, make_comment, make_follow, make_post, make_user
from tests.factories.uploads import make_upload
from tests.harness.clients import Client
from tests.harness.context import in_app

pytestmark = pytest.mark.no_second_look

Shown = dict[str, set[str]]
"""What is found of ann, by reader."""


@dataclass(frozen=True)
class Town:
    """Browsers of ben and of nobody, and what they open."""

    app: Flask
    ann: Person
    ben: Person
    clients: dict[str, Client]
    pages: dict[str, str]
    marks: dict[str, re.Pattern[str]]

    def shown(self) -> Shown:
        return {name: self._found(name) for name in self.pages}

    def _found(self, name: str) -> set[str]:
        client = self.clients["nobody" if name.startswith("nobody: ") else "ben"]
        answer = client.get(self.pages[name])
        if answer.mimetype not in ("text/html", "application/json"):
            return {"picture"} if answer.status_code == 200 else set()
        text = answer.get_data(as_text=True)
        return {what for what, mark in self.marks.items() if mark.search(text)}


@pytest.fixture
def town(
    app: Flask,
    client_for: Callable[[Person], Client],
    anonymous: Client,
    drain: Callable[[], int],
) -> Town:
    ann = make_user("annunciata", display_name="Zebedea")
    ben, eve, cid = (make_user(name) for name in ("ben", "eve", "cid"))
    for follower, followee in ((ben, ann), (ben, eve), (ben, cid), (cid, ann), (ann, eve)):
        make_follow(follower, followee)
    hers = make_post(ann, caption="wombat #sky", images=1)
    eves = make_post(eve, caption="of @annunciata #sky")
    bens = make_post(ben, caption="mine")
    name = in_app(app, lambda: client_for(ann).get(f"/api/v1/posts/{hers.id}").get_json())
    picture = name["images"][0]["thumb_url"]
    said = [make_comment(post, ann, text="platypus") for post in (eves, bens)]
    top = make_comment(bens, eve, text="as @annunciata says")
    make_comment(bens, ann, text="platypus", answers=top)
    for post in (eves, bens):
        likes.set_liked(likes.POSTS, post.id, by=ann.id, on=True)
    likes.set_liked(likes.COMMENTS, top.id, by=ann.id, on=True)
    _write_to_each_other(ann, ben, hers)
    drain()
    sent = in_app(app, lambda: client_for(ben).api("GET", "/chats/annunciata/messages")[1])
    (sent_picture,) = [one["image"]["url"] for one in sent["items"] if one["image"]]
    pages = {
        "home": "/",
        "timeline": "/api/v1/timeline",
        "profile": "/u/annunciata",
        "hover card": "/u/annunciata/card",
        "user": "/api/v1/users/annunciata",
        "posts of a person": "/api/v1/users/annunciata/posts",
        "her post": f"/p/{hers.id}",
        "her post, opened": f"/p/{hers.id}?fragment=1",
        "her post as JSON": f"/api/v1/posts/{hers.id}",
        "her picture": picture,
        "a post that names her": f"/p/{eves.id}",
        "a post that names her, opened": f"/p/{eves.id}?fragment=1",
        "a post that names her as JSON": f"/api/v1/posts/{eves.id}",
        "comments": f"/api/v1/posts/{bens.id}/comments",
        "comments as a part": f"/p/{bens.id}/comments?fragment=1",
        "replies": f"/api/v1/comments/{top.id}/replies",
        "replies as a part": f"/comments/{top.id}/replies?fragment=1",
        "her comment": f"/comments/{said[0].id}?fragment=1",
        "around her comment": f"/p/{eves.id}?comment={said[0].id}",
        "likers": f"/api/v1/posts/{bens.id}/likers",
        "likers as a page": f"/p/{bens.id}/likers",
        "likers of a comment": f"/api/v1/comments/{top.id}/likers",
        "followers": "/api/v1/users/eve/followers",
        "followers as a page": "/u/eve/followers",
        "following": "/api/v1/users/cid/following",
        "following as a page": "/u/cid/following",
        "mutuals": "/api/v1/users/eve",
        "search": "/api/v1/search/users?q=zebe",
        "search as a page": "/people?q=zebe",
        "mention picker": "/api/v1/search/suggest?for=mention&q=annu",
        "tag": "/api/v1/tags/sky/posts",
        "tag as a page": "/tags/sky",
        "conversations": "/api/v1/chats",
        "conversations as a page": "/messages",
        "a conversation": "/api/v1/chats/annunciata",
        "its messages": "/api/v1/chats/annunciata/messages",
        "its messages, caught up": "/api/v1/chats/annunciata/messages?since=0",
        "a conversation as a page": "/messages/annunciata",
        "its messages as a part": "/messages/annunciata/rows",
        "partners": "/api/v1/chats/partners",
        "partners, by name": "/api/v1/chats/partners?q=zebe",
        "partners as a page": "/messages/new",
        "partners to send a post to": f"/p/{bens.id}/send",
        "her picture for ben": sent_picture,
        "notifications": "/api/v1/notifications",
        "notifications as a page": "/notifications",
        "notifications as a panel": "/notifications?fragment=panel",
        "nobody: landing": "/",
        "nobody: profile": "/u/annunciata",
        "nobody: her post": f"/p/{hers.id}",
        "nobody: her picture": picture,
        "nobody: tag": "/tags/sky",
    }
    marks = {
        "name": re.compile(r'Zebedea|/u/annunciata|"(username|from|to)": ?"annunciata"'),
        "post": re.compile(f'wombat|/p/{hers.id}["?#]'),
        "comment": re.compile("platypus"),
        "message": re.compile("quokka"),
        "picture": re.compile(re.escape(picture.rpartition("-")[0])),
    }
    return Town(app, ann, ben, {"ben": client_for(ben), "nobody": anonymous}, pages, marks)


def _write_to_each_other(ann: Person, ben: Person, hers: Posted) -> None:
    """She sends a picture, her post, and words."""
    send("annunciata", Content(text="hi"), by=ben.id, client_msg_id="1")
    image = pictures.add(make_upload(), by=ann.id)
    contents = (Content(media_id=int(image.id)), Content(post_id=hers.id), Content(text="quokka"))
    for number, said in enumerate(contents):
        send("ben", said, by=ann.id, client_msg_id=str(number))


def _turn_private(town: Town, *, keeps: bool) -> None:
    users.update_profile(town.ann.id, {"is_private": True})
    if not keeps:
        follows.remove_follower(town.ben.id, by=town.ann.id)


STATES: dict[str, Callable[[Town], object]] = {
    "blocked": lambda s: blocks.block(s.ben.id, by=s.ann.id),
    "blocking": lambda s: blocks.block(s.ann.id, by=s.ben.id),
    "suspended": lambda s: suspensions.suspend(s.ann.id),
    "private": lambda s: _turn_private(s, keeps=False),
    "private, followed": lambda s: _turn_private(s, keeps=True),
    "muted": lambda s: mutes.set_muted(s.ann.id, by=s.ben.id, of=["posts"], on=True),
}
OF_HER_POSTS = {
    "posts of a person",
    "her post",
    "her post, opened",
    "her post as JSON",
    "her picture",
}
"""They show nothing else."""
OF_FOLLOWS = {
    "mutuals",
    "partners",
    "partners, by name",
    "partners as a page",
    "partners to send a post to",
}
"""She is there because ben follows her."""
UNASKED = {"home", "timeline"}
OF_POSTS = {"post", "picture"}


def expected(state: str, before: Shown) -> Shown:
    """What each reader shows of ann then, of what it showed before."""
    return {name: _left(state, name, found) for name, found in before.items()}


def _left(state: str, name: str, found: set[str]) -> set[str]:
    is_nobodys, is_private = name.startswith("nobody: "), state.startswith("private")
    if state == "suspended" or (state in ("blocked", "blocking") and not is_nobodys):
        return set()
    if name == "her picture for ben":
        return found
    if is_private and is_nobodys:
        return {"name"} if name == "nobody: profile" else set()
    if state == "private":
        return set() if name in OF_HER_POSTS | OF_FOLLOWS else found - OF_POSTS
    return found - OF_POSTS if state == "muted" and name in UNASKED else found


@pytest.mark.parametrize("state", list(STATES))
def test_all_readers_agree(town: Town, drain: Callable[[], int], state: str) -> None:
    before = town.shown()
    assert {name for name, found in before.items() if not found} == set()
    in_app(town.app, STATES[state], town)
    if state == "suspended":
        drain()  # names on cards of others are taken off by a job
    wanted = expected(state, before)
    for moment in ("warm", "cold", "done"):
        assert _different(town.shown(), wanted) == {}, moment
        cache.client.flushdb()
        drain()


def _different(found: Shown, wanted: Shown) -> dict[str, Any]:
    """Readers that show something else: (too much, too little)."""
    return {
        name: (found[name] - wanted[name], wanted[name] - found[name])
        for name in wanted
        if found[name] != wanted[name]
    }
