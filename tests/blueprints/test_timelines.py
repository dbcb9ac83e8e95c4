"""The home page and the landing page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from pigeon.web.timelines import feed
from tests.factories import Person, make_follow, make_post, make_user
from tests.factories.uploads import make_processing_post
from tests.harness.clients import Client
from tests.harness.pages import visible_text


def test_first_steps_stay_until_they_are_put_away(
    app: Flask, client_for: Callable[[Person], Client], ann: Person, bob: Person
) -> None:
    browser, others = client_for(ann), [make_user() for _ in range(5)]
    picture, words = make_post(others[0], images=1, alt="a bay"), make_post(others[0])
    html = browser.get("/").text
    assert "0 of 3 done" in html and "Follow 5 people" in html
    assert f'href="/p/{picture.id}" aria-label="a bay"' in html and f"/p/{words.id}" not in html
    for number, person in enumerate([bob, *others[:3]], 1):
        make_follow(ann, person)
        assert f'"checklist-part">{number} of 5<' in browser.get("/").text
    make_follow(ann, others[3])
    html = browser.get("/").text
    assert "1 of 3 done" in html and "People to follow" not in html
    answer = browser.form("/checklist/dismiss")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "checklist-step" not in browser.get("/").text


def test_links_of_the_public_are_not_for_strangers_when_reading_is_off(
    app: Flask, anonymous: Client, names: dict[str, int], with_settings: Callable[..., None]
) -> None:
    assert "/media/" in anonymous.get("/").text
    with_settings(public_reading=False)
    assert "/media/" not in anonymous.get("/").text


def test_a_post_that_is_published_while_its_author_loads_the_page_is_on_it(
    app: Flask,
    client_for: Callable[[Person], Client],
    ann: Person,
    drain: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = client_for(ann)
    make_post(ann, caption="the one before")
    drain()
    browser.get("/")
    make_processing_post(ann, caption="on its way")
    assert "on its way" in browser.get("/").text
    real, read = feed.page_of, []

    def then_publish(*given: Any) -> Any:
        page = real(*given)
        if not read:
            read.append(page)
            drain()
        return page

    monkeypatch.setattr(feed, "page_of", then_publish)
    page = browser.get("/").text
    assert read and "on its way" in page and "is-pending" not in page


@pytest.mark.both_modes
def test_older_is_a_link(
    app: Flask,
    client_for: Callable[[Person], Client],
    ann: Person,
    bob: Person,
    drain: Callable[[], int],
    mode: str,
) -> None:
    make_follow(bob, ann)
    for number in range(26):
        make_post(ann, caption=f"number {number} #sky")
    drain()
    browser = client_for(bob)
    for path, pages in (("/", 3), ("/u/ann", 2), ("/tags/sky", 2)):
        found, address = [], path
        for number in range(pages):
            page = browser.get(address).text
            found += re.findall(r"number (\d+) ", visible_text(page)) or _posts_in(page)
            link = re.search(r'href="([^"]+)" rel="next"', page)
            assert bool(link) == (number < pages - 1), (path, number)
            address = unescape(link[1]) if link else ""
        assert len(set(found)) == 26, (path, len(found))


def _posts_in(page: str) -> list[str]:
    return re.findall(r'href="/p/(\d+)"', page)
