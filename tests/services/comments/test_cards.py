"""Cards of comments, and the two newest on the card of their post."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import CommentMention
from pigeon.services.comments import changes as comments_changes
from pigeon.services.comments import comments
from pigeon.services.users import users
from tests.factories import make_comment, make_post, make_user
from tests.harness.discussions import assert_counts_are_rows, listed, texts


def test_the_job_of_a_comment_mends_what_caches_were_not_told(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post()
    top = make_comment(post, text="before")
    listed(post)
    comments.previews([post.id])
    with monkeypatch.context() as deaf:
        deaf.setattr(comments_changes, "_evict", lambda *_: None)
        comments_changes.edit(top.id, by=top.author.id, text="after")
        make_comment(post, answers=top)
        assert texts(listed(post)) == ["before"]
    drain()
    assert texts(listed(post)) == ["after"]
    assert [card.text for card in comments.previews([post.id])[post.id]] == ["after"]
    assert_counts_are_rows()


@pytest.mark.both_modes
def test_a_card_shows_the_two_newest_comments(app: Flask, mode: str) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post, quiet = make_post(ann), make_post(ann)

    def previewed() -> list[str]:
        return [card.text for card in comments.previews([post.id, quiet.id])[post.id]]

    assert previewed() == []
    one, two, three = (make_comment(post, ben, text=text) for text in ("one", "two", "three"))
    make_comment(post, ann, text="a reply", answers=three)
    assert previewed() == ["three", "two"]
    comments_changes.edit(two.id, by=ben.id, text="zwei")
    assert previewed() == ["three", "zwei"]
    comments_changes.remove(three.id, by=ben.id)
    assert previewed() == ["zwei", "one"]
    comments_changes.remove(one.id, by=ben.id)
    assert previewed() == ["zwei"]
    assert comments.previews([post.id, quiet.id])[quiet.id] == []


def test_only_the_person_that_a_text_means_is_named_and_told(app: Flask) -> None:
    annq, see = make_user("annq"), make_user("annq.see")
    post = make_post(make_user("ann"))
    whole = make_comment(post, make_user("cat"), text="@annq.See you")
    row = db.session.scalars(select(CommentMention)).one()
    assert (row.comment_id, row.user_id, row.handle) == (whole.id, see.id, "annq.see")
    early = make_comment(post, make_user("dan"), text="@annq.You see")
    rows = select(CommentMention.user_id).where(CommentMention.comment_id == early.id)
    assert list(db.session.scalars(rows)) == [annq.id]


def test_a_new_name_shows_in_comments_and_where_they_mention(
    app: Flask, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    mine, named = make_comment(post, ben), make_comment(post, ann, text="hi @ben")
    listed(post)
    comments.previews([post.id])
    users.update_profile(ben.id, {"display_name": "Benjamin"})
    drain()
    assert comments.get(mine.id, None).author.display_name == "Benjamin"
    assert comments.get(named.id, None).mentions[0].display_name == "Benjamin"
    previews = comments.previews([post.id])[post.id]
    assert [card.author.display_name for card in previews] == ["Ann", "Benjamin"]
