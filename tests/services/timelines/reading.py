"""Timelines as their readers find them, and posts to stand in them."""

from __future__ import annotations

from pigeon.domain.clock import utc_now
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import PostModel, PublicationModel
from pigeon.services import access
from pigeon.services.posts import cards as post_cards
from pigeon.services.timelines import timelines
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, Posted


def fragment(number: int) -> str:
    return post_cards.fragment_key(number, "en")


def read(reader: Person, limit: int = 30, before: int | None = None) -> list[int]:
    page = timelines.page(
        access.viewer(reader.id), PageRequest(before=before, limit=limit), fragment
    )
    return [entry.publication_id for entry in page.items]


def plain(reader: Person) -> list[int]:
    return timelines.plain(reader.id, None, 10_000)


def numbers(made: list[Posted]) -> list[int]:
    """Their publications, newest first."""
    return sorted((post.publication_id or 0 for post in made), reverse=True)


def many_posts(author: Person, count: int) -> list[Posted]:
    """Published posts as rows, in no list and told to nobody: lists must be cold."""
    made = []
    with unit_of_work():
        for number in range(count):
            post = PostModel(
                author_id=author.id, state="published", caption=f"{number}", created_at=utc_now()
            )
            db.session.add(post)
            db.session.flush()
            row = PublicationModel(
                post_id=post.id, author_id=author.id, delivery="push", published_at=utc_now()
            )
            db.session.add(row)
            db.session.flush()
            made.append(
                Posted(id=post.id, publication_id=row.id, author=author, caption="", image_ids=[])
            )
    return made
