"""Who is given a stored picture, by its kind, and for how long a browser may keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from pigeon.extensions import db
from pigeon.jobs import runner
from pigeon.models import MediaModel
from pigeon.services.follows import follows
from pigeon.services.media import media
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts
from pigeon.services.relations import blocks
from pigeon.services.users import avatars, suspensions, users
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, make_follow, make_post, make_user
from tests.factories.uploads import make_processing_post, make_upload
from tests.harness.clients import Client

FOR_A_WHILE = "private, max-age=300"
ASKING_EACH_TIME = "private, no-cache"


@pytest.fixture(params=["by the process", "by nginx"])
def sender(request: pytest.FixtureRequest, with_settings: Callable[..., None]) -> str:
    """Who sends the bytes."""
    with_settings(accel_redirect=request.param == "by nginx")
    return str(request.param)


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def browsers(
    ann: Person, anonymous: Client, client_for: Any, token_client: Any
) -> dict[str, Client]:
    """Of people who stand to ann in every way; `program` is the follower's, with a token."""
    names = ("follower", "stranger", "blocked", "blocker", "requester")
    people = {name: make_user(name) for name in names}
    zoe = make_user("zoe", role="admin")
    make_follow(people["follower"], ann)
    blocks.block(people["blocked"].id, by=ann.id)
    blocks.block(ann.id, by=people["blocker"].id)
    return {
        "anonymous": anonymous,
        "ann": client_for(ann),
        "admin": client_for(zoe),
        "program": token_client(people["follower"]),
        **{name: client_for(person) for name, person in people.items()},
    }


def picture_of(post_id: int, author: Person) -> str:
    return str(posts.get(post_id, author.id).images[0].url)


def avatar_of(person: Person, drain: Callable[[], int]) -> str:
    avatars.set_avatar(person.id, make_upload(), "")
    drain()
    return str(users.get_me(person.id).avatar_url)


def turn(person: Person, *, is_private: bool) -> None:
    users.update_profile(person.id, {"is_private": is_private})


def statuses(browsers: dict[str, Client], address: str) -> dict[str, int]:
    return {name: client.get(address).status_code for name, client in browsers.items()}


def refused(answer: TestResponse) -> bool:
    """As for a name that does not exist: nothing says that there is a picture, or was."""
    known = set(answer.headers.keys()) & {"ETag", "X-Accel-Redirect", "Last-Modified"}
    return answer.status_code == 404 and not known


# -- who -------------------------------------------------------------------------------------------


def test_pictures_of_a_public_person_are_for_all_but_those_behind_a_block(
    browsers: dict[str, Client], ann: Person, sender: str
) -> None:
    found = statuses(browsers, picture_of(make_post(ann, images=1).id, ann))
    assert {name for name, status in found.items() if status == 404} == {"blocked", "blocker"}
    assert set(found.values()) == {200, 404}


def test_pictures_of_a_private_person_are_for_followers(
    browsers: dict[str, Client], ann: Person, sender: str
) -> None:
    """Also those that everybody has just seen, and that lie in caches."""
    address = picture_of(make_post(ann, images=1).id, ann)
    statuses(browsers, address)
    turn(ann, is_private=True)
    follows.follow(ann.id, by=users.get_card("requester", None).id)
    found = statuses(browsers, address)
    assert {name for name, status in found.items() if status == 200} == {
        "ann",
        "follower",
        "program",
    }
    assert all(refused(browsers[name].head(address)) for name in found if found[name] == 404)
    assert browsers["program"].head(address).status_code == 200
    turn(ann, is_private=False)
    assert statuses(browsers, address)["stranger"] == 200


def test_avatars_of_private_people_are_for_all_but_those_behind_a_block(
    browsers: dict[str, Client], ann: Person, sender: str, drain: Callable[[], int]
) -> None:
    """As is the rest of the head of their profile."""
    turn(ann, is_private=True)
    found = statuses(browsers, avatar_of(ann, drain))
    assert {name for name, status in found.items() if status == 404} == {"blocked", "blocker"}


def test_nobody_sees_a_picture_of_somebody_who_is_suspended(
    browsers: dict[str, Client], ann: Person, sender: str, drain: Callable[[], int]
) -> None:
    addresses = [picture_of(make_post(ann, images=1).id, ann), avatar_of(ann, drain)]
    before = [statuses(browsers, address) for address in addresses]
    suspensions.suspend(ann.id)
    for address in addresses:
        assert set(statuses(browsers, address).values()) == {404}
    suspensions.unsuspend(ann.id)
    del browsers["ann"], before[0]["ann"], before[1]["ann"]  # her session ended
    assert [statuses(browsers, address) for address in addresses] == before


def test_a_credential_that_is_none_makes_a_stranger(
    browsers: dict[str, Client], ann: Person
) -> None:
    address = picture_of(make_post(ann, images=1).id, ann)
    turn(ann, is_private=True)
    wrong = {"Authorization": "Bearer nonsense"}
    assert browsers["anonymous"].get(address, headers=wrong).status_code in (401, 404)


def test_a_picture_of_an_unknown_kind_is_refused_to_everybody(
    app: Flask, anonymous: Client, client_for: Callable[[Person], Client]
) -> None:
    """A row that a newer release wrote: this one does not know who may see it."""
    ann, ben, zoe = make_user("ann"), make_user("ben"), make_user("zoe", role="admin")
    address = posts.get(make_post(ann, images=1).id, None).images[0].url
    readers = [anonymous, *(client_for(person) for person in (ann, ben, zoe))]
    assert [reader.get(address).status_code for reader in readers] == [200] * 4
    for values in ({"kind": "highlights"}, {"kind": "highlights", "post_id": None}):
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


