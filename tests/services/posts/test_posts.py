"""Posts: created at once, visible when complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.extensions import db
from pigeon.models import MentionModel, PostModel, PostTag, UserModel
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts
from tests.factories import make_post, make_user
from tests.factories.uploads import make_processing_post, make_upload
from tests.harness import pictures
from tests.harness.context import concurrently
from tests.harness.crashes import left_in_incoming
from tests.harness.rows import count


@pytest.mark.both_modes
def test_a_text_is_published_at_once(app: Flask, client_for: Any, mode: str) -> None:
    ann = make_user("ann")
    status, post = client_for(ann).api("POST", "/posts", {"caption": "  hello \r\n you "})
    assert status == 201
    assert (post["state"], post["caption"], post["images"]) == ("published", "hello \n you", [])
    assert post["published_at"] and post["href"] == f"/p/{post['id']}"
    assert client_for(ann).api("GET", "/me")[1]["post_count"] == 1


@pytest.mark.no_second_look
@pytest.mark.parametrize("images", [0, 2])
def test_one_key_makes_one_post_however_parallel(
    app: Flask, token_client: Any, images: int, drain: Callable[[], int]
) -> None:
    ann = make_user("ann")
    clients = [token_client(ann) for _ in range(4)]
    files = [pictures.jpeg(color=color) for color in ("red", "blue")[:images]]

    def send(client: Any) -> Any:
        return client.share("once", files, headers={"Idempotency-Key": "k-1"})

    answers = concurrently(app, [lambda client=client: send(client) for client in clients])
    assert [answer[0] for answer in answers] == [202 if images else 201] * 4, answers
    assert len({answer[1]["id"] for answer in answers}) == 1
    assert count(PostModel) == 1
    drain()
    assert left_in_incoming() == []
    status, again = send(clients[0])
    assert (status, again["id"], again["state"]) == (
        202 if images else 201,
        answers[0][1]["id"],
        "published",
    )
    assert count(PostModel) == 1


def test_many_texts_of_one_author_at_once(app: Flask, token_client: Any) -> None:
    ann = make_user("ann")
    clients = [token_client(ann) for _ in range(6)]
    answers = concurrently(
        app, [lambda n=n, c=c: c.share(f"text {n}") for n, c in enumerate(clients)]
    )
    assert [answer[0] for answer in answers] == [201] * 6, answers
    assert db.session.scalar(select(UserModel.post_count)) == 6


def test_what_the_caption_names_is_indexed(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = posts.create(ann.id, "hi @BEN and @nobody, #Sky #하늘 #sky", [])
    assert [user.username for user in post.mentions] == ["ben"]
    assert post.tags == ["sky", "하늘"]
    assert list(db.session.scalars(select(MentionModel.user_id))) == [ben.id]
    publications = set(db.session.scalars(select(PostTag.publication_id)))
    assert len(publications) == 1 and None not in publications
    edited = posts_changes.edit(int(post.id), by=ann.id, caption="only #sea")
    assert (edited.mentions, edited.tags) == ([], ["sea"])
    assert set(db.session.scalars(select(PostTag.publication_id))) == publications


def test_a_person_before_a_new_sentence_is_named(app: Flask) -> None:
    ben, see = make_user("annq"), make_user("ben.see")
    post = posts.get(make_post(make_user("ann"), caption="@annq.See @Ben.See").id, None)
    assert [user.id for user in post.mentions] == [str(ben.id), str(see.id)]


def test_tags_of_a_waiting_post_are_found_once_it_is_published(
    app: Flask, anonymous: Any, drain: Callable[[], int]
) -> None:
    make_processing_post(make_user("ann"), caption="#quiet")
    assert anonymous.api("GET", "/tags/quiet/posts")[1]["items"] == []
    drain()
    assert len(anonymous.api("GET", "/tags/quiet/posts")[1]["items"]) == 1


def test_of_an_upload_only_what_was_kept_is_left(app: Flask) -> None:
    upload = make_upload()
    assert left_in_incoming() == [upload.token]
