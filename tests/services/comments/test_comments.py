"""Comments and replies by pages, and around a place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import NotFound
from pigeon.services.comments import comments
from tests.factories import make_comment, make_post, make_user
from tests.harness.context import in_app
from tests.harness.discussions import listed, texts


def test_lists_are_newest_first_by_pages(app: Flask) -> None:
    post = make_post()
    for number in range(5):
        make_comment(post, text=f"{number}")
    first = listed(post, limit=2)
    assert texts(first) == ["4", "3"] and first.next
    assert texts(listed(post, limit=2, before=int(first.items[-1].id))) == ["2", "1"]
    last = listed(post, limit=2, before=int(first.items[-1].id) - 2)
    assert texts(last) == ["0"] and last.next is None


def test_a_warm_page_asks_sql_for_ids_alone(app: Flask, queries: Callable[[], Any]) -> None:
    ann, post = make_user("ann"), make_post()
    for number in range(20):
        make_comment(post, text=f"{number} @ann #sky")
    for viewer_id in (ann.id, None):
        in_app(app, listed, post, viewer_id)
        with queries() as sent:
            page = in_app(app, listed, post, viewer_id)
        assert len(page.items) == 20
        assert len(sent) == 1, sent


@pytest.mark.parametrize("place", [0, 5, 12, 44])
def test_a_page_is_found_around_a_comment(app: Flask, place: int) -> None:
    ann, post = make_user("ann"), make_post()
    made = [make_comment(post, ann, text=f"{number}") for number in range(45)]
    found = comments.around(made[place].id, None)
    assert f"{place}" in texts(found.top) and len(found.top.items) == min(20, 11 + place)
    assert found.is_newest == (found.top.items[0].text == "44")
    assert (found.top.next is None) == (found.top.items[-1].text == "0")
    assert found.replies is None


def test_a_page_is_found_around_a_reply_in_its_thread(app: Flask) -> None:
    ann, post = make_user("ann"), make_post()
    old = make_comment(post, ann, text="old")
    made = [make_comment(post, ann, text=f"{number}", answers=old) for number in range(30)]
    for number in range(25):
        make_comment(post, ann, text=f"newer {number}")
    found = comments.around(made[3].id, None)
    assert found.opened == old.id and "old" in texts(found.top) and not found.is_newest
    assert found.replies is not None and "3" in texts(found.replies)
    with pytest.raises(NotFound):
        comments.around(999_999_999, None)
