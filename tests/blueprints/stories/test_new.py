"""The form of a new story, as a browser without scripts sends it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.names import username_problem
from pigeon.services.media import processing
from pigeon.services.stories import stories
from tests.factories import Person, make_processing_story
from tests.harness import pictures
from tests.harness.clients import Client
from tests.harness.crashes import left_in_incoming
from tests.harness.forms import forms_of
from tests.stores import hostile

PATH = "/stories/new"
AGAIN = "Choose the photo again: a browser does not keep it."


@pytest.fixture
def hers(client_for: Callable[[Person], Client], ann: Person) -> Client:
    return client_for(ann)


def photo(content: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(pictures.jpeg() if content is None else content), "boat.jpg"


def drawn(browser: Client) -> dict[str, Any]:
    """The form as it is drawn, with what is chosen in it."""
    form: dict[str, Any] = forms_of(browser.get(PATH).text)[PATH]
    return form


def send(browser: Client, form: dict[str, Any], **fields: Any) -> Any:
    data = form | {"image": (io.BytesIO(), "")} | fields
    return browser.post(PATH, data=data, content_type="multipart/form-data")


def mine(browser: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.api("GET", "/users/ann/stories")[1]["items"]
    return found


def failed_story(author: Person, text: str = "") -> int:
    story_id = make_processing_story(author, hostile.damaged_png(), text)
    (waiting,) = stories.waiting_of(author.id)
    assert waiting.image is not None
    processing.process(int(waiting.image.id))
    return story_id


def test_nobody_can_be_called_as_this_page() -> None:
    assert username_problem("new") == "reserved"


@pytest.mark.both_modes
def test_a_photo_with_words_is_published(hers: Client, drain: Callable[[], int], mode: str) -> None:
    chosen = {"place": "bottom-left", "size": "l", "color": "#ffd84d", "background": "#6b3fc9"}
    answer = send(hers, drawn(hers), image=photo(), text="hello\r\nsea", alt="a boat", **chosen)
    assert (answer.status_code, answer.location) == (303, "/stories/ann")
    drain()
    (story,) = mine(hers)
    assert (story["text"], story["alt"], story["image"]["alt"]) == (
        "hello\nsea",
        "a boat",
        "a boat",
    )
    style = story["text_style"]
    assert style["x"] < 0.4 and style["y"] > 0.7
    assert (style["size"], style["color"], style["background"]) == ("l", "#ffd84d", None)


@pytest.mark.both_modes
def test_words_stand_in_the_middle_of_a_colour(hers: Client, mode: str) -> None:
    form = drawn(hers)
    assert send(hers, form, text="hi", background="#0b7a75").status_code == 303
    (story,) = mine(hers)
    assert story["text_style"] == {
        "x": 0.5,
        "y": 0.5,
        "size": "m",
        "color": "#ffffff",
        "background": "#0b7a75",
    }
    assert send(hers, form, text="hi", background="#0b7a75").status_code == 303
    assert len(mine(hers)) == 1, "the form sent twice"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "Choose a photo, or write something."),
        ({"text": " \n "}, "Choose a photo, or write something."),
        ({"text": "x" * 251}, "At most 250 characters fit here."),
        ({"text": "x", "alt": "y" * 1_001}, "At most 1,000 characters fit here."),
        ({"text": "x", "place": "above"}, "This does not have the right form."),
        ({"text": "x", "color": "red"}, "This does not have the right form."),
    ],
)
def test_a_fault_keeps_what_was_typed(hers: Client, fields: dict[str, str], sentence: str) -> None:
    chosen = {"text": "kept", "place": "top", "size": "s"} | fields
    answer = send(hers, drawn(hers), **chosen)
    assert answer.status_code == 422 and sentence in answer.text and AGAIN not in answer.text
    form = forms_of(answer.text)[PATH]
    assert (form["text"], form["size"]) == (chosen["text"], "s")
    assert form["alt"] == fields.get("alt", "")
    assert form.get("place") == ("top" if "place" not in fields else None)
    assert mine(hers) == []


@pytest.mark.parametrize("content", [b"only words", b"", pictures.jpeg()[:20]])
def test_a_file_that_is_no_picture_is_refused_at_its_field(
    hers: Client, ann: Person, content: bytes
) -> None:
    answer = send(hers, drawn(hers), image=photo(content), text="kept", alt="a boat")
    assert answer.status_code == 422 and AGAIN in answer.text
    at_field = answer.text[answer.text.index('id="story-image-error"') :]
    assert "picture" in at_field[: at_field.index("</p>")]
    form = forms_of(answer.text)[PATH]
    assert (form["text"], form["alt"]) == ("kept", "a boat")
    assert left_in_incoming() == [] and stories.waiting_of(ann.id) == []


def test_a_good_file_is_not_kept_when_its_words_are_refused(hers: Client) -> None:
    answer = send(hers, drawn(hers), image=photo(), text="x" * 251)
    assert answer.status_code == 422 and AGAIN in answer.text
    assert left_in_incoming() == []


def test_unknown_fields_and_foreign_types_are_refused(hers: Client) -> None:
    assert send(hers, drawn(hers), text="x", more="1").status_code == 422
    assert mine(hers) == []


def test_another_story_under_the_same_key_gets_a_key_of_its_own(hers: Client) -> None:
    form = drawn(hers)
    assert send(hers, form, text="first").status_code == 303
    answer = send(hers, form, text="second")
    assert answer.status_code == 409
    assert "This was shared already. Share again to publish another one." in answer.text
    again = forms_of(answer.text)[PATH]
    assert again["text"] == "second" and again["idempotency_key"] != form["idempotency_key"]
    assert send(hers, again, text="second").status_code == 303
    assert [story["text"] for story in mine(hers)] == ["first", "second"]


# -- what waits ------------------------------------------------------------------------------------


def test_what_waits_is_listed_for_its_author(hers: Client, app: Flask, ann: Person) -> None:
    assert "Being prepared" not in hers.get(PATH).text
    make_processing_story(ann, text="on its way")
    page = hers.get(PATH).text
    assert "Being prepared" in page and "on its way" in page
    assert "/retry" not in page


def test_what_is_held_back_says_so(hers: Client, ann: Person) -> None:
    make_processing_story(ann)
    second = make_processing_story(ann)
    (_, waiting) = stories.waiting_of(ann.id)
    assert waiting.image is not None
    processing.process(int(waiting.image.id))
    page = hers.get(PATH).text
    row = page[page.index(f'id="story-row-{second}"') :]
    assert "Ready: it follows the one before it" in row
    assert page.count("Being prepared") == 1


def test_a_failed_one_is_tried_again_or_deleted(
    hers: Client, ann: Person, client_for: Callable[[Person], Client], bob: Person
) -> None:
    story_id = failed_story(ann, "a torn sail")
    page = hers.get(PATH).text
    assert "This picture is damaged and cannot be read." in page and "a torn sail" in page
    assert f'href="/stories/{story_id}/delete"' in page
    act = f"/stories/{story_id}/retry"
    assert act in page
    assert client_for(bob).form(act).status_code == 404
    answer = hers.form(act)
    assert (answer.status_code, answer.location) == (303, PATH)
    assert "Being prepared" in hers.get(PATH).text
    assert hers.form(act).status_code == 409
    assert hers.form("/stories/0/retry").status_code == 404


def test_it_is_for_members(anonymous: Client) -> None:
    assert anonymous.get(PATH).location.startswith("/login?next=")
