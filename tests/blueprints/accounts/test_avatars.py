"""A picture of oneself, as a program sends it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.factories import make_user
from tests.harness import pictures
from tests.harness.clients import fields_of
from tests.stores import hostile


def test_an_avatar_is_taken_and_removed(
    app: Flask, client_for: Any, drain: Callable[[], None]
) -> None:
    client = client_for(make_user("ann"))
    picture = (io.BytesIO(pictures.jpeg(300, 400)), "../me.jpg")
    data = {"image": picture, "crop": "0,0,1"}
    status, me = client.api("PUT", "/me/avatar", data=data, content_type="multipart/form-data")
    assert (status, me["avatar_url"]) == (202, None)
    assert me["avatar"] == {"state": "processing", "error": None}
    drain()
    me = client.api("GET", "/me")[1]
    assert me["avatar_url"].startswith("/media/")
    assert me["avatar"] == {"state": "ready", "error": None}
    assert client.api("DELETE", "/me/avatar")[0] == 204
    me = client.api("GET", "/me")[1]
    assert me["avatar_url"] is None and me["avatar"] == {"state": "none", "error": None}


@pytest.mark.parametrize(("language", "word"), [("en", "damaged"), ("ko", "손상")])
def test_an_avatar_that_only_decoding_finds_damaged_says_why(
    app: Flask, client_for: Any, drain: Callable[[], None], language: str, word: str
) -> None:
    client = client_for(make_user("ann", language=language))
    data = {"image": (io.BytesIO(hostile.damaged_png()), "me.png")}
    status, me = client.api("PUT", "/me/avatar", data=data, content_type="multipart/form-data")
    assert (status, me["avatar"]["state"]) == (202, "processing")
    drain()
    me = client.api("GET", "/me")[1]
    assert me["avatar_url"] is None and me["avatar"]["state"] == "failed"
    assert me["avatar"]["error"]["code"] == "unreadable"
    assert word in me["avatar"]["error"]["message"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        ({"crop": "0,0,1"}, 422, {"image": "required"}),
        ({"image": (io.BytesIO(b"MZ program"), "me.jpg")}, 422, {"image": "bad_format"}),
    ],
)
def test_what_is_no_avatar(
    app: Flask, client_for: Any, data: Any, status: int, code: dict[str, str]
) -> None:
    client = client_for(make_user("ann"))
    answer = client.api("PUT", "/me/avatar", data=data, content_type="multipart/form-data")
    assert fields_of(answer) == (status, code)
    assert client.api("PUT", "/me/avatar", {"image": "x"})[0] == 415
