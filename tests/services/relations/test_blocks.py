"""What a block ends, what it forbids, and what comes back after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pigeon.domain.errors import Conflict, NotFound
from pigeon.domain.page import PageRequest
from pigeon.services import counts
from pigeon.services.comments import comments
from pigeon.services.follows import follows, requests
from pigeon.services.posts import posts
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import MUTED
from pigeon.services.users import suspensions, users
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.services.relations.conftest import Between

BLOCKS = ("blocks", "ann", "ben")


def test_a_block_ends_follows_and_requests_of_both(
    ann: Person, ben: Person, between: Between
) -> None:
    make_follow(ann, ben)
    make_follow(ben, ann)
    blocks.block(ben.id, by=ann.id)
    assert between() == {BLOCKS}
    for person in (ann, ben):
        found = counts.of_user(person.id)
        assert (found.follower_count, found.following_count) == (0, 0)


@pytest.mark.parametrize("who_blocks", ["ann", "ben"])
def test_a_block_ends_the_request_that_waits(
    private: Person, ben: Person, between: Between, who_blocks: str
) -> None:
    follows.follow(private.id, by=ben.id)
    assert between() == {("asks", "ben", "ann")}
    by, other = (private, ben) if who_blocks == "ann" else (ben, private)
    blocks.block(other.id, by=by.id)
    assert between() == {("blocks", by.username, other.username)}
    with pytest.raises(NotFound):
        requests.approve(ben.id, by=private.id)
    assert requests.count_of(private.id) == 0


def test_blocking_and_unblocking_twice_is_once(ann: Person, ben: Person, between: Between) -> None:
    for _ in range(2):
        blocks.block(ben.id, by=ann.id)
        assert between() == {BLOCKS}
    for _ in range(2):
        blocks.unblock(ben.id, by=ann.id)
        assert between() == set()


@pytest.mark.parametrize("command", [blocks.block, blocks.unblock, follows.remove_follower])
def test_nobody_does_it_to_themselves(ann: Person, command: Callable[..., None]) -> None:
    with pytest.raises(Conflict) as caught:
        command(ann.id, by=ann.id)
    assert caught.value.code == "self"


FORBIDDEN: dict[str, Callable[[int, int], object]] = {
    "follow": lambda other, by: follows.follow(other, by=by),
    "approve": lambda other, by: requests.approve(other, by=by),
    "decline": lambda other, by: requests.decline(other, by=by),
    "mute": lambda other, by: mutes.set_muted(other, by=by, of=MUTED, on=True),
    "read": lambda other, by: users.profile(users.get_card("ann" if other < by else "ben", by), by),
}


@pytest.mark.parametrize("name", list(FORBIDDEN))
def test_across_a_block_both_are_nobody_to_each_other(
    ann: Person, ben: Person, between: Between, name: str
) -> None:
    blocks.block(ben.id, by=ann.id)
    for other, by in ((ann, ben), (ben, ann)):
        with pytest.raises(NotFound):
            FORBIDDEN[name](other.id, by.id)
    assert between() == {BLOCKS}


def test_who_is_blocked_cannot_block_back_nor_end_it(
    ann: Person, ben: Person, between: Between
) -> None:
    """Either would tell them that they are."""
    blocks.block(ben.id, by=ann.id)
    for command in (blocks.block, blocks.unblock):
        with pytest.raises(NotFound):
            command(ann.id, by=ben.id)
    assert between() == {BLOCKS}
    blocks.unblock(ben.id, by=ann.id)
    blocks.block(ann.id, by=ben.id)
    assert between() == {("blocks", "ben", "ann")}


def test_a_block_outlives_a_suspension(ann: Person, ben: Person, between: Between) -> None:
    blocks.block(ben.id, by=ann.id)
    suspensions.suspend(ben.id)
    assert blocks.list_of(ann.id, PageRequest()).items == []
    suspensions.unsuspend(ben.id)
    assert blocks.list_of(ann.id, PageRequest()).items == [ben.id]
    assert between() == {BLOCKS}


def test_after_a_block_nothing_is_followed_and_all_that_was_said_shows_again(
    ann: Person, ben: Person, between: Between
) -> None:
    make_follow(ben, ann)
    post = make_post(ann)
    said = make_comment(post, ben)
    blocks.block(ben.id, by=ann.id)
    assert comments.list_of_post(post.id, ann.id, PageRequest()).items == []
    assert posts.get(post.id, ann.id).comment_count == 1  # counts do not depend on the viewer
    blocks.unblock(ben.id, by=ann.id)
    assert between() == set()
    (found,) = comments.list_of_post(post.id, ann.id, PageRequest()).items
    assert found.id == str(said.id)


def test_the_list_is_ones_own_newest_first_and_read_by_pages(ann: Person, ben: Person) -> None:
    people = [make_user() for _ in range(3)]
    for person in people:
        blocks.block(person.id, by=ann.id)
    blocks.block(ben.id, by=people[0].id)
    first = blocks.list_of(ann.id, PageRequest(kind="blocks", limit=2))
    assert first.items == [people[2].id, people[1].id]
    assert first.next is not None
    assert blocks.list_of(ben.id, PageRequest()).items == []
