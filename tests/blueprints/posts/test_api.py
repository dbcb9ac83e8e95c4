"""The calls of posts: answered at once, visible when complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.factories import make_follow, make_user
from tests.harness import pictures
from tests.harness.crashes import left_in_incoming

pytestmark = pytest.mark.both_databases


@pytest.mark.both_modes
def test_pictures_are_answered_at_once_and_visible_when_all_are_ready(
    app: Flask, client_for: Any, anonymous: Any, drain: Callable[[], int], mode: str
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    images = [pictures.jpeg(), pictures.png(), pictures.webp()]
    status, post = client_for(ann).share("three", images, ["a", "", "c"])
    assert (status, [image["alt"] for image in post["images"]]) == (202, ["a", "", "c"])
    if mode == "full":
        assert post["state"] == "processing"
        assert anonymous.api("GET", f"/posts/{post['id']}")[0] == 404
        assert client_for(ben).api("GET", "/timeline")[1]["items"] == []
        assert client_for(ann).api("GET", f"/posts/{post['id']}")[0] == 200
        drain()
    status, post = anonymous.api("GET", f"/posts/{post['id']}")
    assert (status, post["state"]) == (200, "published")
    (item,) = client_for(ben).api("GET", "/timeline")[1]["items"]
    assert item["images"] == post["images"]
    for image in post["images"]:
        for url in (image["url"], image["thumb_url"], *(v["url"] for v in image["variants"])):
            assert anonymous.get(url).status_code == 200
    assert left_in_incoming() == []


def test_the_answer_waits_for_no_picture(
    app: Flask, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pigeon.services.media.media.render", lambda row: pytest.fail("in the request")
    )
    ann = make_user("ann")
    status, post = client_for(ann).share("", [pictures.jpeg()] * 10)
    assert (status, len(post["images"])) == (202, 10)
