"""Requests into plain values; what cannot be read is refused."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from tests.factories import Person
from tests.harness.clients import Client


def test_a_cursor_that_is_none_is_refused_as_a_page(
    app: Flask, client_for: Callable[[Person], Client], ann: Person
) -> None:
    browser = client_for(ann)
    for path in ("/?before=x", "/u/ann?before=x", "/u/ann/followers?before=x", "/tags/x?limit=99"):
        answer = browser.get(path)
        assert answer.status_code == 422 and "<html" in answer.text
