"""Whom a message reaches is asked of SQL when it is stored, however long it was on its way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from pigeon.domain.errors import Forbidden, NotFound
from pigeon.domain.messages import pair_key
from pigeon.extensions import db
from pigeon.models import MediaModel
from pigeon.services.messages import sending
from pigeon.services.messages.checks import Content
from pigeon.services.relations import blocks
from pigeon.services.users import suspensions, users
from pigeon.stores.messages_urls import message_store
from tests.factories import Person, make_user
from tests.factories.uploads import make_upload

pytestmark = [pytest.mark.both_homes, pytest.mark.no_second_look]

MEANWHILE: dict[str, tuple[Callable[[Person, Person], object], type[Exception]]] = {
    "a block": (lambda ann, ben: blocks.block(ben.id, by=ann.id), NotFound),
    "a block by the writer": (lambda ann, ben: blocks.block(ann.id, by=ben.id), NotFound),
    "a suspension": (lambda ann, _ben: suspensions.suspend(ann.id), NotFound),
    "the writer's suspension": (lambda _ann, ben: suspensions.suspend(ben.id), NotFound),
    "another choice": (
        lambda ann, _ben: users.update_profile(ann.id, {"messages_from": "following"}),
        Forbidden,
    ),
}
"""What can happen while a file is on its way from ben to ann."""


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_file_that_comes_too_late_is_refused_and_kept_by_nobody(app: Flask, what: str) -> None:
    happen, refusal = MEANWHILE[what]
    ann, ben = make_user("ann"), make_user("ben")
    to = sending.address("ann", by=ben.id)
    upload = make_upload()
    happen(ann, ben)
    with pytest.raises(refusal):
        sending.send_to(to, Content(upload=upload), by=ben.id, client_msg_id="1")
    db.session.rollback()
    assert message_store().find(pair_key(ann.id, ben.id)) is None
    assert list(db.session.scalars(select(MediaModel))) == []
