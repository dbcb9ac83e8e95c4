"""Search history: the newest first, one entry each, and deleted for good, whatever forgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.cache import keys
from pigeon.domain.errors import Conflict, Invalid, NotFound
from pigeon.domain.page import Page, PageRequest, read_cursor
from pigeon.domain.searches import KEPT, NOT_SAVED, SearchEntry
from pigeon.extensions import cache, db, state
from pigeon.models import SearchModel
from pigeon.services.relations import blocks
from pigeon.services.searches import entries, history
from pigeon.services.users import suspensions, users, withdrawals
from pigeon.services.write_backs import flusher
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_user
from tests.harness.crashes import killed_at
from tests.harness.rows import count

pytestmark = pytest.mark.both_databases


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def page(person: Person, limit: int = KEPT, before: int | None = None) -> Page[SearchEntry]:
    db.session.rollback()
    request = PageRequest(kind=f"searches-{person.id}", limit=limit, before=before)
    return history.list_of(person.id, request)


def listed(person: Person) -> list[str]:
    return [one.user.username if one.user else one.q for one in page(person).items]


def look(person: Person, *words: str) -> None:
    for word in words:
        history.add_word(word, by=person.id)


def forget_everything() -> None:
    """All that may be lost: what caches hold."""
    cache.client.flushdb()
    db.session.rollback()


# -- order -----------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_what_is_searched_again_moves_up(ann: Person, mode: str) -> None:
    look(ann, "sea", "sky", "stone")
    ids = {one.q: one.id for one in page(ann).items}
    assert listed(ann) == ["stone", "sky", "sea"]
    look(ann, " SEA ")
    assert listed(ann) == ["sea", "stone", "sky"]
    assert {one.q: one.id for one in page(ann).items} == ids
    forget_everything()
    assert listed(ann) == ["sea", "stone", "sky"]
    flusher.drain(within_s=20)
    forget_everything()
    assert listed(ann) == ["sea", "stone", "sky"]


def test_a_search_while_the_cache_is_cold_hides_no_older_one(ann: Person) -> None:
    look(ann, "sea", "sky")
    flusher.drain(within_s=20)
    for word in ("sea", "new"):
        forget_everything()
        look(ann, word)
        assert set(listed(ann)) >= {"sea", "sky"}


def test_pages_join_without_a_gap(ann: Person) -> None:
    look(ann, *(f"word {number}" for number in range(5)))
    first = page(ann, limit=3)
    assert first.next is not None
    before = read_cursor(f"searches-{ann.id}", first.next)
    rest = page(ann, limit=3, before=before)
    shown = [one.q for one in (*first.items, *rest.items)]
    assert (shown, rest.next) == ([f"word {number}" for number in (4, 3, 2, 1, 0)], None)


def test_the_oldest_makes_room_but_not_what_moved_up_and_waits(ann: Person) -> None:
    look(ann, *(f"word {number}" for number in range(KEPT)))
    flusher.drain(within_s=20)
    look(ann, "word 0", "one more")
    assert listed(ann)[:3] == ["one more", "word 0", f"word {KEPT - 1}"]
    assert (len(listed(ann)), count(SearchModel)) == (KEPT, KEPT)
    assert "word 1" not in listed(ann)


def test_a_warm_history_is_a_sorted_set_and_asks_no_sql(
    ann: Person, queries: Callable[[], Any]
) -> None:
    look(ann, "sea", "sky")
    listed(ann)
    key = keys.SEARCHES.key(ann.id)
    look(ann, "sea")
    (newest, score) = cache.client.zrange(key, 0, 0, desc=True, withscores=True)[0]
    assert newest.endswith(b" sea")
    assert int(score) == entries.of(ann.id)[0].at_us
    with queries() as asked:
        assert [one.q for one in entries.of(ann.id)] == ["sea", "sky"]
    assert not asked


def test_what_cannot_be_searched_is_refused_by_name(ann: Person) -> None:
    for word in ("", "  ", "x" * 51):
        with pytest.raises(Invalid) as refused:
            look(ann, word)
        assert set(refused.value.fields) == {"q"}
    look(ann, "😀" * 50, "민지")
    forget_everything()
    assert listed(ann) == ["민지", "😀" * 50]


# -- deleted ---------------------------------------------------------------------------------------


def test_what_is_deleted_never_returns(ann: Person) -> None:
    """A later time of it waits in the journal, and caches hold it."""
    look(ann, "secret", "sky")
    flusher.drain(within_s=20)
    listed(ann)
    look(ann, "secret")
    (entry, _) = page(ann).items
    assert entry.q == "secret"
    history.delete_one(int(entry.id), by=ann.id)
    assert listed(ann) == ["sky"]
    for _ in "12":
        flusher.flush()
        assert flusher.checkpoint()
        forget_everything()
        assert listed(ann) == ["sky"]
    with pytest.raises(NotFound):
        history.delete_one(int(entry.id), by=ann.id)
    look(ann, "secret")
    assert page(ann).items[0].id != entry.id


def test_a_delete_stands_though_no_cache_hears_of_it(
    ann: Person, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    look(ann, "secret", "sky")
    listed(ann)
    drain()
    with monkeypatch.context() as patch:
        patch.setattr(entries, "evict", lambda *_: None)  # as a process that died after the commit
        history.delete_all(by=ann.id)
    drain()
    assert listed(ann) == []


def test_nobody_deletes_what_is_not_theirs(ann: Person) -> None:
    ben = make_user("ben")
    look(ann, "sea")
    (entry,) = page(ann).items
    with pytest.raises(NotFound):
        history.delete_one(int(entry.id), by=ben.id)
    history.delete_all(by=ben.id)
    entries.MOVES.store(None, [_entry(ben, int(entry.id))])  # type: ignore[arg-type]
    assert listed(ann) == ["sea"]
    assert db.session.scalar(select(SearchModel.searched_at)) == entry.searched_at


def _entry(actor: Person, target: int) -> Any:
    return entries.Entry("1-1", "search", actor.id, target, 4_000_000_000_000_000)


# -- write-back ------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["search.moved", "flush.stored", "flush.committed"])
def test_who_dies_between_journal_and_settling_loses_nothing(
    app: Flask, ann: Person, point: str
) -> None:
    look(ann, "sea", "sky")
    listed(ann)

    def die() -> None:
        look(ann, "sea")
        flusher.flush()

    killed_at(app, point, die)
    for _ in "12":
        assert listed(ann) == ["sea", "sky"]
        forget_everything()
        flusher.drain(within_s=20)
    assert state.client.hlen(keys.PENDING_PAIRS.key("search")) == 0


@pytest.mark.env(WRITE_BACK="off")
def test_without_write_back_it_is_stored_at_once(ann: Person) -> None:
    look(ann, "sea", "sky", "sea")
    assert listed(ann) == ["sea", "sky"]
    assert flusher.status().entries == 0
    forget_everything()
    assert listed(ann) == ["sea", "sky"]


# -- people ----------------------------------------------------------------------------------------


def test_who_becomes_hidden_is_not_shown_and_comes_back(ann: Person) -> None:
    ben = make_user("ben")
    history.add_person("ben", by=ann.id)
    look(ann, "sea")
    for hide, show in (
        (
            lambda: blocks.block(ann.id, by=ben.id),
            lambda: blocks.unblock(ann.id, by=ben.id),
        ),
        (lambda: suspensions.suspend(ben.id), lambda: suspensions.unsuspend(ben.id)),
    ):
        hide()
        assert listed(ann) == ["sea"]
        with pytest.raises(NotFound):
            history.add_person("ben", by=ann.id)
        show()
        assert listed(ann) == ["sea", "ben"]
    users.update_profile(ben.id, {"display_name": "Benny"})
    shown = page(ann).items[1].user
    assert shown is not None
    assert shown.display_name == "Benny"


def test_who_does_not_want_it_saved_keeps_what_is_there(ann: Person) -> None:
    look(ann, "sea")
    users.update_profile(ann.id, {"saves_searches": False})
    make_user("ben")
    for add in (
        lambda: history.add_word("sea", by=ann.id),
        lambda: history.add_word("new", by=ann.id),
        lambda: history.add_person("ben", by=ann.id),
    ):
        with pytest.raises(Conflict, match=NOT_SAVED):
            add()
    assert (listed(ann), flusher.status().entries) == (["sea"], 0)
    history.delete_all(by=ann.id)
    assert listed(ann) == []


def test_it_goes_with_the_account_at_once(ann: Person) -> None:
    ben = make_user("ben")
    look(ann, "sea")
    listed(ann)
    look(ben, "sky")
    with unit_of_work() as uow:
        withdrawals.hide(uow, ann.id, "ann")
    assert count(SearchModel) == 1
    assert not cache.client.exists(keys.SEARCHES.key(ann.id))
    assert listed(ben) == ["sky"]


# -- suggestions -----------------------------------------------------------------------------------


def test_only_own_words_are_suggested(ann: Person) -> None:
    ben = make_user("ben")
    look(ann, "Canary", "can", "pecan")
    look(ben, "candle")
    assert [hit.q for hit in history.suggest("CAN", ann.id, 3)] == ["can", "Canary"]
    assert [hit.q for hit in history.suggest("can", ben.id, 3)] == ["candle"]
    assert history.suggest(" ", ann.id, 3) == []
