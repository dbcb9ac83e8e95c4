"""A deleted post takes along what hangs on it, in small pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.jobs import runner
from pigeon.jobs.scheduler import sweep_outbox
from pigeon.models import (
    CommentLike,
    CommentModel,
    MentionModel,
    NotificationModel,
    PostLike,
    PostModel,
    PostTag,
    PublicationModel,
)
from pigeon.services.likes import likes
from pigeon.services.likes.likes import COMMENTS, POSTS
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import erasing, posts
from tests.factories import Person, Posted, make_comment, make_follow, make_post, make_user
from tests.factories.uploads import make_processing_post
from tests.harness.crashes import killed_at, left_in_incoming, stored_objects
from tests.harness.rows import count


def test_a_deleted_post_takes_everything_along(
    app: Flask, client_for: Any, anonymous: Any, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    post = make_processing_post(ann, images=2, caption="@ben #gone")
    drain()
    url = posts.get(int(post.id), None).images[0].url
    assert anonymous.get(url).status_code == 200
    assert client_for(ben).api("GET", "/timeline")[1]["items"]
    assert client_for(ann).api("DELETE", f"/posts/{post.id}")[0] == 204
    assert client_for(ben).api("GET", "/timeline")[1]["items"] == []
    assert anonymous.get(url).status_code == 404
    for person in (ann, ben):
        for method, rest in (("GET", ""), ("DELETE", ""), ("PATCH", ""), ("PUT", "/like")):
            status, _ = client_for(person).api(method, f"/posts/{post.id}{rest}", {})
            assert status == 404, (method, rest)
    assert client_for(ann).api("GET", "/me")[1]["post_count"] == 0
    drain()
    assert count(PostModel) == 0
    assert stored_objects() == [] and left_in_incoming() == []
    assert (count(MentionModel), count(PostTag)) == (0, 0)
    assert client_for(ann).api("DELETE", f"/posts/{post.id}")[0] == 404
    assert client_for(ann).api("GET", "/me")[1]["post_count"] == 0


def make_much_loved(author: Person) -> Posted:
    """A post with more below it than one batch of three takes."""
    post, fan = make_post(author), make_user()
    for number in range(4):
        top = make_comment(post, text=f"{number}")
        reply = make_comment(post, answers=top)
        for kind, target_id in ((POSTS, post.id), (COMMENTS, top.id), (COMMENTS, reply.id)):
            likes.set_liked(kind, target_id, by=top.author.id, on=True)
            likes.set_liked(kind, target_id, by=fan.id, on=True)
    return post


def erase_in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "ERASED_AT_ONCE", 3)
    monkeypatch.setattr(erasing, "BATCHES", 2)


HANGING = (PostModel, PostLike, CommentModel, CommentLike, PublicationModel)


def test_much_below_a_deleted_post_is_erased_piece_by_piece(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    erase_in_small_pieces(monkeypatch)
    ann = make_user("ann")
    gone, kept = make_much_loved(ann), make_much_loved(ann)
    drain()
    half = [count(model) // 2 for model in HANGING]
    assert min(half) > 0
    posts_changes.remove(gone.id, by=ann.id)
    assert erasing.erase_some(gone.id)
    assert count(PostLike) < 2 * half[1] and count(PostModel) == 2
    drain()
    assert [count(model) for model in HANGING] == half
    assert not erasing.erase_some(gone.id) and not erasing.erase_some(kept.id)
    assert posts.get(kept.id, ann.id).like_count == half[1]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("passes", [1, 3, 6])
def test_a_worker_killed_while_erasing_leaves_the_rest_to_the_next(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch, passes: int
) -> None:
    erase_in_small_pieces(monkeypatch)
    post = make_much_loved(make_user("ann"))
    drain()
    posts_changes.remove(post.id, by=post.author.id)
    killed_at(app, f"post.erasing:{passes}", runner.drain)
    sweep_outbox()
    drain()
    assert [count(model) for model in HANGING] == [0] * len(HANGING)


def test_a_like_that_waits_while_its_post_is_deleted_tells_nobody(
    app: Flask, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    said = make_comment(post, ann)
    for kind, target_id in ((POSTS, post.id), (COMMENTS, said.id)):
        likes.set_liked(kind, target_id, by=ben.id, on=True)
    posts_changes.remove(post.id, by=ann.id)
    drain()
    assert [count(model) for model in HANGING] == [0] * len(HANGING)
    assert count(NotificationModel) == 0
