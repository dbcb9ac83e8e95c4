"""Posts by plain forms, as a browser without scripts sends them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import Person
from tests.harness import pictures
from tests.harness.clients import Client
from tests.harness.forms import forms_of


@pytest.mark.both_modes
def test_a_post_is_made_changed_and_deleted_by_plain_forms(
    app: Flask,
    client_for: Callable[[Person], Client],
    ann: Person,
    drain: Callable[[], int],
    mode: str,
) -> None:
    browser = client_for(ann)
    form = forms_of(browser.get("/create").text)["/create"]
    assert len(form["images[]"]) == len(form["alts[]"]) == 10
    form["caption"] = "line one\r\nline two"
    form["images[]"][1] = (io.BytesIO(pictures.jpeg()), "a.jpg")
    form["alts[]"][1] = "in the second row"
    form["alts[]"][5] = "beside no picture"
    answer = browser.post("/create", data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (303, "/")
    drain()
    (post,) = browser.api("GET", "/users/ann/posts")[1]["items"]
    assert [image["alt"] for image in post["images"]] == ["in the second row"]
    assert post["caption"] == "line one\nline two"
    path = f"/p/{post['id']}"
    form = forms_of(browser.get(f"{path}/edit").text)[f"{path}/edit"]
    assert form["caption"] == "line one\nline two" and form["alts[]"] == ["in the second row"]
    form |= {"caption": "changed", "alts[]": ["described anew"]}
    assert browser.post(f"{path}/edit", data=form).location == path
    page = browser.get(path).text
    assert "changed" in page and "described anew" in page and "edited" in page
    form |= {"caption": "x" * 2_201, "alts[]": ["kept"]}
    refused = browser.post(f"{path}/edit", data=form)
    assert refused.status_code == 422 and "x" * 2_201 in refused.text and "kept" in refused.text
    form = forms_of(browser.get(f"{path}/delete").text)[f"{path}/delete"]
    assert browser.post(f"{path}/delete", data=form).location == "/"
    assert browser.get(path).status_code == 404


def test_words_alone_are_a_post(
    app: Flask, client_for: Callable[[Person], Client], ann: Person
) -> None:
    browser = client_for(ann)
    form = forms_of(browser.get("/create").text)["/create"] | {"caption": "only words"}
    for _ in "12":  # the form sent twice
        form["images[]"] = [(io.BytesIO(), "") for _ in range(10)]
        answer = browser.post("/create", data=form, content_type="multipart/form-data")
        assert answer.status_code == 303
    assert len(browser.api("GET", "/users/ann/posts")[1]["items"]) == 1
    form |= {"images[]": [(io.BytesIO(), "")], "alts[]": [""], "caption": " "}
    answer = browser.post("/create", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422 and "This is needed." in answer.text


def test_another_version_under_the_same_key_leads_to_the_edit_of_the_first(
    app: Flask, client_for: Callable[[Person], Client], ann: Person
) -> None:
    browser = client_for(ann)
    form = forms_of(browser.get("/create").text)["/create"]
    assert browser.post("/create", data=form | {"caption": "as it was"}).status_code == 303
    form = form | {"images[]": [(io.BytesIO(), "")], "alts[]": [""]}
    answer = browser.post("/create", data=form | {"caption": "as it is"})
    (made,) = browser.api("GET", "/users/ann/posts")[1]["items"]
    assert answer.status_code == 409
    assert f'href="/p/{made["id"]}/edit"' in answer.text and "as it is" in answer.text
    again = forms_of(answer.text)["/create"] | {"caption": "as it is"}
    assert browser.post("/create", data=again).status_code == 303
    assert len(browser.api("GET", "/users/ann/posts")[1]["items"]) == 2


def test_the_key_of_a_post_names_it_to_its_author_alone(
    app: Flask, client_for: Callable[[Person], Client], ann: Person, bob: Person
) -> None:
    browser = client_for(ann)
    form = forms_of(browser.get("/create").text)["/create"] | {"caption": 'the "first" <one>'}
    browser.post("/create", data=form)
    path = f"/create?idempotency_key={form['idempotency_key']}"
    assert "data-shared" in browser.get(path).text
    assert "data-shared" not in client_for(bob).get(path).text
    assert "data-shared" not in browser.get("/create?idempotency_key=another").text
