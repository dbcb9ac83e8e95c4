from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import NotFound
from pigeon.domain.page import PageRequest, read_cursor
from pigeon.domain.sessions import Caller
from pigeon.services import tags
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.posts import changes as posts_changes
from tests.factories import Person, make_post, make_user


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def found(tag: str) -> list[str]:
    return [post.id for post in tags.list_posts(tag, None, PageRequest()).items]


@pytest.mark.both_modes
def test_posts_of_a_tag_newest_first(ann: Person, mode: str) -> None:
    made = [make_post(ann, caption=f"{n} #Pigeon #other") for n in range(3)]
    make_post(ann, caption="pigeon, no tag")
    assert found(tags.get_tag("pIGEON")) == [str(post.id) for post in reversed(made)]
    assert tags.count("pigeon") == 3


def test_only_what_is_published_counts(ann: Person) -> None:
    make_post(ann, caption="#sky", images=1, state="processing")
    assert (found("sky"), tags.count("sky")) == ([], 0)


def test_an_edit_moves_a_post_between_tags(ann: Person) -> None:
    post = make_post(ann, caption="#old")
    posts_changes.edit(post.id, by=ann.id, caption="#new")
    assert (found("old"), found("new")) == ([], [str(post.id)])
    posts_changes.remove(post.id, by=ann.id)
    assert (found("new"), tags.count("new")) == ([], 0)


def test_the_withdrawn_leave_tags_at_once(ann: Person) -> None:
    make_post(ann, caption="#sky")
    accounts_changes.withdraw(ann.id, password="", fresh_identity=True, caller=Caller())
    assert (found("sky"), tags.count("sky")) == ([], 0)


@pytest.mark.parametrize("typed", ["", "#", "a b", "a#b", "!"])
def test_what_cannot_be_a_tag_is_not_found(app: Flask, typed: str) -> None:
    with pytest.raises(NotFound):
        tags.get_tag(typed)


@pytest.mark.parametrize("tag", ["sky", "고양이"])
def test_pages_join_without_gap_or_repetition(ann: Person, tag: str) -> None:
    made = [make_post(ann, caption=f"{n} #{tag}") for n in range(5)]
    kind = f"tag-{tag}"
    seen: list[str] = []
    before = None
    for _ in range(3):
        page = tags.list_posts(tag, None, PageRequest(kind=kind, before=before, limit=2))
        seen += [post.id for post in page.items]
        before = read_cursor(kind, page.next) if page.next else None
        if len(seen) == 2:
            posts_changes.remove(made[3].id, by=ann.id)  # what the cursor names
    assert seen == [str(post.id) for post in reversed(made)]


def test_any_number_costs_the_same_statements(ann: Person, queries: Callable[[], Any]) -> None:
    sent_for = []
    for count in (1, 6):
        for _ in range(count):
            make_post(ann, caption="#sky", images=1)
        found("sky")
        with queries() as sent:
            found("sky")
        sent_for.append(len(sent))
    assert sent_for == [1, 1]
