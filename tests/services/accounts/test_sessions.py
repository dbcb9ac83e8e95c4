from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.cache import keys
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound, Unauthenticated
from pigeon.domain.sessions import Caller
from pigeon.extensions import cache, db
from pigeon.models import OutboxRow, SessionModel, UserModel
from pigeon.services.accounts import sessions
from pigeon.services.users import users
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user
from tests.harness.context import concurrently

NOBODY = Caller()
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_a_session_is_found_by_its_secret_alone(app: Flask) -> None:
    ann = make_user("ann", display_name="Ann Lee")
    token = sessions.start(ann.id, caller=NOBODY)
    found = sessions.find(token)
    assert found and (found.user_id, found.username, found.display_name) == (
        ann.id,
        "ann",
        "Ann Lee",
    )
    assert sessions.find(token[:-1]) is None
    assert sessions.find(sessions.hash_token(token)) is None
    assert sessions.find("") is None


def test_the_secret_is_stored_nowhere(app: Flask) -> None:
    token = sessions.start(make_user().id, caller=NOBODY)
    sessions.find(token)
    row = db.session.scalars(select(SessionModel)).one()
    assert token not in str(vars(row))
    assert not [key for key in cache.client.scan_iter() if token.encode() in key]


def test_a_warm_check_is_one_get_and_no_sql(
    app: Flask, queries: Callable[[], Any], redis_commands: Callable[[], Any]
) -> None:
    token = sessions.start(make_user().id, caller=NOBODY)
    sessions.find(token)
    with queries() as sent, redis_commands() as commands:
        assert sessions.find(token)
    assert sent == []
    assert commands == {"get": 1}