def test_an_address_in_an_object_store_is_given_to_who_may_see_it(stage: Any, s3: Any) -> None:
    """For a minute, each time anew; whatever the browser says it has."""
    app = stage.app("sqlite", "full", {"MEDIA_URL": s3.media_url})
    with app.app_context():
        ann, fan = make_user("ann"), make_user("fan")
        make_follow(fan, ann)
        turn(ann, is_private=True)
        post = make_processing_post(ann)
        runner.drain()
        address = picture_of(int(post.id), ann)
        reader, stranger = app.test_client(), app.test_client()
        reader.sign_in(fan.id)
        for kept in ({}, {"If-None-Match": "*"}, {"If-None-Match": f'"{address[7:]}"'}):
            answer = reader.get(address, headers=kept)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "no-store")
            assert "X-Amz-Expires=60" in answer.location and "ETag" not in answer.headers
            assert refused(stranger.get(address, headers=kept))
        follows.remove_follower(fan.id, by=ann.id)
        assert refused(reader.get(address))


# -- what a browser keeps --------------------------------------------------------------------------


def test_what_not_everybody_may_see_is_asked_for_each_time(
    browsers: dict[str, Client], ann: Person, sender: str, drain: Callable[[], int]
) -> None:
    picture, avatar = picture_of(make_post(ann, images=1).id, ann), avatar_of(ann, drain)
    for is_private, kept in ((False, FOR_A_WHILE), (True, ASKING_EACH_TIME)):
        turn(ann, is_private=is_private)
        for name in ("ann", "follower", "program"):
            answer = browsers[name].get(picture)
            assert answer.headers["Cache-Control"] == kept, name
            assert answer.headers["ETag"] == f'"{picture.rpartition("/")[2]}"', "a strong one"
            assert browsers[name].get(avatar).headers["Cache-Control"] == FOR_A_WHILE


def test_who_may_still_see_it_keeps_it(
    browsers: dict[str, Client], ann: Person, sender: str
) -> None:
    address = picture_of(make_post(ann, images=1).id, ann)
    turn(ann, is_private=True)
    tag = browsers["follower"].get(address).headers["ETag"]
    for kept in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = browsers["follower"].get(address, headers={"If-None-Match": kept})
        assert (again.status_code, again.data) == (304, b""), kept
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == ASKING_EACH_TIME
        assert "X-Accel-Redirect" not in again.headers
    other = browsers["follower"].get(address, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


@pytest.mark.parametrize("lost_by", ["removal", "block", "unfollow", "delete", "suspension"])
def test_who_lost_access_does_not_hear_that_it_is_unchanged(
    browsers: dict[str, Client], ann: Person, sender: str, lost_by: str
) -> None:
    follower = users.get_card("follower", None)
    post = make_post(ann, images=1)
    address = picture_of(post.id, ann)
    turn(ann, is_private=True)
    tag = browsers["follower"].get(address).headers["ETag"]
    changes: dict[str, Callable[[], Any]] = {
        "removal": lambda: follows.remove_follower(follower.id, by=ann.id),
        "block": lambda: blocks.block(follower.id, by=ann.id),
        "unfollow": lambda: follows.unfollow(ann.id, by=follower.id),
        "delete": lambda: posts_changes.remove(post.id, by=ann.id),
        "suspension": lambda: suspensions.suspend(ann.id),
    }
    changes[lost_by]()
    for kept in (tag, "*"):
        for client in (browsers["follower"], browsers["program"]):
            assert refused(client.get(address, headers={"If-None-Match": kept}))
            assert refused(client.head(address, headers={"If-None-Match": kept}))
            assert refused(client.get(address, headers={"Range": "bytes=0-9"}))


def test_an_avatar_that_was_removed_is_not_unchanged(
    browsers: dict[str, Client], ann: Person, sender: str, drain: Callable[[], int]
) -> None:
    """Before a job has deleted the file, and afterwards; so is one that another took over from."""
    first = avatar_of(ann, drain)
    tag = browsers["follower"].get(first).headers["ETag"]
    second = avatar_of(ann, drain)
    assert refused(browsers["follower"].get(first, headers={"If-None-Match": tag}))
    tag = browsers["follower"].get(second).headers["ETag"]
    avatars.remove_avatar(ann.id)
    for _ in range(2):
        assert refused(browsers["follower"].get(second, headers={"If-None-Match": tag}))
        drain()


def test_a_part_of_a_picture_may_be_asked_for(browsers: dict[str, Client], ann: Person) -> None:
    address = picture_of(make_post(ann, images=1).id, ann)
    turn(ann, is_private=True)
    whole = browsers["follower"].get(address)
    tag = whole.headers["ETag"]
    part = {"Range": "bytes=2-5"}
    for headers, expected in (
        (part, (206, whole.data[2:6])),
        (part | {"If-Range": tag}, (206, whole.data[2:6])),
        (part | {"If-Range": '"other"'}, (200, whole.data)),
    ):
        answer = browsers["follower"].get(address, headers=headers)
        assert (answer.status_code, answer.data) == expected, headers
        assert answer.headers["Cache-Control"] == ASKING_EACH_TIME
