"""Comments and replies."""

from __future__ import annotations

from dataclasses import dataclass

from pigeon.services.comments import changes
from tests.factories.people import Person, make_user
from tests.factories.posts import Posted


@dataclass(frozen=True, kw_only=True)
class Commented:
    """A comment of somebody; `parent_id` is a top comment, or None."""

    id: int
    post_id: int
    parent_id: int | None
    author: Person
    text: str


def make_comment(
    post: Posted,
    author: Person | None = None,
    *,
    text: str = "well said",
    answers: Commented | None = None,
) -> Commented:
    """A comment on a post, or with `answers` a reply to any comment of it."""
    author = author or make_user()
    made = changes.create(
        post.id, by=author.id, text=text, parent_id=answers.id if answers else None
    )
    return Commented(
        id=int(made.id),
        post_id=post.id,
        parent_id=int(made.parent_id) if made.parent_id else None,
        author=author,
        text=made.text,
    )
