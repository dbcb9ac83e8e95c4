"""Pages: each renders for whom it is for, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.factories import Person, make_user
from tests.harness.clients import Client
from tests.harness.pages import HANGUL, visible_text

FOR_STRANGERS = (
    *("/", "/login", "/signup", "/password/forgot", "/check-mail", "/u/ann", "/tags/sky"),
    "/p/{shown}",
)
FOR_MEMBERS = (
    *("/", "/?fragment=feed", "/u/ann", "/u/bob", "/u/ann/followers", "/u/bob/following"),
    *("/people", "/people?q=a", "/people?q=nobody.at.all", "/create", "/tags/sky", "/tags/unused"),
    *("/p/{shown}", "/p/{words}", "/p/{shown}?fragment=1", "/p/{shown}?fragment=card"),
    *("/settings/profile", "/settings/account", "/settings/appearance", "/settings/privacy"),
    *("/settings/blocked", "/settings/muted", "/notifications", "/notifications/requests"),
    *("/u/cat/block", "/u/cat/mute"),
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
