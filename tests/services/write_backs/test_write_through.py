"""Without write-back, and what an earlier run with it left behind."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Unavailable
from pigeon.services.write_backs import flusher
from tests.factories import make_post, make_user
from tests.services.write_backs.liking import like, rows, shown, stored

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.no_second_look]


@pytest.mark.env(WRITE_BACK="off")
def test_written_through_a_like_is_stored_before_the_answer() -> None:
    ann, post = make_user(), make_post()
    assert like(ann, post.id) == 1
    assert like(ann, post.id) == 1
    assert (rows(post.id), stored(post.id), shown(post.id)) == ({ann.id}, 1, 1)
    assert like(ann, post.id, on=False) == 0
    assert rows(post.id) == set()


def test_switched_off_it_drains_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob, post = make_user(), make_user(), make_post()
    like(ann, post.id)
    plain: Any = type(app.extensions["settings"])
    fields = vars(app.extensions["settings"]) | {"write_back": False}
    monkeypatch.setitem(app.extensions, "settings", plain(**fields))
    monkeypatch.setattr(flusher, "_drained", set())
    assert like(bob, post.id) == 2
    assert rows(post.id) == {ann.id, bob.id}


@pytest.mark.env(WRITE_BACK="off")
def test_not_drained_it_refuses_to_write_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flusher, "drain", lambda **_: False)
    ann, post = make_user(), make_post()
    with pytest.raises(Unavailable):
        like(ann, post.id)
    assert rows(post.id) == set()
