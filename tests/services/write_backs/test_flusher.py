from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.cache import keys, resp, write_back
from pigeon.domain.errors import NotFound, Unavailable
from pigeon.extensions import cache, db, state
from pigeon.models import CommentLike, OutboxRow, PostLike, PostModel, WriteBackJournal
from pigeon.realtime import push
from pigeon.services import counts, watches
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.posts import changes as posts_changes
from pigeon.services.write_backs import flusher
from pigeon.services.write_backs.flusher import Overtaken
from tests.factories import Person, make_post, make_user

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.no_second_look]
CRASHES = (
    "flush.read",
    "flush.stored",
    "flush.committed",
    "flush.shown",
    "flush.cleared",
)


class Crash(Exception):
    """Stands for the power cut: what the process still held is gone."""


def flush_all() -> None:
    while flusher.flush():
        pass


def like(person: Person, post_id: int, on: bool = True) -> int:
    return likes.set_liked(POSTS, post_id, by=person.id, on=on).like_count


def rows(post_id: int) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(PostLike.user_id).where(PostLike.post_id == post_id)))


def shown(post_id: int) -> int:
    return counts.of_posts([post_id])[post_id].like_count


def stored(post_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(PostModel.like_count).where(PostModel.id == post_id)) or 0


@pytest.fixture
def crash_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    wanted: list[str | None] = [None]

    def passing(name: str) -> None:
        if name == wanted[0]:
            raise Crash

    monkeypatch.setattr(flusher, "crash_point", passing)

    def choose(name: str | None) -> None:
        wanted[0] = name

    return choose


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
    assert flusher.status().waiting == {"post": 0, "comment": 0}


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
    assert flusher.status().waiting == {"post": 0, "comment": 0}
    with pytest.raises(NotFound):
        like(ann, post.id)


def test_an_emptied_state_redis_begins_a_new_journal() -> None:
    ann, bob, post = make_user(), make_user(), make_post()
    like(ann, post.id)
    flush_all()
    state.client.flushall()
    like(bob, post.id)
    flush_all()
    assert rows(post.id) == {ann.id, bob.id}
    assert stored(post.id) == shown(post.id) == 2
    assert db.session.scalar(select(func.count()).select_from(WriteBackJournal)) == 2


def test_ids_go_on_after_what_is_stored_when_redis_lost_its_last_second() -> None:
    ann, bob, post = make_user(), make_user(), make_post()
    journal = write_back.journal_id()
    like(ann, post.id)
    flush_all()
    far = "9999999999999-0"
    with db.engine.begin() as connection:
        connection.execute(
            WriteBackJournal.__table__.update()
            .where(WriteBackJournal.journal == journal)
            .values(position=far)
        )
    like(bob, post.id)
    flusher.flush()
    like(bob, post.id, on=False)
    like(bob, post.id)
    flush_all()
    assert bob.id in rows(post.id)


def test_a_state_redis_that_is_down_refuses_and_forgets_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    monkeypatch.setattr(state, "_clients", {})
    monkeypatch.setattr(type(state), "url", property(lambda _self: "redis://127.0.0.1:1"))
    with pytest.raises(Unavailable):
        like(ann, post.id, on=False)
    monkeypatch.undo()
    flush_all()
    assert rows(post.id) == {ann.id}


@pytest.mark.env(WRITE_BACK="off")
def test_written_through_a_like_is_stored_before_the_answer() -> None:
    ann, post = make_user(), make_post()
    assert like(ann, post.id) == 1
    assert like(ann, post.id) == 1
    assert (rows(post.id), stored(post.id), shown(post.id)) == ({ann.id}, 1, 1)
    assert like(ann, post.id, on=False) == 0
    assert rows(post.id) == set()


def test_switched_off_it_drains_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob, post = make_user(), make_user(), make_post()
    like(ann, post.id)
    plain: Any = type(app.extensions["settings"])
    fields = vars(app.extensions["settings"]) | {"write_back": False}
    monkeypatch.setitem(app.extensions, "settings", plain(**fields))
    monkeypatch.setattr(flusher, "_drained", set())
    assert like(bob, post.id) == 2
    assert rows(post.id) == {ann.id, bob.id}


def test_erasing_the_likes_of_a_person_counts_them_down() -> None:
    ann, post, other = make_user(), make_post(), make_post()
    for one in (post, other):
        like(ann, one.id)
    flush_all()
    assert likes.erase_some(ann.id)
    assert not likes.erase_some(ann.id)
    assert stored(post.id) == shown(post.id) == 0
    assert rows(other.id) == set()


