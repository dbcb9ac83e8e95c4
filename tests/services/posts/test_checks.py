"""What a new post must be, and what makes two requests the same."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from pigeon.models import PostModel
from tests.factories import make_user
from tests.harness import pictures
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
