"""A repeated request is the same one for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import IdempotencyKey
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_user


def test_a_key_is_forgotten_after_a_day(app: Flask, client_for: Any) -> None:
    ann, key = make_user("ann"), {"Idempotency-Key": "old"}
    first = client_for(ann).share("one", headers=key)[1]
    with unit_of_work():
        yesterday = utc_now() - timedelta(hours=25)
        db.session.execute(update(IdempotencyKey).values(created_at=yesterday))
    status, second = client_for(ann).share("two", headers=key)
    assert status == 201 and second["id"] != first["id"]
