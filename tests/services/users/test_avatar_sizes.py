"""Avatars of earlier releases are given the small sizes, and show before they have them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from pigeon.extensions import db
from pigeon.models import MediaModel
from pigeon.services.media import media
from pigeon.services.users import avatar_sizes, avatars
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_user
from tests.factories.uploads import make_upload
from tests.harness import pictures
from tests.harness.crashes import killed_at, stored_objects

SMALL = ("s64", "s128")
Drain = Callable[[], int]


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def row_of(person: Person) -> MediaModel:
    db.session.rollback()
    query = select(MediaModel).where(MediaModel.owner_id == person.id, MediaModel.kind == "avatar")
    return db.session.scalars(query).one()


def kinds(person: Person) -> list[str]:
    return [kind for kind, *_ in json.loads(row_of(person).variants)]


def content_of(name: str) -> bytes:
    with media.store().open(name) as stored:
        return stored.read()


def make_old(person: Person, drain: Drain) -> str:
    """An avatar as the release before left it; its random name."""
    avatars.set_avatar(person.id, make_upload(pictures.jpeg(700, 500)), "")
    drain()
    row = row_of(person)
    kept = [entry for entry in json.loads(row.variants) if entry[0] not in SMALL]
    name = row.name
    with unit_of_work():
        db.session.execute(
            update(MediaModel).where(MediaModel.name == name).values(variants=json.dumps(kept))
        )
    media.store().delete(f"{name}-{kind}.webp" for kind in SMALL)
    media.stored.evict(name)
    return name


def test_small_sizes_are_made_and_the_rest_stays(ann: Person, drain: Drain) -> None:
    name = make_old(ann, drain)
    before = content_of(f"{name}-s256.webp")
    assert kinds(ann) == ["s256", "s512"]
    assert avatar_sizes.rebuild() == 1
    assert kinds(ann) == ["s64", "s128", "s256", "s512"]
    assert content_of(f"{name}-s256.webp") == before
    assert 0 < media.store().size(f"{name}-s64.webp") < media.store().size(f"{name}-s128.webp")
    assert avatar_sizes.rebuild() == 0


def test_a_name_leads_to_what_is_there(ann: Person, drain: Drain) -> None:
    name = make_old(ann, drain)
    small, large = f"{name}-s64.webp", f"{name}-s256.webp"
    assert avatar_sizes.nearest(small, media.get_stored(small)) == large
    avatar_sizes.rebuild()
    assert avatar_sizes.nearest(small, media.get_stored(small)) == small
    assert avatar_sizes.nearest(large, media.get_stored(large)) == large


def test_a_killed_walk_is_taken_up_again(app: Flask, ann: Person, drain: Drain) -> None:
    make_old(ann, drain)
    killed_at(app, "avatar_sizes.stored", avatar_sizes.fill)
    assert kinds(ann) == ["s256", "s512"]
    avatar_sizes.fill()
    assert kinds(ann) == ["s64", "s128", "s256", "s512"]


def test_a_walk_goes_through_batches_and_ends_for_good(
    app: Flask, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(avatar_sizes, "BATCH", 2)
    people = [make_user(f"old{number}") for number in range(5)]
    for person in people:
        make_old(person, drain)
    avatar_sizes.fill()
    assert all("s64" in kinds(person) for person in people)
    late = make_user("late")
    make_old(late, drain)
    avatar_sizes.fill()
    assert "s64" not in kinds(late)
    assert avatar_sizes.rebuild() == 1


def test_a_lost_file_stops_nobody(ann: Person, drain: Drain) -> None:
    bob = make_user("bob")
    lost, _ = make_old(ann, drain), make_old(bob, drain)
    media.store().delete([f"{lost}-s256.webp"])
    assert avatar_sizes.rebuild() == 1
    assert "s64" in kinds(bob) and "s64" not in kinds(ann)


def test_an_avatar_that_goes_takes_its_small_sizes_along(ann: Person, drain: Drain) -> None:
    make_old(ann, drain)
    avatar_sizes.rebuild()
    avatars.remove_avatar(ann.id)
    drain()
    assert stored_objects() == []
