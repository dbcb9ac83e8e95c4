"""What becomes of the pictures that somebody sends of themselves: the last one counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.extensions import db
from pigeon.jobs import runner
from pigeon.jobs.scheduler import sweep_outbox
from pigeon.models import MediaModel, UserModel
from pigeon.realtime import push
from pigeon.services.media import media, processing
from pigeon.services.users import avatars, users
from pigeon.stores.imaging import Refused
from pigeon.stores.imaging_results import Rendered
from tests.factories import Person, make_user
from tests.factories.uploads import make_upload
from tests.harness.context import concurrently
from tests.harness.crashes import killed_at, left_in_incoming, stored_objects

Told = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What leaves for sockets, in order; the sockets themselves have tests of their own."""
    heard: Told = []
    monkeypatch.setattr(push, "to_user", lambda event, payload, _id: heard.append((event, payload)))
    return heard


def send(person: Person, content: bytes | None = None) -> int:
    """Upload an avatar; the number of its row."""
    upload = make_upload() if content is None else make_upload(content)
    avatars.set_avatar(person.id, upload, "")
    return db.session.scalar(select(func.max(MediaModel.id))) or 0


def send_damaged(person: Person) -> int:
    """One whose bytes are lost after it was inspected, as a file that only decoding finds out."""
    number = send(person)
    row = db.session.get(MediaModel, number)
    assert row
    media.incoming().path(row.incoming).write_bytes(b"\xff\xd8\xff\xe0 and nothing more")
    return number


def avatar_of(person: Person) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(UserModel.avatar).where(UserModel.id == person.id))


def name_of(media_id: int) -> str | None:
    return db.session.scalar(select(MediaModel.name).where(MediaModel.id == media_id))


def state_of(person: Person) -> tuple[str, str | None]:
    db.session.rollback()
    avatar = users.get_me(person.id).avatar
    return avatar.state, avatar.error.code if avatar.error else None


def names(told: Told) -> list[str]:
    return [event for event, _ in told]


def test_from_none_to_ready(app: Flask, drain: Callable[[], int], told: Told) -> None:
    ann = make_user("ann")
    assert state_of(ann) == ("none", None)
    number = send(ann)
    assert state_of(ann) == ("processing", None) and told == []
    drain()
    assert state_of(ann) == ("ready", None)
    assert told == [("avatar.ready", {"avatar_url": f"/media/{name_of(number)}-s256.webp"})]
    avatars.remove_avatar(ann.id)
    assert state_of(ann) == ("none", None)


def test_the_newest_wins_whatever_is_ready_first(
    app: Flask, drain: Callable[[], int], told: Told
) -> None:
    ann = make_user("ann")
    old, middle, newest = (send(ann) for _ in range(3))
    processing.process(middle)
    assert avatar_of(ann) is None and state_of(ann) == ("processing", None) and told == []
    processing.process(newest)
    assert avatar_of(ann) == name_of(newest)
    processing.process(old)
    drain()
    assert avatar_of(ann) == name_of(newest)
    assert names(told) == ["avatar.ready"]
    assert len(stored_objects()) == 4 and left_in_incoming() == []


def test_a_damaged_one_is_told_and_a_waiting_one_still_comes(
    app: Flask, drain: Callable[[], int], told: Told
) -> None:
    ann = make_user("ann")
    first = send(ann)
    drain()
    second, third = send(ann), send_damaged(ann)
    processing.process(second)
    assert avatar_of(ann) == name_of(first)
    told.clear()
    processing.process(third)
    assert avatar_of(ann) == name_of(second)
    assert state_of(ann) == ("failed", "unreadable")
    assert names(told) == ["avatar.failed", "avatar.ready"]
    drain()
    assert len(stored_objects()) == 4 and left_in_incoming() == []


def test_one_that_was_waiting_comes_after_the_newer_one_failed(
    app: Flask, drain: Callable[[], int], told: Told
) -> None:
    ann = make_user("ann")
    first, second = send(ann), send_damaged(ann)
    processing.process(second)
    assert state_of(ann) == ("failed", "unreadable")
    processing.process(first)
    assert avatar_of(ann) == name_of(first)
    assert state_of(ann) == ("failed", "unreadable")


