"""A picture belongs to the feature of its kind, and to none when its kind is unknown."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import NoReturn

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.extensions import db
from pigeon.jobs import registry
from pigeon.models import MediaModel, UserModel
from pigeon.services.media import media, owners, processing, uploads
from pigeon.stores import imaging
from pigeon.unit_of_work import unit_of_work
from pigeon.web.wording import image_sentence
from tests.factories import make_user
from tests.factories.uploads import make_upload
from tests.harness import pictures
from tests.harness.crashes import stored_objects


def _upload(owner_id: int, kind: str) -> int:
    with unit_of_work():
        row = media.add(make_upload(), owner_id=owner_id, kind=kind)
        db.session.flush()
        return row.id


def _state(media_id: int) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(MediaModel.state).where(MediaModel.id == media_id))


@pytest.mark.parametrize("kind", ["chapter", "highlights"])
def test_a_picture_of_an_unknown_kind_waits_for_who_knows_it(app: Flask, kind: str) -> None:
    """It is neither made nor shown as an avatar, though it belongs to no post."""
    ann = make_user("ann")
    number = _upload(ann.id, kind)
    for work in (processing.process, lambda media_id: processing.fail(media_id, "unreadable")):
        with pytest.raises(owners.UnknownKind):
            work(number)
    assert _state(number) == "processing" and stored_objects() == []
    assert db.session.scalar(select(UserModel.avatar)) is None


def test_a_newer_release_finishes_what_waited(
    app: Flask, monkeypatch: pytest.MonkeyPatch, drain: Callable[[], int]
) -> None:
    ann = make_user("ann")
    number = _upload(ann.id, "highlights")
    told: list[str] = []
    of_highlights = owners.Owner(
        check_sees=lambda _viewer, _picture: None,
        lock=lambda _row: told.append("locked"),
        ready=lambda _uow, row: told.append(f"{row.kind} {row.state}"),
        failed=lambda _uow, row, code: told.append(f"{row.kind} {code}"),
    )
    monkeypatch.setitem(owners.OWNERS, "highlights", of_highlights)
    processing.process(number)
    processing.fail(number, "unreadable")
    assert told == ["locked", "highlights ready", "locked"]
    assert _state(number) == "ready" and stored_objects()


def test_every_kind_fits_into_its_column() -> None:
    room = MediaModel.kind.type.length
    assert max(map(len, [*owners.OWNERS, "highlights"])) <= room


def test_files_of_a_request_share_the_time_that_it_waits(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten files that take for ever hold their request no longer than one does."""
    now, waited = [0.0], list[float]()

    def takes_all_of_it(_task: object, wall_s: float) -> NoReturn:
        waited.append(wall_s)
        now[0] += wall_s
        raise imaging.TooSlow("unreadable")

    clock = SimpleNamespace(monotonic=lambda: now[0])
    monkeypatch.setattr(imaging, "time", clock)
    monkeypatch.setattr(uploads, "time", clock)
    monkeypatch.setattr(imaging, "_reply_to", takes_all_of_it)
    files = [media.incoming().stream_factory() for _ in range(10)]
    for file in files:
        file.write(pictures.jpeg()[:-2])
    assert len(uploads.inspect_all(files, "images")) == 10
    assert waited == [imaging.CHECK_S]
    for file in files:
        file.close()


def test_what_was_away_too_long_is_not_blamed_on_the_file(app: Flask) -> None:
    number = _upload(make_user("ann").id, "avatar")
    give_up = registry.JOBS["media.process"].gave_up
    assert give_up
    give_up(media_id=number)
    assert db.session.scalar(select(MediaModel.error)) == "not_processed"
    with app.test_request_context():
        assert "our side" in image_sentence("not_processed")
