"""Which post a publication is of: asked of SQL once, also when there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from pigeon.services.posts import changes, publications
from pigeon.services.posts.publications import Ref
from tests.factories import make_post


def test_what_was_asked_once_is_known(app: Flask, queries: Callable[[], Any]) -> None:
    post = make_post()
    number = post.publication_id
    publications.reset()
    found = {number: Ref(post.id, post.author.id)}
    assert publications.refs([number]) == found
    with queries() as sent:
        assert publications.refs([number]) == found
    assert sent == []


def test_what_is_gone_is_not_asked_for_again(app: Flask, queries: Callable[[], Any]) -> None:
    gone, newer = make_post(), make_post()
    changes.remove(gone.id, by=gone.author.id)
    publications.reset()
    numbers = [gone.publication_id, newer.publication_id]
    assert list(publications.refs(numbers)) == [newer.publication_id]
    with queries() as sent:
        assert list(publications.refs(numbers)) == [newer.publication_id]
    assert sent == []


def test_what_may_still_appear_is_asked_for_again(app: Flask) -> None:
    first = make_post()
    number = first.publication_id + 1
    assert publications.refs([number]) == {}
    publications.reset()
    second = make_post()
    assert list(publications.refs([second.publication_id])) == [second.publication_id]


def test_memory_has_an_end(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(publications, "MEMORY", 2)
    numbers = [make_post().publication_id for _ in range(3)]
    publications.reset()
    assert set(publications.refs(numbers)) == set(numbers)
    assert len(publications._known) == 2
