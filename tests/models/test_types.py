"""Columns behave the same on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import StatementError

from pigeon.extensions import db
from pigeon.models import PostTag, UserModel
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_post, make_user

AT = datetime(2026, 3, 1, 9, 30, 0, 123_456, tzinfo=timezone(timedelta(hours=9)))


def test_a_time_keeps_its_microseconds_and_comes_back_in_utc(app: Flask) -> None:
    ann = make_user()
    with unit_of_work():
        db.session.execute(update(UserModel).values(created_at=AT))
    found = db.session.scalar(select(UserModel.created_at).where(UserModel.id == ann.id))
    assert found == AT and found.tzinfo is UTC
    assert db.session.scalar(select(UserModel.id).where(UserModel.created_at == AT)) == ann.id


def test_a_time_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="naive datetime"):
        db.session.execute(update(UserModel).values(created_at=AT.replace(tzinfo=None)))


def test_a_key_is_compared_byte_by_byte(app: Flask) -> None:
    """To a collation of MariaDB's `e` and `é` are the same."""
    for caption in ("#cafe", "#café"):
        make_post(caption=caption)
    found = select(PostTag.tag).where(PostTag.tag == "cafe")
    assert db.session.scalars(found).all() == ["cafe"]


def test_text_that_people_typed_keeps_every_character(app: Flask) -> None:
    line = "민지 🕊️ e\u0301 𝒜"
    ann = make_user(display_name=line)
    found = db.session.scalar(select(UserModel.display_name).where(UserModel.id == ann.id))
    assert found == "민지 🕊️ \u00e9 𝒜", "as it was cleaned"
