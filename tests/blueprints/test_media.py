"""Who is given a stored picture, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import update

from pigeon.extensions import db
from pigeon.models import MediaModel
from pigeon.services.media import media
from pigeon.services.posts import posts
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_post, make_user
from tests.harness.clients import Client


def test_a_picture_of_an_unknown_kind_is_refused_to_everybody(
    app: Flask, anonymous: Client, client_for: Callable[[Person], Client]
) -> None:
    """A row that a newer release wrote: this one does not know who may see it."""
    ann, ben, zoe = make_user("ann"), make_user("ben"), make_user("zoe", role="admin")
    address = posts.get(make_post(ann, images=1).id, None).images[0].url
    readers = [anonymous, *(client_for(person) for person in (ann, ben, zoe))]
    assert [reader.get(address).status_code for reader in readers] == [200] * 4
    for values in ({"kind": "message"}, {"kind": "message", "post_id": None}):
        _change(values)
        assert [reader.get(address).status_code for reader in readers] == [404] * 4


def test_an_avatar_is_everybodys(app: Flask, anonymous: Client) -> None:
    ann = make_user("ann")
    address = posts.get(make_post(ann, images=1).id, None).images[0].url
    _change({"kind": "avatar", "post_id": None})
    assert anonymous.get(address).status_code == 200


def _change(values: dict[str, Any]) -> None:
    """Of the only picture there is."""
    with unit_of_work():
        db.session.execute(update(MediaModel).values(**values))
    media.stored.evict(db.session.scalars(db.select(MediaModel.name)).one())
