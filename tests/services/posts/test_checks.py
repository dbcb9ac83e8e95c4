"""What a new post must be, and what makes two requests the same."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from pigeon.domain import limits
from pigeon.models import PostModel
from tests.factories import make_user
from tests.harness import pictures
from tests.harness.clients import multipart
from tests.harness.context import concurrently
from tests.harness.crashes import left_in_incoming
from tests.harness.rows import count


@pytest.mark.no_second_look
def test_one_key_with_another_body_is_a_conflict(app: Flask, client_for: Any) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    key = {"Idempotency-Key": "k-2"}
    first = client_for(ann).share("one", [pictures.jpeg()], headers=key)[1]
    for body in (
        ("two", [pictures.jpeg()], []),
        ("one", [pictures.jpeg(color="red")], []),
        ("one", [pictures.jpeg()], ["an alt text"]),
        ("one", [], []),
    ):
        status, answer = client_for(ann).share(*body, headers=key)
        assert (status, answer["error"]["code"]) == (409, "idempotency_conflict")
    assert client_for(ann).share("one", [pictures.jpeg()], headers=key)[1]["id"] == first["id"]
    assert client_for(ben).share("two", headers=key)[0] == 201
    assert len(left_in_incoming()) == 1


@pytest.mark.no_second_look
def test_a_parallel_request_with_another_body_is_refused_and_leaves_nothing(
    app: Flask, token_client: Any
) -> None:
    ann = make_user("ann")
    clients = [token_client(ann) for _ in range(2)]
    answers = concurrently(
        app,
        [
            lambda n=n, client=client: client.share(
                f"body {n}", [pictures.jpeg()], headers={"Idempotency-Key": "same"}
            )
            for n, client in enumerate(clients)
        ],
    )
    assert sorted(answer[0] for answer in answers) == [202, 409]
    assert count(PostModel) == 1
    assert len(left_in_incoming()) == 1


def test_nothing_is_stored_of_a_refused_post(app: Flask, client_for: Any) -> None:
    client = client_for(make_user("ann"))
    good = pictures.jpeg()
    for expected, fields, body in (
        (422, {"caption"}, ("", [])),
        (422, {"caption"}, ("x" * (limits.CAPTION + 1), [good])),
        (422, {"images"}, ("", [good] * 11)),
        (422, {"images.1"}, ("", [good, b"MZ not a picture"])),
        (422, {"images.0", "alts.0"}, ("", [b""], ["x" * (limits.ALT + 1)])),
    ):
        status, answer = client.share(*body)
        assert (status, set(answer["error"]["fields"])) == (expected, fields)
    large = (io.BytesIO(good + b"\0" * limits.JPEG_BYTES), "large.jpg")
    status, answer = client.api("POST", "/posts", **multipart(images__=[large]))
    assert (status, set(answer["error"]["fields"])) == (413, {"images.0"})
    assert count(PostModel) == 0 and left_in_incoming() == []
