"""The rows of the demo's talks agree with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from pigeon.demo.discussions import list_comments
from pigeon.demo.seeds import discussions
from pigeon.domain.page import PageRequest
from pigeon.extensions import db
from pigeon.models import CommentLike, CommentModel, PostLike, PostModel
from pigeon.services import counts
from pigeon.services.comments import comments
from tests.factories.people import Person
from tests.harness.clients import Client

pytestmark = pytest.mark.both_databases


def test_counts_are_those_of_the_rows(people: dict[str, Person]) -> None:
    counts.of_posts(list(db.session.scalars(select(PostModel.id))))  # caches hold the old ones
    discussions.fill()
    assert number_of(CommentModel) == len(list_comments())
    posts = list(db.session.scalars(select(PostModel.id)))
    shown = counts.of_posts(posts)
    assert {i: shown[i].like_count for i in posts if shown[i].like_count} == by(PostLike.post_id)
    said = by(CommentModel.post_id)
    assert {i: shown[i].comment_count for i in posts if shown[i].comment_count} == said
    ids = list(db.session.scalars(select(CommentModel.id)))
    below = counts.of_comments(ids)
    assert {i: below[i].like_count for i in ids if below[i].like_count} == by(
        CommentLike.comment_id
    )
    replies = {i: below[i].reply_count for i in ids if below[i].reply_count}
    assert replies == by(CommentModel.parent_id)


def test_pages_show_the_talk(
    people: dict[str, Person], client_for: Callable[[Person], Client]
) -> None:
    discussions.fill()
    longest = by(CommentModel.post_id).most_common(1)[0][0]
    reader = people["minji.kim"]
    request = PageRequest(limit=50)
    page = comments.list_of_post(longest, reader.id, request)
    assert [int(one.id) for one in page.items] == sorted(
        (int(one.id) for one in page.items), reverse=True
    )
    assert page.items[0].text in client_for(reader).get(f"/p/{longest}").text


def number_of(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def by(column: object) -> Counter[int]:
    rows = db.session.execute(
        select(column, func.count()).where(column.is_not(None)).group_by(column)
    )
    return Counter({row[0]: row[1] for row in rows})
