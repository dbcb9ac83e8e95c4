"""How people stand to each other in conversations: who is hidden there, and who may write."""

from __future__ import annotations

from functools import partial

import pytest

from pigeon.domain.errors import Forbidden
from pigeon.models import UserModel
from pigeon.services import access
from pigeon.services.access.messages import Terms
from pigeon.services.users import users
from tests.harness.twins import ACTORS, APART, World, everything, passing

LET_IN = {"follower", "requested", "declined", "muter", "muted"}
"""Who follows ann, whom everybody may follow; she follows nobody."""


def test_who_is_blocked_is_hidden_and_who_left_is_not(world: World) -> None:
    """Of somebody withdrawn the conversation goes on."""
    ids = everything(UserModel.id)
    for actor in ACTORS:
        expected = {world.people[name] for name in APART.get(actor, ())}
        for way, viewer in world.ways(actor):
            assert set(access.messages.hidden_among(viewer, ids)) == expected, (actor, way)


def test_who_is_shut_out_may_come_back_and_only_who_is_there_counts(world: World) -> None:
    ids = everything(UserModel.id)
    shut_out, gone = world.people["suspended"], world.people["gone"]
    assert access.messages.shut_out_among(ids) == {shut_out: "suspended"}
    assert access.messages.active_among(ids) == set(ids) - {shut_out, gone}
    assert set(access.messages.terms_of(ids)) == set(ids) - {shut_out, gone}
    nobody = [max(ids) + 1]
    for asked in (
        access.messages.shut_out_among,
        access.messages.active_among,
        access.messages.terms_of,
    ):
        assert not asked(nobody) and not asked([])


def test_terms_are_what_each_has_chosen(world: World) -> None:
    ann, ben = world.people["ann"], world.people["ben"]
    users.update_profile(ann, {"messages_from": "following"})
    users.update_profile(ben, {"sends_receipts": False})
    assert access.messages.terms_of([ann, ben]) == {
        ann: Terms(takes_from_everyone=False, sends_receipts=True),
        ben: Terms(takes_from_everyone=True, sends_receipts=False),
    }


@pytest.mark.parametrize("takes", [True, False])
@pytest.mark.parametrize("follows_me", [True, False])
@pytest.mark.parametrize("is_accepted", [True, False])
def test_one_reason_to_be_let_write_is_enough(
    takes: bool, follows_me: bool, is_accepted: bool
) -> None:
    terms = Terms(takes_from_everyone=takes, sends_receipts=True)
    ask = partial(access.messages.may_write, follows_me=follows_me, is_accepted=is_accepted)
    assert ask(terms) == (takes or follows_me or is_accepted)
    assert not ask(None), "nobody is there to read it"


def test_a_recipient_is_whom_the_writer_may_know_of(world: World) -> None:
    """Who is not there any more writes to nobody, also by a request that was let in before."""
    ids = everything(UserModel.id)
    for actor in set(ACTORS) - {"stranger"}:
        find = partial(access.messages.get_recipient, world.people[actor])
        met = set() if actor == "suspended" else world.knows(actor)
        assert passing(find, ids) == met, actor
    assert passing(partial(access.messages.get_recipient, world.people["gone"]), ids) == set()


def test_a_recipient_says_what_they_take_and_whether_they_follow(world: World) -> None:
    ann = world.people["ann"]
    users.update_profile(world.people["former"], {"messages_from": "following"})
    names = {number: name for name, number in world.people.items()}
    found = {
        names[number]: access.messages.get_recipient(ann, number)
        for number in world.knows("ann") - {ann}
    }
    assert {name for name, one in found.items() if one.follows_writer} == LET_IN
    closed = {name for name, one in found.items() if not one.takes_from_everyone}
    assert closed == {"former"}
    assert not access.messages.get_recipient(world.people["follower"], ann).follows_writer


def test_only_an_accepted_writer_passes_what_is_closed() -> None:
    access.messages.check_accepted(True)
    with pytest.raises(Forbidden) as refused:
        access.messages.check_accepted(False)
    assert refused.value.code == "messages_closed"


def test_only_who_sent_a_message_takes_it_back(world: World) -> None:
    for actor in ACTORS:
        viewer, ann = world.viewer(actor), world.people["ann"]
        if actor == "ann":
            access.messages.check_unsends(viewer, ann)
            continue
        with pytest.raises(Forbidden) as refused:
            access.messages.check_unsends(viewer, ann)
        assert refused.value.code == "forbidden"
