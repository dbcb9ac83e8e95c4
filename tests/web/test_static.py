"""Static files: what a page names is there, and may be kept."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask

from tests.factories import Person
from tests.harness.clients import Client


def test_what_a_page_names_is_there(
    app: Flask, client_for: Callable[[Person], Client], names: dict[str, int], bob: Person
) -> None:
    browser = client_for(bob)
    page = browser.get(f"/p/{names['shown']}").text
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert len(addresses) > 5
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
    pictures_named = set(re.findall(r'(?:src|srcset)="(/media/[^" ]+)', page))
    assert pictures_named
    for address in pictures_named:
        assert browser.get(address).status_code == 200
