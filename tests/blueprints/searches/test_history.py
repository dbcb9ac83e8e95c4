"""One's own searches, as pages without scripts and as JSON: stored by POST, for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pigeon.models import SearchModel
from pigeon.services.relations import blocks
from pigeon.services.users import users
from tests.factories import Person
from tests.harness.clients import Client
from tests.harness.pages import visible_text
from tests.harness.rows import count


@pytest.fixture
def client(client_for: Callable[[Person], Client], ann: Person) -> Client:
    """Ann's browser."""
    return client_for(ann)


def words(client: Client) -> list[Any]:
    status, page = client.api("GET", "/search/history")
    assert (status, page["next"]) == (200, None)
    return [one["user"]["username"] if one["user"] else one["q"] for one in page["items"]]


def shown(client: Client, path: str = "/search") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return visible_text(answer.text)


def test_the_form_stores_a_word_and_reading_what_is_found_does_not(
    client: Client, bob: Person
) -> None:
    for path in ("/search?q=bob", "/api/v1/search/users?q=bob", "/api/v1/search/suggest?q=bob"):
        assert client.get(path, headers={"Sec-Purpose": "prefetch"}).status_code == 200
    assert (words(client), count(SearchModel)) == ([], 0)
    answer = client.form("/search", q=" bob & co ")
    assert (answer.status_code, answer.location) == (303, "/search?q=+bob+%26+co+")
    assert words(client) == ["bob & co"]
    assert "bob & co" in shown(client)
    blank = client.form("/search", q=" ")
    assert (blank.status_code, blank.location) == (303, "/search")  # nothing was meant
    assert words(client) == ["bob & co"]


def test_too_long_a_word_comes_back_and_is_not_stored(client: Client) -> None:
    answer = client.form("/search", q="x" * 51)
    assert answer.status_code == 422
    assert f'value="{"x" * 51}"' in answer.text
    assert client.get(f"/search?q={'x' * 51}").status_code == 422
    assert words(client) == []


def test_one_or_all_are_deleted_without_scripts(client: Client, bob: Person) -> None:
    for word in ("sea", "sky", "stone"):
        client.form("/search", q=word)
    assert client.api("POST", "/search/history", {"username": "bob"})[0] == 201
    entry = client.api("GET", "/search/history")[1]["items"][1]
    assert entry["q"] == "stone"
    assert client.form(f"/search/history/{entry['id']}/delete").location == "/search"
    assert words(client) == ["bob", "sky", "sea"]
    assert client.form(f"/search/history/{entry['id']}/delete").status_code == 404
    assert "Clear recent searches?" in shown(client, "/search/history/clear")
    assert client.form("/search/history/clear").location == "/search"
    assert words(client) == []


def test_nobody_sees_or_deletes_words_of_others(
    client: Client, bob: Person, client_for: Callable[[Person], Client]
) -> None:
    other = client_for(bob)
    entry = client.api("POST", "/search/history", {"q": "Canary"})[1]
    path = f"/search/history/{entry['id']}"
    assert other.api("DELETE", path)[0] == other.form(f"{path}/delete").status_code == 404
    assert other.api("GET", "/search/suggest?q=can")[1]["items"] == words(other) == []
    assert "Canary" not in shown(other)
    assert client.api("GET", "/search/suggest?q=can")[1]["items"] == [
        {"kind": "query", "q": "Canary"}
    ]
    assert client.api("GET", "/search/suggest?q=can&for=mention")[1]["items"] == []
    cursor = (
        client.api("POST", "/search/history", {"q": "more"})
        and client.api("GET", "/search/history?limit=1")[1]["next"]
    )
    status, body = other.api("GET", f"/search/history?before={cursor}")
    assert (status, list(body["error"]["fields"])) == (422, ["before"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "q"),
        ({"q": " "}, "q"),
        ({"q": "x" * 51}, "q"),
        ({"q": "sea", "username": "bob"}, "username"),
        ({"word": "sea"}, "word"),
    ],
)
def test_what_is_saved_is_a_word_or_a_person(
    client: Client, bob: Person, body: Any, field: str
) -> None:
    status, answer = client.api("POST", "/search/history", body)
    assert (status, list(answer["error"]["fields"])) == (422, [field])
    assert words(client) == []


def test_who_is_hidden_cannot_be_saved(client: Client, ann: Person, bob: Person) -> None:
    blocks.block(ann.id, by=bob.id)
    for name in ("bob", "nobody.at.all"):
        assert client.api("POST", "/search/history", {"username": name})[0] == 404


def test_the_switch_in_settings_stops_saving_and_deletes_nothing(
    client: Client, ann: Person
) -> None:
    client.form("/search", q="sea")
    client.form("/settings/privacy", is_private="")  # the form of the release before
    assert users.get_me(ann.id).saves_searches
    client.form("/settings/privacy", has_searches="true")
    assert not users.get_me(ann.id).saves_searches
    assert client.form("/search", q="sky").location == "/search?q=sky"
    status, body = client.api("POST", "/search/history", {"q": "sky"})
    assert (status, body["error"]["code"]) == (409, "searches_not_saved")
    assert words(client) == ["sea"]
    assert "Save searches again" in shown(client)
    client.form("/settings/privacy", has_searches="true", saves_searches="true")
    assert client.api("POST", "/search/history", {"q": "sky"})[0] == 201
