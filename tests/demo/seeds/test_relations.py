"""A newcomer who logs in as one of the demo finds requests, somebody muted, and a block."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pigeon.demo.people import BLOCKS, MUTES, PRIVATE, REQUESTS
from pigeon.demo.seeds import discussions
from pigeon.domain.page import PageRequest
from pigeon.services.follows import follows, requests
from pigeon.services.notifications import notifications
from pigeon.services.relations import blocks, mutes
from pigeon.services.timelines import timelines
from pigeon.services.users import users
from tests.factories import Person
from tests.harness.clients import Client

pytestmark = pytest.mark.both_databases
ALL = PageRequest(limit=50)


def names(ids: list[int]) -> list[str]:
    found = users.refs(ids)
    return [found[user_id].username for user_id in ids]


def test_requests_wait_for_who_is_private(people: dict[str, Person]) -> None:
    discussions.fill()
    (private,) = PRIVATE
    owner = people[private]
    newest_first = [one for one, _ in sorted(REQUESTS.items(), key=lambda item: item[1])]
    asking = [requester for requester, _ in newest_first]
    assert names(requests.list_of(owner.id, ALL).items) == asking
    told = notifications.list_of(owner.id, ALL, ("follow_request",)).items
    assert [one.actors[0].username for one in told] == asking
    assert any(not one.seen for one in told), "the badge shows that somebody asks"
    assert follows.list_followers(owner.id, owner.id, ALL).items


def test_they_can_be_answered(people: dict[str, Person], drain: Callable[[], int]) -> None:
    discussions.fill()
    drain()
    for requester, requested in REQUESTS:
        requests.approve(people[requester].id, by=people[requested].id)
        assert follows.relation(people[requester].id, people[requested].id).following
    drain()
    assert not notifications.list_of(people[PRIVATE[0]].id, ALL, ("follow_request",)).items


def test_who_is_private_is_closed_to_strangers_alone(
    people: dict[str, Person], client_for: Callable[[Person], Client]
) -> None:
    discussions.fill()
    for name, status in (("theo.marsh", 200), ("doyun", 404), ("seojun", 404)):
        answer = client_for(people[name]).api("GET", f"/users/{PRIVATE[0]}/posts")
        assert answer[0] == status, name


def test_a_muted_and_a_blocked_pair(people: dict[str, Person]) -> None:
    discussions.fill()
    ((muter, muted),), ((blocker, blocked),) = MUTES, BLOCKS
    reader = people[muter]
    assert names(mutes.list_of(reader.id, ALL).items) == [muted]
    assert names(blocks.list_of(people[blocker].id, ALL).items) == [blocked]
    assert timelines.verify(reader.id)
    for one, other in ((blocker, blocked), (blocked, blocker)):
        told = notifications.list_of(people[one].id, ALL).items
        assert other not in {actor.username for row in told for actor in row.actors}
