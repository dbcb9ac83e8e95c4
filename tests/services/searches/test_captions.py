"""Captions are found by their words, for who may see the post, from the moment it is published."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, select

from pigeon.domain.page import PageRequest, read_cursor
from pigeon.extensions import db, state
from pigeon.models import CaptionPiece, PostModel
from pigeon.services.follows import follows, requests
from pigeon.services.posts import changes, pieces, posts
from pigeon.services.relations import blocks
from pigeon.services.searches import captions
from pigeon.services.users import suspensions
from tests.factories import Person, make_post, make_user
from tests.harness.rows import count

KIND = "captions"


def found(q: str, viewer: Person | None, **request: int) -> list[int]:
    asked = PageRequest(kind=KIND, **request)
    page = captions.find_posts(q, viewer.id if viewer else None, asked)
    return [int(post.id) for post in page.items]


def all_of(q: str, viewer: Person, limit: int) -> list[int]:
    ids: list[int] = []
    before: int | None = None
    while True:
        asked = PageRequest(kind=KIND, limit=limit, before=before)
        page = captions.find_posts(q, viewer.id, asked)
        ids += [int(post.id) for post in page.items]
        if page.next is None:
            return ids
        before = read_cursor(KIND, page.next)


def test_two_syllables_are_found_inside_words(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    first = make_post(ann, caption="단체사진을 찍었다")
    second = make_post(ann, caption="사진 two photos at the Café")
    apart = make_post(ann, caption="사 진")
    assert found("사진", ben) == [second.id, first.id]
    assert found("사진 단체", ben) == [first.id]
    assert found("PHOTO 사진", ben) == found("cafe", ben) == [second.id]
    assert found("단체사진을", None) == [first.id]
    assert found("사%", ben) == [apart.id, second.id]
    for nothing in ("진사", "사진관", "hot", "", "🍕", "%", "_"):
        assert found(nothing, ben) == [], nothing


@pytest.mark.both_modes
def test_what_may_be_seen_is_found(app: Flask, mode: str) -> None:
    closed = make_user("closed", is_private=True)
    shy = make_user("shy", is_discoverable=False)
    follower, stranger = make_user("follower"), make_user("stranger")
    hidden, quiet = make_post(closed, caption="봄 바다"), make_post(shy, caption="봄 바다")
    make_post(shy, caption="봄 바다", images=1, state="processing")
    assert found("바다", stranger) == found("바다", None) == []
    assert (found("바다", closed), found("바다", shy)) == ([hidden.id], [quiet.id])
    for author in (closed, shy):
        follows.follow(author.id, by=follower.id)
    requests.approve(follower.id, by=closed.id)
    assert found("바다", follower) == [quiet.id, hidden.id]
    blocks.block(shy.id, by=follower.id)
    assert found("바다", follower) == [hidden.id]
    suspensions.suspend(closed.id)
    assert found("바다", follower) == []


def test_an_edit_is_found_by_its_new_words_alone(app: Flask) -> None:
    ann = make_user("ann")
    post = posts.create(ann.id, "어제 바다", [])
    changes.edit(int(post.id), by=ann.id, caption="오늘 바다")
    assert (found("어제", ann), found("오늘 바다", ann)) == ([], [int(post.id)])
    changes.remove(int(post.id), by=ann.id)
    assert (found("바다", ann), count(CaptionPiece)) == ([], 0)


def test_pages_follow_one_another_to_the_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where few candidates of a batch match, so that pages end before they are full."""
    monkeypatch.setattr(captions, "LOOKED_AT", 3)
    monkeypatch.setattr(captions, "BATCHES", 2)
    ann = make_user("ann")
    # `사진관` has the pieces of `사진` and `진관`, and `진관 사진` has them in another order.
    made = [make_post(ann, caption="사진관" if n % 5 == 0 else "진관 사진") for n in range(24)]
    expected = [post.id for n, post in enumerate(made) if n % 5 == 0][::-1]
    assert all_of("사진관", ann, 2) == expected
    assert all_of("진관", ann, 4) == [post.id for post in made][::-1]


def test_posts_of_before_are_given_their_pieces(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newest first, in batches; and those that a release beside this one made or edited."""
    monkeypatch.setattr(pieces, "BATCH", 2)
    monkeypatch.setattr(pieces, "NEWEST", 2)
    ann = make_user("ann")
    made = [make_post(ann, caption=f"봄 바다 {n}") for n in range(5)]
    db.session.execute(delete(CaptionPiece))
    db.session.commit()
    assert found("바다", ann) == []
    pieces.fill()
    assert found("바다", ann) == [post.id for post in made][::-1]
    db.session.execute(delete(CaptionPiece))
    row = db.session.scalars(select(PostModel).where(PostModel.id == made[4].id)).one()
    row.caption = "여름 바다"
    db.session.commit()
    pieces.fill()
    assert found("여름", ann) == [made[4].id]
    assert found("바다", ann) == [made[4].id, made[3].id]
    state.client.flushall()
    assert pieces.rebuild() == 3
    assert found("바다", ann) == [post.id for post in made][::-1]
    assert pieces.rebuild() == 0
