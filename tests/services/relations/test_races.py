"""A block against what is done at the same moment: nothing is newer than the block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.models import OutboxRow
from pigeon.services.comments import changes as comments_changes
from pigeon.services.follows import follows, requests
from pigeon.services.relations import blocks
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_post
from tests.harness.context import concurrently
from tests.services.relations.conftest import Between

pytestmark = pytest.mark.no_second_look
ROUNDS = 60
"""Of each pair of commands; who comes first alternates by itself."""


def race(app: Flask, block: Callable[[], None], other: Callable[[], Any]) -> bool:
    """Whether `other` was done; if not, then because nobody was there any more."""
    blocked, done = concurrently(app, [block, other])
    assert blocked is None
    assert not isinstance(done, Exception) or isinstance(done, NotFound), done
    return not isinstance(done, Exception)


@pytest.mark.parametrize("who_blocks", ["ann", "ben"])
def test_no_follow_is_newer_than_a_block(
    app: Flask, ann: Person, ben: Person, between: Between, who_blocks: str
) -> None:
    """ben follows ann, or asks to: every second time she is private."""
    by, other = (ann, ben) if who_blocks == "ann" else (ben, ann)
    for number in range(ROUNDS):
        if number % 10 == 0:
            users.update_profile(ann.id, {"is_private": number % 20 == 0})
        race(
            app,
            lambda: blocks.block(other.id, by=by.id),
            lambda: follows.follow(ann.id, by=ben.id),
        )
        assert between() == {("blocks", by.username, other.username)}
        blocks.unblock(other.id, by=by.id)


@pytest.mark.parametrize("who_blocks", ["ann", "ben"])
def test_no_approval_is_newer_than_a_block(
    app: Flask, private: Person, ben: Person, between: Between, who_blocks: str
) -> None:
    by, other = (private, ben) if who_blocks == "ann" else (ben, private)
    for _ in range(ROUNDS):
        follows.follow(private.id, by=ben.id)
        race(
            app,
            lambda: blocks.block(other.id, by=by.id),
            lambda: requests.approve(ben.id, by=private.id),
        )
        assert between() == {("blocks", by.username, other.username)}
        blocks.unblock(other.id, by=by.id)


@pytest.mark.parametrize("who_blocks", ["ann", "ben"])
def test_no_comment_is_newer_than_a_block(
    app: Flask, ann: Person, ben: Person, who_blocks: str
) -> None:
    """What follows from each is stored in its transaction: numbers tell which was first."""
    by, other = (ann, ben) if who_blocks == "ann" else (ben, ann)
    post = make_post(ann)
    for _ in range(ROUNDS):
        with unit_of_work():
            db.session.execute(delete(OutboxRow))
        is_done = race(
            app,
            lambda: blocks.block(other.id, by=by.id),
            lambda: comments_changes.create(post.id, by=ben.id, text="hm"),
        )
        if is_done or _newest("%omment%"):
            assert _newest("%omment%") < _newest("relations.refresh")
        blocks.unblock(other.id, by=by.id)


def _newest(name: str) -> int:
    """The highest number of the jobs that are called so; 0 without one."""
    db.session.rollback()
    query = select(func.max(OutboxRow.id)).where(OutboxRow.job.like(name))
    return db.session.scalar(query) or 0


def test_people_who_block_each_other_at_the_same_moment(
    app: Flask, ann: Person, ben: Person, between: Between
) -> None:
    """One of them is first, and to the other nobody is there any more."""
    for _ in range(ROUNDS):
        found = concurrently(
            app,
            [lambda: blocks.block(ben.id, by=ann.id), lambda: blocks.block(ann.id, by=ben.id)],
        )
        assert sorted(type(one).__name__ for one in found) == ["NoneType", "NotFound"]
        ((_, by, other),) = between()
        assert {by, other} == {"ann", "ben"}
        by_id, other_id = (ann.id, ben.id) if by == "ann" else (ben.id, ann.id)
        blocks.unblock(other_id, by=by_id)
