"""Cards of posts."""

from __future__ import annotations

from typing import Any

from flask import Flask

from pigeon.extensions import cache
from pigeon.services.posts import changes as posts_changes
from tests.factories import make_post, make_user
from tests.harness.context import in_app


def test_a_card_made_before_an_edit_does_not_come_back(
    app: Flask, client_for: Any, anonymous: Any
) -> None:
    ann = make_user("ann")
    post = make_post(ann, images=1)
    assert anonymous.api("GET", f"/posts/{post.id}")[1]["caption"] == post.caption
    assert cache.client.dbsize()
    in_app(app, posts_changes.edit, post.id, by=ann.id, caption="new")
    assert anonymous.api("GET", f"/posts/{post.id}")[1]["caption"] == "new"
    assert anonymous.get(f"/p/{post.id}").text.count("new")