def test_a_warm_like_asks_no_sql(queries: Any) -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    flush_all()
    with queries() as asked:
        like(ann, post.id, on=False)
        shown(post.id)
        likes.among(POSTS, ann.id, [post.id])
    assert not asked


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commands went along on each trip of the pipelining client."""
    found: list[int] = []
    send = resp.Pool.send

    def counted(self: resp.Pool, payload: bytes, replies: int) -> Any:
        found.append(replies)
        return send(self, payload, replies)

    monkeypatch.setattr(resp.Pool, "send", counted)
    return found


def test_a_warm_like_asks_the_caches_once_and_the_journal_once(trips: list[int]) -> None:
    ann, bob, post = make_user(), make_user(), make_post()
    like(ann, post.id)
    like(bob, post.id)
    like(bob, post.id, on=False)
    flush_all()
    like(bob, post.id)
    trips.clear()
    POSTS.check(ann.id, post.id)
    checked = list(trips)
    for on in (False, True):
        trips.clear()
        like(ann, post.id, on)
        assert trips == [*checked, 2, 1]


def test_a_count_with_what_waits_takes_one_command(redis_commands: Any) -> None:
    ann, posted = make_user(), [make_post().id for _ in range(3)]
    like(ann, posted[0])
    counts.of_posts(posted)
    with redis_commands() as sent:
        waiting = counts.pending("post", ann.id, posted)
    assert waiting.counts == {posted[0]: 1}
    assert dict(sent) == {"hmget": 2}, "sums with their counts, and own answers"


def test_a_flush_asks_a_constant_number_of_statements(queries: Any) -> None:
    people, posted = [make_user() for _ in range(4)], [make_post() for _ in range(6)]
    for person in people:
        for post in posted:
            like(person, post.id)
    write_back.journal_id()
    with queries() as asked:
        assert flusher.flush() == 24
    assert len(asked) <= 12


@pytest.mark.parametrize("seed", range(4))
def test_random_likes_flushes_and_crashes_end_as_acknowledged(
    seed: int, crash_at: Callable[[str | None], None]
) -> None:
    dice = random.Random(seed)
    people, posted = [make_user() for _ in range(4)], [make_post() for _ in range(3)]
    acknowledged: dict[tuple[int, int], bool] = {}
    for _ in range(250):
        chance = dice.random()
        if chance < 0.75:
            person, post, on = dice.choice(people), dice.choice(posted), dice.random() < 0.6
            like(person, post.id, on)
            acknowledged[(post.id, person.id)] = on
            assert (post.id in likes.among(POSTS, person.id, [post.id])) is on
        elif chance < 0.85:
            crash_at(None)
            flusher.flush()
            for post in posted:
                mine = [on for (post_id, _), on in acknowledged.items() if post_id == post.id]
                assert shown(post.id) == sum(mine)
        elif chance < 0.95:
            crash_at(dice.choice(CRASHES))
            with suppress(Crash):
                flusher.flush()
            db.session.rollback()
        else:
            cache.client.flushall()
    crash_at(None)
    flush_all()
    for post in posted:
        expected_people = {
            user_id for (post_id, user_id), on in acknowledged.items() if post_id == post.id and on
        }
        assert rows(post.id) == expected_people
        assert stored(post.id) == shown(post.id) == len(expected_people)
    assert not db.session.scalars(select(CommentLike.id)).all()


DEAD = "redis://127.0.0.1:1"


def test_a_cache_that_is_away_does_not_keep_likes_from_sql(
    with_settings: Callable[..., None],
) -> None:
    ann, bob, post = make_user(), make_user(), make_post()
    assert shown(post.id) == 0
    url = cache.url
    like(ann, post.id)
    with_settings(redis_cache_url=DEAD)
    flusher.flush()
    like(bob, post.id)
    flusher.flush()
    assert rows(post.id) == {ann.id, bob.id}
    assert shown(post.id) == 2, "everybody reads SQL, and nothing is pending"
    assert flusher.drain(within_s=5)
    with_settings(redis_cache_url=url)
    flush_all()
    assert shown(post.id) == 2
    assert likes.among(POSTS, bob.id, [post.id]) == {post.id}
    assert flusher.status().entries == 0


def test_what_an_older_flush_could_not_show_is_not_forgotten_by_a_younger_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cache comes back in the middle of a flush, after the older entries were tried."""
    ann, bob, first, second = make_user(), make_user(), make_post(), make_post()
    assert likes.among(POSTS, bob.id, [first.id]) == set()
    assert shown(first.id) == 0
    show, away = POSTS.pairs.show, [True, True]

    def show_when_back(last: Any) -> dict[int, int]:
        if away:
            away.pop()
            raise Unavailable(1)
        return show(last)

    monkeypatch.setattr(type(POSTS.pairs), "show", lambda _, last: show_when_back(last))
    like(bob, first.id)
    flusher.flush()
    like(ann, second.id)
    flusher.flush()
    flush_all()
    assert not away
    assert likes.among(POSTS, bob.id, [first.id]) == {first.id}
    assert (shown(first.id), shown(second.id)) == (1, 1)
    assert flusher.status().entries == 0


def test_after_an_older_backup_of_sql_a_drain_ends() -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    flush_all()
    with db.engine.begin() as connection:
        connection.execute(WriteBackJournal.__table__.update().values(position="0-0"))
    assert flusher.drain(within_s=5)
    like(ann, post.id, on=False)
    assert flusher.drain(within_s=5)
    assert rows(post.id) == set()


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


@pytest.mark.env(WRITE_BACK="off")
def test_not_drained_it_refuses_to_write_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flusher, "drain", lambda **_: False)
    ann, post = make_user(), make_post()
    with pytest.raises(Unavailable):
        like(ann, post.id)
    assert rows(post.id) == set()


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


def test_erasing_tells_the_caches_even_if_the_process_dies(
    drain: Callable[[], int], with_settings: Callable[..., None]
) -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    flush_all()
    drain()
    assert shown(post.id) == 1
    url = cache.url
    with_settings(redis_cache_url=DEAD)
    assert likes.erase_some(ann.id)
    with_settings(redis_cache_url=url)
    drain()
    assert shown(post.id) == 0
