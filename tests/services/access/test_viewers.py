"""How a viewer stands to others is asked once, of everybody at once."""

from __future__ import annotations

from typing import Any

from flask import Flask

from pigeon.cache.trips import trip
from pigeon.services import access
from pigeon.services.follows import requests
from pigeon.services.users import users
from tests.factories import make_follow, make_user


def test_a_relation_is_asked_of_all_people_at_once_and_only_once(
    app: Flask, redis_commands: Any
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    others = [make_user(is_private=True) for _ in range(5)]
    make_follow(ben, others[0])
    requests.approve(ben.id, by=others[0].id)
    cards = users.cards.many([ann.id, *(other.id for other in others)])
    access.users.showing_posts(access.viewer(ben.id), cards.values())
    viewer = access.viewer(ben.id)
    with redis_commands() as sent:
        for _ in range(2):
            shown = access.users.showing_posts(viewer, cards.values())
    assert [card.id for card in shown] == [ann.id, others[0].id]
    assert sent == {"mget": 1, "smismember": 1}


def test_what_another_read_brought_is_not_asked_again(
    app: Flask, redis_commands: Any, queries: Any
) -> None:
    ann, ben = make_user("ann", is_private=True), make_user("ben")
    card = users.get_card("ann", ben.id)
    viewer = access.viewer(ben.id)
    trip(viewer.relations.read_apart(), viewer.relations.read_standings([ann.id]))
    viewer.relations.learn_followed([ann.id], {ann.id})
    with redis_commands() as sent, queries() as statements:
        assert access.users.may_see_posts_of(viewer, card)
    assert not sent and not statements
