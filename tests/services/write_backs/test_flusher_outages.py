"""A Redis or a database that is away, emptied, or older than it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from pigeon.cache import write_back
from pigeon.domain.errors import Unavailable
from pigeon.extensions import cache, db, state
from pigeon.models import WriteBackJournal
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher
from tests.factories import make_post, make_user
from tests.services.write_backs.liking import flush_all, like, rows, shown, stored

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.no_second_look]
DEAD = "redis://127.0.0.1:1"


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
