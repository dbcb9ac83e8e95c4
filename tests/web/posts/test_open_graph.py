"""What other sites show of a public page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from tests.factories import Person
from tests.harness.clients import Client


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


def test_who_is_not_to_be_discovered_has_none(
    app: Flask, client_for: Callable[[Person], Client], names: dict[str, int], ann: Person
) -> None:
    """By the switch of their own settings; search engines are told so, too."""
    browser = client_for(ann)
    assert "og:title" in meta(browser.get("/u/ann").text)
    typed = {"messages_from": "everyone", "has_discoverable": "true"}
    assert browser.form("/settings/privacy", **typed).status_code == 303
    for path in (f"/p/{names['shown']}", "/u/ann"):
        found = meta(browser.get(path).text)
        assert found["robots"] == "noindex" and not [n for n in found if n.startswith("og:")]
    browser.form("/settings/privacy", **typed, is_discoverable="true")
    assert "og:title" in meta(browser.get("/u/ann").text)
