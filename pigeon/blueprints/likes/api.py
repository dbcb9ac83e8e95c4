"""Likes as JSON."""

from __future__ import annotations

from pigeon.domain.likes import Liked
from pigeon.domain.page import Page
from pigeon.domain.users import UserRow
from pigeon.services.likes import likers, likes
from pigeon.services.likes.likes import COMMENTS, POSTS, Kind
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.parsing import read_id, read_page

TAPS = (300, 60)


@access(MEMBERS, rate=TAPS)
@answers(Liked)
def like_post(post_id: str) -> Liked:
    return likes.set_liked(POSTS, read_id(post_id), by=get_viewer().user_id, on=True)


@access(MEMBERS, rate=TAPS)
@answers(Liked)
def unlike_post(post_id: str) -> Liked:
    return likes.set_liked(POSTS, read_id(post_id), by=get_viewer().user_id, on=False)


@access(MEMBERS, rate=TAPS)
@answers(Liked)
def like_comment(comment_id: str) -> Liked:
    return likes.set_liked(COMMENTS, read_id(comment_id), by=get_viewer().user_id, on=True)


@access(MEMBERS, rate=TAPS)
@answers(Liked)
def unlike_comment(comment_id: str) -> Liked:
    return likes.set_liked(COMMENTS, read_id(comment_id), by=get_viewer().user_id, on=False)


@access(MEMBERS)
@answers(Page[UserRow], query=LIST)
def list_of_post(post_id: str) -> Page[UserRow]:
    return _likers(POSTS, read_id(post_id))


@access(MEMBERS)
@answers(Page[UserRow], query=LIST)
def list_of_comment(comment_id: str) -> Page[UserRow]:
    return _likers(COMMENTS, read_id(comment_id))


def _likers(kind: Kind, target_id: int) -> Page[UserRow]:
    by = get_viewer().user_id
    kind.check(by, target_id)
    return likers.list_likers(kind, target_id, by, read_page(likers.cursor(kind, target_id)))
