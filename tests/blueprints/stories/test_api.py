"""Stories as JSON, as the contract has them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pigeon.services.follows import follows
from pigeon.services.relations import blocks, mutes
from tests.factories import Person, age_story, make_follow, make_story, make_user
from tests.harness import pictures
from tests.harness.clients import Client, fields_of

pytestmark = pytest.mark.both_modes


@pytest.fixture(autouse=True)
def _follows(mode: str, ann: Person, bob: Person) -> None:
    """Bob follows ann; `client` is bob's."""
    make_follow(bob, ann)


@pytest.fixture
def hers(client_for: Callable[[Person], Client], ann: Person) -> Client:
    return client_for(ann)


def publish(browser: Client, text: str, **style: Any) -> dict[str, Any]:
    status, story = browser.api("POST", "/stories", {"text": text, "text_style": style})
    assert status == 201, story
    return dict(story)


def send_picture(browser: Client, **fields: Any) -> tuple[int, Any]:
    data = {"image": (io.BytesIO(pictures.jpeg()), "boat.jpg"), **fields}
    return browser.api("POST", "/stories", data=data, content_type="multipart/form-data")


def tray(browser: Client) -> list[dict[str, Any]]:
    status, page = browser.api("GET", "/stories")
    assert status == 200, page
    return list(page["items"])


def ids_of(browser: Client, name: str = "ann") -> list[str]:
    status, page = browser.api("GET", f"/users/{name}/stories")
    assert status == 200, page
    return [story["id"] for story in page["items"]]


def test_words_are_shown_at_once_for_a_day(hers: Client, client: Client) -> None:
    story = publish(hers, "hello", x=0.2, size="l", color="#FF0000")
    assert story["text_style"] == {
        "x": 0.2,
        "y": 0.5,
        "size": "l",
        "color": "#ff0000",
        "background": "#334155",
    }
    began, ends = (datetime.fromisoformat(story[name]) for name in ("published_at", "expires_at"))
    assert ends - began == timedelta(seconds=86_400)
    assert story["viewer"] == {"is_author": True, "seen": False, "view_count": 0}
    (mine,) = tray(hers)
    assert mine["is_self"] and mine["story_count"] == 1 and mine["unseen_count"] == 0
    (item,) = tray(client)
    assert (item["user"]["username"], item["unseen_count"]) == ("ann", 1)
    assert ids_of(client) == [story["id"]]


def test_a_picture_waits_to_be_processed(
    hers: Client, client: Client, drain: Callable[[], int], mode: str
) -> None:
    status, story = send_picture(hers, alt="a boat", text_style=json.dumps({"y": 0.9}))
    assert (status, story["alt"]) == (202, "a boat")
    if mode == "full":
        assert story["state"] == "processing"
        assert tray(client) == [] and ids_of(client) == [] and ids_of(hers) == []
    drain()
    (shown,) = client.api("GET", "/users/ann/stories")[1]["items"]
    assert shown["state"] == "published" and shown["image"]["alt"] == "a boat"
    answer = client.get(shown["image"]["url"])
    assert answer.status_code == 200 and "no-cache" in answer.headers["Cache-Control"]


def test_it_ends_at_its_last_second(hers: Client, client: Client, ann: Person) -> None:
    kept, over = make_story(ann, picture=True), make_story(ann, picture=True)
    picture = client.api("GET", "/users/ann/stories")[1]["items"][1]["image"]["url"]
    age_story(kept, seconds=86_400 - 60)
    age_story(over, seconds=86_400)
    assert ids_of(client) == ids_of(hers) == [str(kept)]
    assert client.get(picture).status_code == hers.get(picture).status_code == 404
    assert hers.api("DELETE", f"/stories/{over}")[0] == 404
    assert tray(client)[0]["story_count"] == 1
    age_story(kept, seconds=86_401)
    assert tray(client) == tray(hers) == []


def test_deleted_by_its_author_alone(hers: Client, client: Client, ann: Person) -> None:
    story_id = make_story(ann, picture=True)
    picture = client.api("GET", "/users/ann/stories")[1]["items"][0]["image"]["url"]
    assert client.api("DELETE", f"/stories/{story_id}")[0] == 403
    assert hers.api("DELETE", f"/stories/{story_id}")[0] == 204
    assert hers.api("DELETE", f"/stories/{story_id}")[0] == 404
    assert ids_of(client) == tray(client) == tray(hers) == []
    assert client.get(picture).status_code == 404


def test_not_for_whom_the_author_keeps_away(client: Client, ann: Person, bob: Person) -> None:
    make_story(ann)
    blocks.block(bob.id, by=ann.id)
    assert tray(client) == []
    assert client.api("GET", "/users/ann/stories")[0] == 404


def test_a_mute_keeps_it_out_of_the_tray(client: Client, ann: Person, bob: Person) -> None:
    story_id = make_story(ann)
    mutes.set_muted(ann.id, by=bob.id, of=["stories"], on=True)
    assert tray(client) == []
    assert ids_of(client) == [str(story_id)]


def test_the_tray_is_of_people_one_follows(client: Client, ann: Person, bob: Person) -> None:
    make_story(ann, hours_ago=2)
    cat = make_user("cat")
    make_story(cat)
    assert [item["user"]["username"] for item in tray(client)] == ["ann"]
    follows.follow(cat.id, by=bob.id)
    assert [item["user"]["username"] for item in tray(client)] == ["cat", "ann"]
    make_story(bob, hours_ago=5)
    assert [item["user"]["username"] for item in tray(client)] == ["bob", "cat", "ann"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"image": "required"}),
        ({"text": "  "}, {"image": "required"}),
        ({"text": "x" * 251}, {"text": "too_long"}),
        ({"text": "x", "text_style": {"x": 1.01}}, {"text_style": "bad_format"}),
        ({"text": "x", "text_style": {"size": "xl"}}, {"text_style": "bad_format"}),
        ({"text": "x", "text_style": {"color": "red"}}, {"text_style": "bad_format"}),
        ({"text": "x", "more": 1}, {"more": "unknown"}),
    ],
)
def test_refused_by_name(hers: Client, body: Any, fields: dict[str, str]) -> None:
    assert fields_of(hers.api("POST", "/stories", body)) == (422, fields)
    assert tray(hers) == []


def test_a_background_is_for_words_alone(hers: Client) -> None:
    for style in (json.dumps({"background": "#000000"}), "{"):
        answer = send_picture(hers, text_style=style)
        assert fields_of(answer) == (422, {"text_style": "bad_format"})


@pytest.mark.no_second_look
def test_the_same_key_makes_one_story(hers: Client) -> None:
    header = {"headers": {"Idempotency-Key": "k"}}
    first = hers.api("POST", "/stories", {"text": "once"}, **header)
    assert hers.api("POST", "/stories", {"text": "once"}, **header) == first
    status, answer = hers.api("POST", "/stories", {"text": "other"}, **header)
    assert (status, answer["error"]["code"]) == (409, "idempotency_conflict")
    assert len(ids_of(hers)) == 1
