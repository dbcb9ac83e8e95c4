"""Keys are written with names, and made again for whom the release before wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.domain.errors import NotFound
from pigeon.domain.page import PageRequest
from pigeon.domain.search_keys import keys_of
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.models import SearchKey, UserModel
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.searches import keying, people
from pigeon.services.users import users, withdrawals
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_user
from tests.harness.crashes import killed_at


def stored(person: Person) -> set[str]:
    db.session.rollback()
    key = SearchKey.place + SearchKey.key
    return set(db.session.scalars(select(key).where(SearchKey.user_id == person.id)))


def write_as_before(person: Person, **columns: Any) -> None:
    """As the release before does, which knows nothing of keys."""
    with unit_of_work() as uow:
        db.session.execute(update(UserModel).where(UserModel.id == person.id).values(**columns))
        users.changed(uow, person.id)


def found(q: str) -> set[str]:
    return {row.username for row in people.find_people(q, None, PageRequest()).items}


def test_keys_come_and_go_with_the_name(app: Flask) -> None:
    ann = make_user("ann.lee", display_name="김민지")
    assert stored(ann) == keys_of("ann.lee", "김민지")
    users.update_profile(ann.id, {"display_name": "하늘"})
    assert stored(ann) == keys_of("ann.lee", "하늘")
    with pytest.raises(NotFound), unit_of_work():
        db.session.execute(update(UserModel).values(display_name="바다"))
        keying.key(ann.id)
        raise NotFound
    assert stored(ann) == keys_of("ann.lee", "하늘") and found("바다") == set()
    accounts_changes.withdraw(ann.id, password="", fresh_identity=True, caller=Caller())
    assert stored(ann) == set()
    while withdrawals.erase_some(ann.id):
        pass
    assert keying.rebuild(all_of_them=False) == 0


def test_what_the_release_before_wrote_is_mended(app: Flask, queries: Callable[[], Any]) -> None:
    new, renamed, gone = (
        make_user(name, display_name="하늘") for name in ("fresh", "older", "gone")
    )
    with unit_of_work():
        db.session.execute(update(UserModel).values(keyed_as=UserModel.keyed_as))
        db.session.query(SearchKey).filter(SearchKey.user_id == new.id).delete()
    write_as_before(new, keyed_as="")
    write_as_before(renamed, display_name="바다")
    write_as_before(gone, state="withdrawn", username=f"deleted-{gone.id}", display_name="")
    assert found("하늘") == set() and found("바다") == set()
    keying.mend()
    assert found("하늘") == {"fresh"} and found("바다") == {"older"}
    assert stored(gone) == set()
    with queries() as sent:
        keying.mend()
    assert not [one for one in sent if not one.startswith("SELECT")]


def test_a_rebuild_that_is_killed_goes_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keying, "AT_ONCE", 2)
    persons = [make_user(f"user{n}") for n in range(5)]
    with unit_of_work():
        db.session.execute(update(UserModel).values(keyed_as=""))
        db.session.query(SearchKey).delete()
    killed_at(app, "search_keys.made", keying.mend)
    assert [bool(stored(one)) for one in persons] == [True] * 2 + [False] * 3
    assert keying.rebuild(all_of_them=False) == 3
    assert all(stored(one) for one in persons)
    told: list[tuple[int, int]] = []
    keying.rebuild(all_of_them=True, tell=lambda *told_: told.append(told_))
    assert told == [(persons[-1].id, 5)]
