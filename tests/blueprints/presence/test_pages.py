"""Where pages show presence, where they must not, and the form that chooses one's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from pigeon.services import presence
from pigeon.services.users import users
from tests.factories import Person, make_follow, make_message
from tests.harness.clients import Client


@pytest.fixture
def hers(client_for: Callable[[Person], Client], ann: Person) -> Client:
    """Ann's browser."""
    return client_for(ann)


def shown(page: str, person: Person) -> list[str]:
    """In which forms a page shows somebody's presence."""
    return re.findall(rf'data-presence="{person.username}" data-form="(\w+)"', page)


# -- places ----------------------------------------------------------------------------------------


def test_presence_is_in_the_inbox_the_conversation_the_picker_and_the_profile(
    hers: Client, ann: Person, bob: Person
) -> None:
    make_follow(ann, bob)
    make_message(bob, ann, "hello")
    assert shown(hers.get("/messages").text, bob) == ["dot", "said"]
    thread = hers.get("/messages/bob").text
    assert sorted(shown(thread, bob)) == ["dot", "dot", "said", "words"]
    assert shown(hers.get("/messages/new").text, bob) == ["dot", "said"]
    assert shown(hers.get("/u/bob").text, bob) == ["dot", "words"]


def test_requests_and_people_who_left_have_none(hers: Client, ann: Person, bob: Person) -> None:
    make_message(bob, ann, "may I?")
    assert shown(hers.get("/messages?box=requests").text, bob) == []
    assert shown(hers.get("/messages/bob").text, bob) == []


def test_strangers_are_shown_nobodys(anonymous: Client, bob: Person) -> None:
    page = anonymous.get("/u/bob")
    assert page.status_code == 200
    assert "data-presence" not in page.text


# -- one's own -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/messages", "/u/ann"])
def test_one_chooses_at_ones_own_handle_and_is_back_there(
    hers: Client, ann: Person, path: str
) -> None:
    page = hers.get(path).text
    assert shown(page, ann) == ["own"]
    assert 'data-chosen="available"' in page
    answer = hers.post(
        "/settings/status",
        data={"status": "busy", "csrf_token": hers.csrf()},
        headers={"Referer": f"http://localhost{path}"},
    )
    assert (answer.status_code, answer.location) == (303, path)
    assert presence.chosen_of(ann.id) == "busy"
    assert re.search(r'value="busy" aria-pressed="true"', hers.get(path).text)


def test_what_cannot_be_chosen_is_refused(hers: Client, ann: Person) -> None:
    assert hers.form("/settings/status", status="away").status_code == 422
    assert hers.form("/settings/status").status_code == 422
    assert presence.chosen_of(ann.id) == "available"


# -- whether to show it at all ---------------------------------------------------------------------


def test_showing_it_is_a_setting(hers: Client, ann: Person) -> None:
    path = "/settings/privacy"
    assert re.search(r'name="shows_activity" value="true" checked', hers.get(path).text)
    typed = {"messages_from": "everyone", "has_activity": "true"}
    assert hers.form(path, **typed).status_code == 303
    assert not users.get_me(ann.id).shows_activity
    assert 'name="shows_activity" value="true" checked' not in hers.get(path).text
    assert hers.form(path, **typed, shows_activity="true").status_code == 303
    assert users.get_me(ann.id).shows_activity
    refused = hers.form(path, **typed, shows_activity="maybe")
    assert refused.status_code == 422 and 'id="shows_activity-error"' in refused.text


def test_a_form_of_the_release_before_leaves_it(app: Flask, hers: Client, ann: Person) -> None:
    assert hers.form("/settings/privacy", messages_from="everyone").status_code == 303
    assert users.get_me(ann.id).shows_activity
