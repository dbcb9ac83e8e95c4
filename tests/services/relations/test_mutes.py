"""A mute hides what comes unasked, from nobody but who muted, and each thing by itself."""

from __future__ import annotations

from typing import Any

import pytest

from pigeon.domain.errors import Conflict, Invalid, NotFound
from pigeon.domain.page import PageRequest
from pigeon.services import access
from pigeon.services.posts import posts
from pigeon.services.relations import apart, blocks, mutes
from pigeon.services.relations.apart import MUTED
from pigeon.services.timelines import timelines
from pigeon.services.users import users
from tests.factories import Person, make_follow, make_post


def muted(ann: Person, ben: Person) -> list[str]:
    """What ann has muted of ben, as everybody is told who asks."""
    stored = apart.load(ann.id).muted(ben.id)
    cached = apart.apart.one(ann.id)
    assert cached is not None
    assert cached.muted(ben.id) == stored
    return stored


def change(ann: Person, ben: Person, *of: str, on: bool = True) -> None:
    mutes.set_muted(ben.id, by=ann.id, of=of, on=on)


def test_each_thing_is_muted_by_itself(ann: Person, ben: Person) -> None:
    change(ann, ben, "posts")
    change(ann, ben, "chat")
    assert muted(ann, ben) == ["posts", "chat"]
    change(ann, ben, "posts", on=False)
    assert muted(ann, ben) == ["chat"]
    assert muted(ben, ann) == []


def test_muting_twice_is_once_and_what_is_empty_is_gone(ann: Person, ben: Person) -> None:
    for _ in range(2):
        change(ann, ben, *MUTED)
        assert mutes.list_of(ann.id, PageRequest()).items == [ben.id]
    for _ in range(2):
        change(ann, ben, *MUTED, on=False)
        assert mutes.list_of(ann.id, PageRequest()).items == []
    assert muted(ann, ben) == []


def test_a_mute_takes_posts_out_of_the_timeline_and_out_of_nothing_else(
    ann: Person, ben: Person
) -> None:
    make_follow(ann, ben)
    post = make_post(ben)

    def read() -> list[int]:
        page = timelines.page(access.viewer(ann.id), PageRequest(kind="timeline"))
        return [entry.post_id for entry in page.items]

    assert read() == [post.id]
    change(ann, ben, "posts")
    assert read() == []
    assert timelines.plain(ann.id, None, 20) == []
    assert posts.get(post.id, ann.id).id == str(post.id)
    assert [one.id for one in posts.list_of_author(ben.id, ann.id, PageRequest()).items] == [
        str(post.id)
    ]
    change(ann, ben, "posts", on=False)
    assert read() == [post.id]


def test_nobody_mutes_themselves(ann: Person) -> None:
    with pytest.raises(Conflict) as caught:
        change(ann, ann, "posts")
    assert caught.value.code == "self"


def test_across_a_block_nobody_is_muted_and_an_older_mute_waits(ann: Person, ben: Person) -> None:
    change(ann, ben, "posts")
    blocks.block(ben.id, by=ann.id)
    assert mutes.list_of(ann.id, PageRequest()).items == []
    with pytest.raises(NotFound):
        change(ann, ben, "chat")
    blocks.unblock(ben.id, by=ann.id)
    assert users.get("ben", ann.id).viewer.muted == ["posts"]  # type: ignore[union-attr]


@pytest.mark.parametrize(("of", "code"), [([], "required"), (["posts", "letters"], "unknown")])
def test_what_cannot_be_muted_is_refused(of: Any, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        mutes.check_kinds(of)
    assert caught.value.fields["of"].code == code


def test_without_a_word_everything_is_meant() -> None:
    assert mutes.check_kinds(None) == list(MUTED)
    assert mutes.check_kinds(["chat", "posts", "chat"]) == ["posts", "chat"]
