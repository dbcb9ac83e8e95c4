"""People as JSON."""

from __future__ import annotations

from pigeon.domain.page import Page
from pigeon.domain.posts import Post
from pigeon.domain.users import User, UserRow
from pigeon.services.follows import follows
from pigeon.services.posts import posts
from pigeon.services.users import users
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, READERS, access
from pigeon.web.login import get_viewer, viewer_id
from pigeon.web.parsing import read_page


@access(READERS)
@answers(User)
def show(username: str) -> User:
    return users.get(username, viewer_id())


@access(MEMBERS)
@answers(Page[UserRow], query=LIST)
def list_followers(username: str) -> Page[UserRow]:
    card = users.get_open_card(username, viewer_id())
    page = follows.list_followers(card.id, viewer_id(), read_page(f"followers-{card.id}"))
    return page.map(lambda ids: users.rows(ids, viewer_id()))


@access(MEMBERS)
@answers(Page[UserRow], query=LIST)
def list_following(username: str) -> Page[UserRow]:
    card = users.get_open_card(username, viewer_id())
    page = follows.list_following(card.id, viewer_id(), read_page(f"following-{card.id}"))
    return page.map(lambda ids: users.rows(ids, viewer_id()))


@access(READERS)
@answers(Page[Post], query=LIST)
def list_posts(username: str) -> Page[Post]:
    card = users.get_open_card(username, viewer_id())
    return posts.list_of_author(card.id, viewer_id(), read_page(f"posts-{card.id}"))


def _id_of(username: str) -> int:
    return users.get_card(username, viewer_id()).id


@access(MEMBERS, rate=(200, 3_600))
@answers(User)
def follow(username: str) -> User:
    follows.follow(_id_of(username), by=get_viewer().user_id)
    return users.get(username, viewer_id())


@access(MEMBERS, rate=(400, 3_600))
@answers(User)
def unfollow(username: str) -> User:
    follows.unfollow(_id_of(username), by=get_viewer().user_id)
    return users.get(username, viewer_id())


@access(MEMBERS, rate=(400, 3_600))
@answers(User)
def set_bell(username: str) -> User:
    follows.set_bell(_id_of(username), by=get_viewer().user_id, on=True)
    return users.get(username, viewer_id())


@access(MEMBERS, rate=(400, 3_600))
@answers(User)
def remove_bell(username: str) -> User:
    follows.set_bell(_id_of(username), by=get_viewer().user_id, on=False)
    return users.get(username, viewer_id())
