"""Who may know of whose presence, asked from either side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.services import access, presence
from pigeon.services.follows import follows
from pigeon.services.messages import conversations, sending
from pigeon.services.messages.checks import Content
from pigeon.services.relations import blocks
from pigeon.services.users import suspensions, users
from tests.factories import Person, make_follow, make_user
from tests.harness.online import bring_online


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(ann: Person) -> Person:
    ben = make_user("ben")
    bring_online([ann.id, ben.id])
    return ben


def sees(viewer: Person, other: Person) -> bool:
    shown = presence.of([other.id], access.viewer(viewer.id))
    if other.id not in shown:
        return False
    assert (shown[other.id].status == "offline") == (shown[other.id].last_active_at is None)
    return shown[other.id].status == "available"


def both(ann: Person, ben: Person) -> tuple[bool, bool]:
    return sees(ann, ben), sees(ben, ann)


def say(sender: Person, to: Person) -> None:
    sending.send(to.username, Content(text="coo"), by=sender.id, client_msg_id=f"m{sender.id}")


def test_strangers_and_who_follows_alone_know_nothing(ann: Person, ben: Person) -> None:
    assert both(ann, ben) == (False, False)
    follows.follow(ben.id, by=ann.id)
    assert both(ann, ben) == (False, False)
    follows.follow(ann.id, by=ben.id)
    assert both(ann, ben) == (True, True)
    follows.unfollow(ann.id, by=ben.id)
    assert both(ann, ben) == (False, False)


def test_a_conversation_opens_it_once_both_have_accepted(ann: Person, ben: Person) -> None:
    say(ann, ben)
    assert both(ann, ben) == (False, False)
    conversations.accept("ann", by=ben.id)
    assert both(ann, ben) == (True, True)
    conversations.delete("ben", by=ann.id)
    assert both(ann, ben) == (False, False)
    say(ben, ann)
    assert both(ann, ben) == (True, True)


ENDS: dict[str, Callable[[Person, Person], object]] = {
    "a block": lambda ann, ben: blocks.block(ben.id, by=ann.id),
    "a block of the other": lambda ann, ben: blocks.block(ann.id, by=ben.id),
    "hiding": lambda ann, _: users.update_profile(ann.id, {"shows_activity": False}),
    "the other hiding": lambda _, ben: users.update_profile(ben.id, {"shows_activity": False}),
    "being shut out": lambda ann, _: suspensions.suspend(ann.id),
}


@pytest.mark.parametrize("how", list(ENDS))
def test_it_ends_for_both(ann: Person, ben: Person, how: str) -> None:
    make_follow(ann, ben)
    make_follow(ben, ann)
    say(ann, ben)
    assert both(ann, ben) == (True, True)
    ENDS[how](ann, ben)
    assert both(ann, ben) == (False, False)


def test_one_knows_of_oneself_also_while_hiding_and_a_stranger_of_nobody(
    ann: Person, ben: Person
) -> None:
    assert sees(ann, ann)
    users.update_profile(ann.id, {"shows_activity": False})
    assert sees(ann, ann)
    shown = presence.of([ann.id], access.stranger())
    assert (shown[ann.id].username, shown[ann.id].status) == ("ann", "offline")


def test_a_hundred_people_are_a_few_questions(
    ann: Person, ben: Person, queries: Callable[[], Any]
) -> None:
    people = [make_user() for _ in range(100)]
    for one in people[:50]:
        make_follow(ann, one)
        make_follow(one, ann)
    ids = [one.id for one in people]
    bring_online(ids)
    presence.of(ids, access.viewer(ann.id))
    with queries() as sent:
        shown = presence.of(ids, access.viewer(ann.id))
    assert [shown[one].status for one in ids] == ["available"] * 50 + ["offline"] * 50
    assert len(sent) <= 3
