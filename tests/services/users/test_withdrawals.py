from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.jobs import runner
from pigeon.models import (
    CommentModel,
    FollowModel,
    MediaModel,
    PostModel,
    PublicationModel,
    UserModel,
)
from pigeon.services.follows import follows
from pigeon.services.likes import likers, likes
from pigeon.services.posts import erasing as posts_erasing
from pigeon.services.posts import posts
from pigeon.services.users import avatars, withdrawals
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.factories.uploads import make_processing_post, make_upload
from tests.harness.crashes import killed_at, left_in_incoming, stored_objects

pytestmark = pytest.mark.no_second_look


def rows(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def withdraw(client_for: Any, person: Person) -> None:
    assert client_for(person).api("DELETE", "/me", {"password": person.password})[0] == 202


def make_full_life(ann: Person, ben: Person, drain: Callable[[], int]) -> None:
    """Posts in every state, an avatar, follows both ways; the last picture is not processed."""
    make_follow(ann, ben)
    make_follow(ben, ann)
    avatars.set_avatar(ann.id, make_upload(), "")
    make_processing_post(ann, images=2, caption="@ben #here")
    drain()
    make_post(ann, caption="text")
    make_processing_post(ann, caption="never seen")
    make_post(ben, caption="hello @ann", images=1)


@pytest.mark.both_modes
def test_a_person_is_gone_at_once_and_without_a_trace_later(
    app: Flask, client_for: Any, anonymous: Any, drain: Callable[[], int], mode: str
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    make_full_life(ann, ben, drain)
    mine = [row.id for row in db.session.scalars(select(PostModel).filter_by(author_id=ann.id))]
    assert client_for(ben).api("GET", "/timeline")[1]["items"]
    withdraw(client_for, ann)
    for number in mine:
        assert anonymous.api("GET", f"/posts/{number}")[0] == 404
    assert anonymous.api("GET", "/users/ann")[0] == 404
    assert [p["author"]["username"] for p in _timeline(client_for(ben))] == ["ben"]
    drain()
    assert rows(UserModel) == 1 and rows(FollowModel) == 0
    assert rows(PostModel) == rows(PublicationModel) == rows(MediaModel) == 1
    assert len(stored_objects()) == 3 and left_in_incoming() == []
    seen = client_for(ben).api("GET", "/users/ben")[1]
    assert (seen["follower_count"], seen["following_count"], seen["post_count"]) == (0, 0, 1)
    assert _timeline(client_for(ben))[0]["mentions"] == []


def _timeline(client: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.api("GET", "/timeline")[1]["items"]
    return items


def test_erasing_goes_on_where_it_stopped(
    app: Flask, client_for: Any, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawals, "POSTS_AT_ONCE", 2)
    monkeypatch.setattr(withdrawals, "FOLLOWS_AT_ONCE", 2)
    ann = make_user("ann")
    for number in range(5):
        make_post(ann, caption=f"{number}")
        make_follow(make_user(), ann)
    drain()
    withdraw(client_for, ann)
    assert withdrawals.erase_some(ann.id)
    assert rows(PostModel) == 3
    drain()
    assert rows(PostModel) == rows(FollowModel) == 0 and rows(UserModel) == 5
    assert not withdrawals.erase_some(ann.id)
    assert set(db.session.scalars(select(UserModel.following_count))) == {0}


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("passes", [1, 2, 3])
def test_a_worker_killed_while_erasing_changes_nothing_about_the_end(
    app: Flask, client_for: Any, drain: Callable[[], int], passes: int
) -> None:
    from pigeon.jobs.scheduler import sweep_outbox

    ann, ben = make_user("ann"), make_user("ben")
    make_full_life(ann, ben, drain)
    withdraw(client_for, ann)
    killed_at(app, f"job.undone:{passes}", runner.drain)
    sweep_outbox()
    drain()
    assert rows(UserModel) == 1 and rows(FollowModel) == 0 and rows(PostModel) == 1
    counted = db.session.execute(select(UserModel.follower_count, UserModel.following_count)).one()
    assert tuple(counted) == (0, 0)
    assert left_in_incoming() == []


def test_a_follow_of_somebody_who_is_leaving_is_counted_for_nobody(
    app: Flask, client_for: Any, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    withdraw(client_for, ann)
    with pytest.raises(NotFound):
        follows.follow(ann.id, by=ben.id)
    drain()
    assert rows(FollowModel) == 0
    assert posts.list_pending(ben.id) == []


@pytest.mark.both_modes
def test_no_card_names_somebody_who_left_among_those_who_like_it(
    app: Flask,
    client_for: Any,
    drain: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
) -> None:
    monkeypatch.setattr(likers, "EVICTED_AT_ONCE", 2)
    walburga, ben, cat = make_user("walburga"), make_user("ben"), make_user("cat")
    make_follow(cat, ben)
    made = [make_post(ben, caption=f"{number}") for number in range(5)]
    for post in made:
        likes.set_liked(likes.POSTS, post.id, by=walburga.id, on=True)
    drain()
    reader = client_for(cat)
    for _ in range(2):
        assert reader.get("/").text.count("walburga") >= len(made)
    withdraw(client_for, walburga)
    assert "walburga" not in reader.get("/").text
    drain()
    assert "walburga" not in reader.get("/").text


def test_a_big_post_of_somebody_who_left_is_erased_piece_by_piece(
    app: Flask, client_for: Any, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posts_erasing, "ERASED_AT_ONCE", 2)
    monkeypatch.setattr(posts_erasing, "BATCHES", 1)
    ann = make_user("ann")
    big, small = make_post(ann), make_post(ann)
    for _ in range(5):
        make_comment(big)
    drain()
    withdraw(client_for, ann)
    assert withdrawals.erase_some(ann.id)
    assert (rows(CommentModel), rows(PostModel)) == (3, 2)
    with unit_of_work():  # what a request was storing meanwhile
        changed = update(PostModel).where(PostModel.id == small.id).values(state="processing")
        db.session.execute(changed)
    drain()
    assert rows(CommentModel) == rows(PostModel) == 0