def test_a_failure_is_told_in_words_and_leaves_no_file(
    app: Flask, drain: Callable[[], int], told: Told
) -> None:
    ann = make_user("ann", language="ko")
    send_damaged(ann)
    drain()
    ((event, payload),) = told
    assert event == "avatar.failed" and payload["error"]["code"] == "unreadable"
    assert "사진" in payload["error"]["message"]
    assert avatar_of(ann) is None
    assert stored_objects() == [] and left_in_incoming() == []


def test_a_failure_of_an_older_one_is_not_told_of_the_newer(
    app: Flask, drain: Callable[[], int], told: Told
) -> None:
    ann = make_user("ann")
    older, newer = send_damaged(ann), send(ann)
    processing.process(older)
    assert state_of(ann) == ("processing", None) and told == []
    processing.process(newer)
    drain()
    assert state_of(ann) == ("ready", None)
    assert names(told) == ["avatar.ready"] and left_in_incoming() == []


@pytest.mark.parametrize("end", ["another", "dismissed", "removed"])
def test_a_failure_is_told_until_it_is_over(app: Flask, drain: Callable[[], int], end: str) -> None:
    ann = make_user("ann")
    first = send(ann)
    send_damaged(ann)
    drain()
    assert state_of(ann) == ("failed", "unreadable") and avatar_of(ann) == name_of(first)
    if end == "another":
        send(ann)
        assert state_of(ann) == ("processing", None)
    if end == "dismissed":
        avatars.dismiss_failure(ann.id)
        assert state_of(ann) == ("ready", None) and avatar_of(ann) == name_of(first)
    if end == "removed":
        avatars.remove_avatar(ann.id)
        assert state_of(ann) == ("none", None)
    drain()
    assert left_in_incoming() == []


def test_one_that_is_removed_while_it_is_processed_does_not_come_back(
    app: Flask, drain: Callable[[], int], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user("ann")
    number = send(ann)
    render = media.render

    def removed_meanwhile(row: MediaModel) -> Rendered:
        rendered = render(row)
        avatars.remove_avatar(ann.id)
        return rendered

    with monkeypatch.context() as patched:
        patched.setattr(media, "render", removed_meanwhile)
        processing.process(number)
    drain()
    assert avatar_of(ann) is None and state_of(ann) == ("none", None) and told == []
    assert stored_objects() == [] and left_in_incoming() == []


@pytest.mark.both_databases
@pytest.mark.no_second_look
def test_two_that_end_at_the_same_moment_agree_on_the_last(
    app: Flask, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    """The newer one fails as the older one becomes ready: one of the two has to show the older."""
    ann = make_user("ann")
    for _ in range(12):
        older, newer = send(ann), send(ann)
        with monkeypatch.context() as patched:
            patched.setattr(media, "render", _render_or_refuse(newer))
            results = concurrently(app, [lambda n=n: processing.process(n) for n in (older, newer)])
        assert results == [None, None]
        assert avatar_of(ann) == name_of(older)
        assert state_of(ann) == ("failed", "unreadable")


def _render_or_refuse(refused: int) -> Callable[[MediaModel], Rendered]:
    def render(row: MediaModel) -> Rendered:
        if row.id == refused:
            raise Refused("unreadable")
        return Rendered(width=40, height=40, color="#008080", files=())

    return render


@pytest.mark.no_second_look
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("place", ["image.rendered", "image.stored", "image.settled"])
def test_a_worker_that_is_killed_is_followed_by_one_that_tells(
    app: Flask, drain: Callable[[], int], told: Told, place: str
) -> None:
    ann = make_user("ann")
    number = send(ann)
    killed_at(app, place, runner.drain)
    sweep_outbox()
    drain()
    assert avatar_of(ann) == name_of(number) and state_of(ann) == ("ready", None)


def test_a_job_that_is_given_up_is_told(app: Flask, told: Told) -> None:
    ann = make_user("ann")
    number = send(ann)
    processing.fail(number, "unreadable")
    assert state_of(ann) == ("failed", "unreadable") and names(told) == ["avatar.failed"]
