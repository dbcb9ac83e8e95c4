"""Pages: each renders for whom it is for, in both languages; long lists go on; cards for others."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from tests.factories import Person, make_follow, make_post, make_user
from tests.harness.clients import Client
from tests.harness.forms import forms_of
from tests.harness.pages import HANGUL, visible_text

FOR_STRANGERS = (
    *("/", "/login", "/signup", "/password/forgot", "/check-mail", "/u/ann", "/tags/sky"),
    "/p/{shown}",
)
FOR_MEMBERS = (
    *("/", "/?fragment=feed", "/u/ann", "/u/bob", "/u/ann/followers", "/u/bob/following"),
    *("/people", "/people?q=a", "/people?q=nobody.at.all", "/create", "/tags/sky", "/tags/unused"),
    *("/p/{shown}", "/p/{words}", "/p/{shown}?fragment=1", "/p/{shown}?fragment=card"),
    *("/settings/profile", "/settings/account", "/settings/appearance"),
)
FOR_THE_AUTHOR = (
    *("/p/{shown}/edit", "/p/{shown}/delete", "/p/{failed}", "/p/{waiting}", "/p/{failed}/delete"),
    *("/p/{failed}?fragment=card", "/p/{waiting}?fragment=1"),
)


def check_page(answer: Any, language: str) -> None:
    assert answer.status_code == 200, (answer.request.path, answer.status_code)
    assert answer.mimetype == "text/html"
    if "fragment=" not in answer.request.url:
        assert f'<html lang="{language}"' in answer.text
    assert "None" not in visible_text(answer.text), answer.request.path
    if language == "ko" and "fragment=1" not in answer.request.url:
        assert HANGUL.search(visible_text(answer.text)), answer.request.path


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.both_modes
def test_every_page_renders(
    app: Flask,
    anonymous: Client,
    client_for: Callable[[Person], Client],
    names: dict[str, int],
    ann: Person,
    bob: Person,
    drain: Callable[[], int],
    mode: str,
    language: str,
) -> None:
    drain()
    for path in FOR_STRANGERS:
        headers = {"Accept-Language": language}
        check_page(anonymous.get(path.format(**names), headers=headers), language)
    author, reader = client_for(ann), client_for(bob)
    for client in (author, reader):
        assert client.api("PATCH", "/me", {"language": language})[0] == 200
    for path in (*FOR_MEMBERS, *FOR_THE_AUTHOR):
        check_page(author.get(path.format(**names)), language)
    for path in FOR_MEMBERS:
        check_page(reader.get(path.format(**names)), language)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.both_modes
def test_a_newcomer_finds_something_to_do_on_every_page(
    app: Flask, client_for: Callable[[Person], Client], mode: str, language: str
) -> None:
    for name in ("popular", "friend"):
        make_user(name)
    browser = client_for(make_user("newcomer", display_name="", language=language))
    for path in ("/", "/u/newcomer", "/u/newcomer/followers", "/u/newcomer/following", "/people"):
        check_page(browser.get(path), language)
    assert 'href="/people"' in browser.get("/").text
    assert 'href="/create"' in browser.get("/u/newcomer").text
    home = browser.get("/").text
    assert 'formaction="/u/popular/follow"' in home and 'formaction="/u/friend/follow"' in home


def test_first_things_are_for_who_follows_nobody(
    app: Flask, client_for: Callable[[Person], Client], ann: Person, bob: Person
) -> None:
    browser = client_for(ann)
    before = browser.get("/").text
    make_follow(ann, bob)
    after = browser.get("/").text
    assert "checklist" in before and "checklist" not in after


@pytest.mark.env(PUBLIC_READING="off")
def test_pages_lead_to_the_log_in_and_back(
    app: Flask, anonymous: Client, names: dict[str, int], ann: Person
) -> None:
    for path in (
        "/u/ann",
        "/u/ann?before=x",
        f"/p/{names['shown']}",
        "/tags/sky",
        "/people?q=%20a",
    ):
        answer = anonymous.get(path)
        assert answer.status_code == 302 and answer.location.startswith("/login?next=%2F")
        page = anonymous.get(answer.location)
        assert 'name="next"' in page.text
        fields = forms_of(page.text)["/login"]
        fields |= {"login": "ann", "password": ann.password}
        back = anonymous.post("/login", data=fields)
        assert back.status_code == 303 and back.location == path
        anonymous.form("/logout")
    assert anonymous.get("/").status_code == 200


def test_links_of_the_public_are_not_for_strangers_when_reading_is_off(
    app: Flask, anonymous: Client, names: dict[str, int], with_settings: Callable[..., None]
) -> None:
    assert "/media/" in anonymous.get("/").text
    with_settings(public_reading=False)
    assert "/media/" not in anonymous.get("/").text


# -- long lists, parts of pages --------------------------------------------------------------------


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


def test_followers_go_on(app: Flask, client_for: Callable[[Person], Client], ann: Person) -> None:
    for _ in range(41):
        make_follow(make_user(), ann)
    browser = client_for(ann)
    page = browser.get("/u/ann/followers").text
    link = re.search(r'href="([^"]+)" rel="next"', page)
    assert link
    rest = browser.get(unescape(link[1])).text
    assert len(set(re.findall(r'href="/u/(person\d+)"', page + rest))) == 41


def test_a_cursor_that_is_none_is_refused_as_a_page(
    app: Flask, client_for: Callable[[Person], Client], ann: Person
) -> None:
    browser = client_for(ann)
    for path in ("/?before=x", "/u/ann?before=x", "/u/ann/followers?before=x", "/tags/x?limit=99"):
        answer = browser.get(path)
        assert answer.status_code == 422 and "<html" in answer.text


def test_parts_of_pages_have_no_frame(
    app: Flask,
    client_for: Callable[[Person], Client],
    names: dict[str, int],
    bob: Person,
    drain: Callable[[], int],
) -> None:
    drain()
    browser = client_for(bob)
    shown = names["shown"]
    for path in ("/?fragment=feed", f"/p/{shown}?fragment=1", f"/p/{shown}?fragment=card"):
        page = browser.get(path).text
        assert "<html" not in page and f'id="post-{shown}"' in page, path


# -- cards for other sites -------------------------------------------------------------------------


def meta(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page)
    return {name: unescape(content) for name, content in found}


@pytest.mark.env(PUBLIC_URL="https://pigeon.example")
def test_public_pages_have_cards(app: Flask, anonymous: Client, names: dict[str, int]) -> None:
    post = meta(anonymous.get(f"/p/{names['shown']}").text)
    assert post["og:type"] == "article" and post["og:title"] == "Post by Ann"
    assert post["og:url"] == f"https://pigeon.example/p/{names['shown']}"
    assert post["og:description"] == "@bob #sky https://x.test"
    assert post["og:image"].startswith("https://pigeon.example/media/")
    assert post["og:image:alt"] == "a bird" and post["twitter:card"] == "summary_large_image"
    assert "robots" not in post
    picture = anonymous.get(post["og:image"].removeprefix("https://pigeon.example"))
    assert picture.status_code == 200 and picture.mimetype == "image/jpeg"
    words = meta(anonymous.get(f"/p/{names['words']}").text)
    assert "og:image" not in words and words["twitter:card"] == "summary"
    person = meta(anonymous.get("/u/ann").text)
    assert person["og:type"] == "profile" and person["og:title"] == "Ann (@ann)"
    assert person["og:description"] == "I fly #sky"


@pytest.mark.env(PUBLIC_READING="off")
def test_closed_sites_have_none(
    app: Flask, client_for: Callable[[Person], Client], names: dict[str, int], bob: Person
) -> None:
    browser = client_for(bob)
    for path in (f"/p/{names['shown']}", "/u/ann"):
        found = meta(browser.get(path).text)
        assert found["robots"] == "noindex" and not [n for n in found if n.startswith("og:")]


def test_what_is_not_public_has_none(
    app: Flask, client_for: Callable[[Person], Client], names: dict[str, int], ann: Person
) -> None:
    found = meta(client_for(ann).get(f"/p/{names['failed']}").text)
    assert found["robots"] == "noindex" and not [n for n in found if n.startswith("og:")]
