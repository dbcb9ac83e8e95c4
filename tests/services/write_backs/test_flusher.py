"""From an acknowledged like to its row: counted at once, stored once, whoever dies."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import select

from pigeon.cache import keys, write_back
from pigeon.domain.errors import NotFound
from pigeon.extensions import cache, db, state
from pigeon.models import OutboxRow
from pigeon.realtime import push
from pigeon.services import watches
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.posts import changes as posts_changes
from pigeon.services.write_backs import flusher
from pigeon.services.write_backs.flusher import Overtaken
from tests.factories import make_post, make_user
from tests.services.write_backs.liking import CRASHES, Crash, flush_all, like, rows, shown, stored

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.no_second_look]


def test_a_like_is_counted_at_once_and_stored_by_the_flush() -> None:
    ann, post = make_user("ann"), make_post()
    assert like(ann, post.id) == 1
    assert shown(post.id) == 1
    assert likes.among(POSTS, ann.id, [post.id]) == {post.id}
    assert rows(post.id) == set()
    assert flusher.flush() == 1
    assert rows(post.id) == {ann.id}
    assert (stored(post.id), shown(post.id)) == (1, 1)
    assert likes.among(POSTS, ann.id, [post.id]) == {post.id}
    assert flusher.status().entries == 0


def test_the_same_like_a_hundred_times_is_one() -> None:
    ann, post = make_user(), make_post()
    assert {like(ann, post.id) for _ in range(100)} == {1}
    assert flusher.status().entries == 1
    flush_all()
    assert like(ann, post.id) == 1
    flush_all()
    assert (rows(post.id), stored(post.id), shown(post.id)) == ({ann.id}, 1, 1)


def test_flapping_ends_as_it_was_acknowledged_and_stores_nothing_between() -> None:
    ann, post = make_user(), make_post()
    for _ in range(500):
        assert like(ann, post.id) == 1
        assert like(ann, post.id, on=False) == 0
    flush_all()
    assert (rows(post.id), stored(post.id), shown(post.id)) == (set(), 0, 0)
    assert not [row for row in db.session.scalars(select(OutboxRow.job)) if "like" in row]


def test_an_unlike_while_the_like_is_being_flushed_is_not_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)

    def meanwhile(name: str) -> None:
        if name == "flush.committed":
            assert like(ann, post.id, on=False) == 0

    monkeypatch.setattr(flusher, "crash_point", meanwhile)
    flusher.flush()
    monkeypatch.undo()
    assert shown(post.id) == 0
    assert likes.among(POSTS, ann.id, [post.id]) == set()
    flush_all()
    assert (rows(post.id), stored(post.id), shown(post.id)) == (set(), 0, 0)


@pytest.mark.parametrize("place", CRASHES)
def test_a_flusher_that_dies_anywhere_loses_and_doubles_nothing(
    place: str, crash_at: Callable[[str | None], None]
) -> None:
    ann, bob, post = make_user(), make_user(), make_post()
    like(ann, post.id)
    like(bob, post.id)
    crash_at(place)
    with pytest.raises(Crash):
        flusher.flush()
    db.session.rollback()
    assert shown(post.id) == 2
    like(bob, post.id, on=False)
    crash_at(None)
    flush_all()
    assert rows(post.id) == {ann.id}
    assert (stored(post.id), shown(post.id)) == (1, 1)
    assert flusher.status().entries == 0
    assert not any(flusher.status().waiting.values())


def test_a_stalled_flusher_cannot_store_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)

    def overtake(name: str) -> None:
        if name == "flush.read":
            monkeypatch.undo()
            flush_all()

    monkeypatch.setattr(flusher, "crash_point", overtake)
    with pytest.raises(Overtaken):
        flusher.flush()
    db.session.rollback()
    assert (rows(post.id), stored(post.id), shown(post.id)) == ({ann.id}, 1, 1)


def test_a_flusher_that_wakes_up_after_its_commit_brings_no_old_value_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)

    def overtake(name: str) -> None:
        if name == "flush.committed":
            monkeypatch.undo()
            flush_all()
            like(ann, post.id, on=False)
            flush_all()

    monkeypatch.setattr(flusher, "crash_point", overtake)
    flusher.flush()
    assert (rows(post.id), stored(post.id), shown(post.id)) == (set(), 0, 0)
    assert likes.among(POSTS, ann.id, [post.id]) == set()


def test_a_wrong_base_heals_at_its_flush() -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    flush_all()
    cache.client.hset(keys.LIKED.key("post", ann.id), str(post.id), 0)
    like(ann, post.id)
    flush_all()
    assert (rows(post.id), stored(post.id), shown(post.id)) == ({ann.id}, 1, 1)
    assert likes.among(POSTS, ann.id, [post.id]) == {post.id}


def test_what_was_deleted_stays_deleted() -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    posts_changes.remove(post.id, by=post.author.id)
    flush_all()
    assert rows(post.id) == set()
    assert not any(flusher.status().waiting.values())
    with pytest.raises(NotFound):
        like(ann, post.id)


def test_nothing_is_left_of_what_came_to_nothing() -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    like(ann, post.id, on=False)
    flush_all()
    like(ann, post.id)
    flush_all()
    like(ann, post.id)
    flush_all()
    for family in (keys.PENDING_PAIRS, keys.PENDING_DELTAS):
        assert not state.client.exists(family.key("post"))


def test_what_others_have_settled_is_trimmed(crash_at: Callable[[str | None], None]) -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    crash_at("flush.cleared")
    with suppress(Crash):
        flusher.flush()
    crash_at(None)
    write_back.trim("9999999999998-0")
    like(ann, post.id, on=False)
    assert write_back.is_settled(write_back.backlog().newest)
    flush_all()
    assert flusher.status().entries == 0


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param("full", marks=pytest.mark.env(CACHE="off"), id="no_cache"),
        pytest.param("full", marks=pytest.mark.env(WRITE_BACK="off"), id="written_through"),
        pytest.param("full", id="full"),
    ],
)
def test_watchers_are_told_what_is_true(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []
    monkeypatch.setattr(push, "to_post", lambda _event, payload, _post: told.append(payload))
    ann, post = make_user(), make_post()
    watches.posts.renew([post.id])
    assert shown(post.id) == 0
    like(ann, post.id)
    flush_all()
    assert [frame["like_count"] for frame in told] == [1]
