"""What a person keeps is theirs, in order, and leaves with what may no longer be seen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from pigeon.domain.errors import NotFound
from pigeon.domain.page import PageRequest, read_cursor
from pigeon.domain.sessions import Caller
from pigeon.models import PostSave
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.follows import follows
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts
from pigeon.services.relations import blocks
from pigeon.services.saves import saved, saves
from pigeon.services.users import users
from tests.factories import Person, make_post, make_user
from tests.harness.context import in_app
from tests.harness.rows import count


def kept(person: Person, limit: int = 20) -> list[int]:
    return [int(post.id) for post in saves.list_of(person.id, PageRequest(limit=limit)).items]


def is_saved(person: Person, post_id: int) -> bool:
    viewer = posts.get(post_id, person.id).viewer
    return viewer is not None and viewer.saved


@pytest.mark.both_modes
def test_saves_are_set_and_listed_newest_first(app: Flask, mode: str) -> None:
    ann = make_user("ann")
    first, second = make_post(), make_post()
    for post in (second, first, second):
        saves.set_saved(post.id, by=ann.id, on=True)
    assert kept(ann) == [first.id, second.id]
    assert is_saved(ann, first.id) and is_saved(ann, second.id)
    assert not is_saved(make_user(), first.id)
    for _ in range(2):
        saves.set_saved(second.id, by=ann.id, on=False)
    assert (kept(ann), is_saved(ann, second.id)) == ([first.id], False)
    saves.set_saved(second.id, by=ann.id, on=True)
    page = saves.list_of(ann.id, PageRequest(kind="k", limit=1))
    assert [post.id for post in page.items] == [str(second.id)]
    before = read_cursor("k", page.next or "")
    rest = saves.list_of(ann.id, PageRequest(kind="k", limit=1, before=before))
    assert ([post.id for post in rest.items], rest.next) == ([str(first.id)], None)


@pytest.mark.no_second_look
def test_saving_at_once_makes_one_row(app: Flask) -> None:
    ann, post = make_user("ann"), make_post()

    def save(_number: int) -> None:
        in_app(app, saves.set_saved, post.id, by=ann.id, on=True)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(save, range(8)))
    assert count(PostSave) == 1


def test_what_may_not_be_seen_leaves_and_comes_back(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ben)
    saves.set_saved(post.id, by=ann.id, on=True)
    blocks.block(ann.id, by=ben.id)
    assert kept(ann) == []
    with pytest.raises(NotFound):
        saves.set_saved(post.id, by=ann.id, on=False)
    blocks.unblock(ann.id, by=ben.id)
    assert kept(ann) == [post.id]
    users.update_profile(ben.id, {"is_private": True})
    assert kept(ann) == []
    follows.follow(ben.id, by=ann.id)
    users.update_profile(ben.id, {"is_private": False})
    assert kept(ann) == [post.id]


def test_a_deleted_post_and_a_person_who_leaves_take_saves_along(
    app: Flask, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    gone, stays = make_post(ben), make_post(ben)
    for post in (gone, stays):
        saves.set_saved(post.id, by=ann.id, on=True)
    posts_changes.remove(gone.id, by=ben.id)
    assert kept(ann) == [stays.id]
    drain()
    assert count(PostSave) == 1
    accounts_changes.withdraw(ann.id, password="", fresh_identity=True, caller=Caller())
    drain()
    assert count(PostSave) == 0


def test_a_save_is_shown_although_the_process_died_before_the_cache(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, post = make_user("ann"), make_post()
    assert not is_saved(ann, post.id)
    with monkeypatch.context() as patched:
        patched.setattr(saved, "evict", lambda _user_id: None)
        saves.set_saved(post.id, by=ann.id, on=True)
        assert not is_saved(ann, post.id)
    drain()
    assert is_saved(ann, post.id)
