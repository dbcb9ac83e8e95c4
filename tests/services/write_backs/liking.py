"""Likes of posts: acknowledged, shown and stored."""

from __future__ import annotations

from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import PostLike, PostModel
from pigeon.services import counts
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher
from tests.factories import Person

CRASHES = (
    "flush.read",
    "flush.stored",
    "flush.committed",
    "flush.shown",
    "flush.cleared",
)


class Crash(Exception):
    """Stands for the power cut: what the process still held is gone."""


def flush_all() -> None:
    while flusher.flush():
        pass


def like(person: Person, post_id: int, on: bool = True) -> int:
    return likes.set_liked(POSTS, post_id, by=person.id, on=on).like_count


def rows(post_id: int) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(PostLike.user_id).where(PostLike.post_id == post_id)))


def shown(post_id: int) -> int:
    return counts.of_posts([post_id])[post_id].like_count


def stored(post_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(PostModel.like_count).where(PostModel.id == post_id)) or 0