def test_without_redis_sessions_come_from_sql(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = make_user()
    token = sessions.start(ann.id, caller=NOBODY)

    class Gone:
        def __getattr__(self, _name: str) -> Any:
            raise ConnectionError

    monkeypatch.setattr(type(cache), "client", Gone())
    assert sessions.find(token)
    sessions.end_others(ann.id, keep=0)
    assert sessions.find(token) is None


@pytest.mark.both_modes
def test_an_ended_session_is_gone_at_once(app: Flask, mode: str) -> None:
    ann = make_user()
    kept, ended = (sessions.start(ann.id, caller=NOBODY) for _ in range(2))
    found = sessions.find(ended)
    assert found
    sessions.end(ann.id, found.session_id)
    assert sessions.find(ended) is None
    assert sessions.find(kept)
    sessions.end(ann.id, found.session_id)


def test_a_fill_that_began_before_the_end_brings_nothing_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user()
    token = sessions.start(ann.id, caller=NOBODY)
    found = sessions.find(token)
    assert found
    cache.client.delete(keys.SESSION.key(sessions.hash_token(token)))
    load = sessions._load

    def slow(condition: Any) -> Any:
        loaded = load(condition)
        monkeypatch.setattr(sessions, "_load", load)
        sessions.end(ann.id, found.session_id)
        return loaded

    monkeypatch.setattr(sessions, "_load", slow)
    sessions.find(token)
    assert sessions.find(token) is None


def test_a_change_of_name_does_not_bring_an_ended_session_back(app: Flask) -> None:
    ann = make_user()
    token = sessions.start(ann.id, caller=NOBODY)
    found = sessions.find(token)
    assert found
    stale = {sessions.hash_token(token): found}
    sessions.end(ann.id, found.session_id)
    sessions._replace(stale)
    assert sessions.find(token) is None


def test_ends_during_checks_leave_no_survivor(app: Flask) -> None:
    ann = make_user()
    for _ in range(50):
        token = sessions.start(ann.id, caller=NOBODY)
        session_id = db.session.scalars(
            select(SessionModel.id).order_by(SessionModel.id.desc()).limit(1)
        ).one()
        checks = [lambda token=token: sessions.find(token)] * 3
        concurrently(app, [*checks, lambda s=session_id: sessions.end(ann.id, s)])
        assert sessions.find(token) is None


def test_an_expired_session_is_none_even_when_it_is_cached(app: Flask) -> None:
    token = sessions.start(make_user().id, caller=NOBODY)
    found = sessions.find(token)
    assert found
    over = dataclasses.replace(found, expires_at=utc_now() - timedelta(seconds=1))
    sessions._replace({sessions.hash_token(token): over})
    assert sessions.find(token) is None
    with unit_of_work():
        db.session.execute(update(SessionModel).values(expires_at=utc_now()))
    cache.client.flushdb()
    assert sessions.find(token) is None
    assert sessions.delete_expired() == 1


def test_web_sessions_last_thirty_days(app: Flask) -> None:
    found = sessions.find(sessions.start(make_user().id, caller=NOBODY))
    assert found
    assert timedelta(days=29) < found.expires_at - utc_now() <= timedelta(days=30)


def test_nobody_withdrawn_has_or_gets_a_session(app: Flask) -> None:
    ann = make_user()
    token = sessions.start(ann.id, caller=NOBODY)
    with unit_of_work():
        db.session.execute(update(UserModel).values(state="withdrawn"))
    assert sessions.find(token) is None
    with pytest.raises(Unauthenticated):
        sessions.start(ann.id, caller=NOBODY)


def test_a_log_in_that_overlaps_with_a_new_password_fails(app: Flask) -> None:
    ann = make_user()
    with unit_of_work():
        db.session.execute(update(UserModel).values(auth_version=2))
    with pytest.raises(Unauthenticated):
        sessions.start(ann.id, caller=NOBODY, auth_version=1)
    assert sessions.start(ann.id, caller=NOBODY, auth_version=2)


def test_a_changed_profile_shows_in_open_sessions(app: Flask, queries: Callable[[], Any]) -> None:
    ann = make_user()
    token = sessions.start(ann.id, caller=NOBODY)
    sessions.find(token)
    users.update_profile(ann.id, {"theme": "dark", "display_name": "애나"})
    with queries() as sent:
        found = sessions.find(token)
    assert found and (found.theme, found.display_name, sent) == ("dark", "애나", [])


def test_the_list_is_ones_own_and_opens_nothing(app: Flask) -> None:
    ann, ben = make_user(), make_user()
    token = sessions.start(ann.id, caller=Caller(address="192.0.2.7", user_agent=FIREFOX))
    other = sessions.start(ann.id, caller=NOBODY)
    sessions.start(ben.id, caller=NOBODY)
    current = sessions.find(token)
    assert current
    entries = sessions.list_of(ann.id, current=current.session_id)
    assert [entry.is_current for entry in entries] == [False, True]
    assert entries[1].device == "Firefox · Windows" and entries[1].address == "192.0.2.7"
    assert not {token, other, sessions.hash_token(token)} & set(map(str, vars(entries[1]).values()))
    assert sessions.find(entries[1].handle) is None
    with pytest.raises(NotFound):
        sessions.end_by_handle(ben.id, entries[0].handle)
    sessions.end_by_handle(ann.id, entries[0].handle)
    assert sessions.find(other) is None and sessions.find(token)


def test_ending_the_others_ends_access_tokens_too(app: Flask) -> None:
    ann = make_user()
    mine, other = (sessions.start(ann.id, caller=NOBODY) for _ in range(2))
    program = sessions.create_token(ann.id)
    kept = sessions.find(mine)
    assert kept
    assert sessions.find(program)
    sessions.end_others(ann.id, keep=kept.session_id)
    assert [bool(sessions.find(token)) for token in (mine, other, program)] == [True, False, False]


def test_the_end_of_sessions_is_told_to_sockets(app: Flask) -> None:
    ann = make_user()
    token = sessions.start(ann.id, caller=NOBODY)
    found = sessions.find(token)
    assert found
    with unit_of_work() as uow:
        sessions.end_all(ann.id, uow)
    (job,) = db.session.scalars(
        select(OutboxRow.arguments).where(OutboxRow.job == "users.close_sockets")
    )
    assert f"[{found.session_id}]" in job


def test_who_dies_before_the_tombstone_leaves_it_to_the_job(
    app: Flask, monkeypatch: pytest.MonkeyPatch, drain: Callable[[], int]
) -> None:
    ann = make_user()
    token = sessions.start(ann.id, caller=NOBODY)
    assert sessions.find(token)
    with monkeypatch.context() as dying:
        dying.setattr(sessions, "write_tombstones", lambda _hashes: None)
        sessions.end_others(ann.id, keep=0)
    assert sessions.find(token), "it lives on in the cache"
    drain()
    assert sessions.find(token) is None
