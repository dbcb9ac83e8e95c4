"""What a request is to us: who looks, who calls, and how much of a body is read."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.domain import limits
from pigeon.web import requests
from tests.harness.clients import Client


@pytest.mark.parametrize(
    ("method", "headers", "is_visit"),
    [
        ("GET", {}, True),
        ("HEAD", {}, False),
        ("POST", {}, False),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}, False),
        ("GET", {"Purpose": "prefetch"}, False),
    ],
)
def test_a_visit_is_somebody_who_looks(
    app: Flask, method: str, headers: dict[str, str], is_visit: bool
) -> None:
    with app.test_request_context("/", method=method, headers=headers):
        assert requests.is_visit() is is_visit


@pytest.mark.parametrize(("path", "is_api"), [("/api/v1/me", True), ("/", False), ("/api", False)])
def test_calls_are_known_by_their_path(app: Flask, path: str, is_api: bool) -> None:
    assert not requests.is_api(), "outside a request nobody calls"
    with app.test_request_context(path):
        assert requests.is_api() is is_api


def test_each_request_has_an_id_of_its_own(app: Flask, anonymous: Client) -> None:
    with app.test_request_context("/"):
        assert requests.request_id() == requests.request_id()
    ids = {anonymous.get("/healthz").headers["X-Request-Id"] for _ in range(2)}
    assert len(ids) == 2


def test_only_a_view_that_takes_files_reads_a_large_body(app: Flask) -> None:
    multipart = "multipart/form-data; boundary=frontier"
    with app.test_request_context("/", method="POST", content_type=multipart):
        request = requests.this_request()
        nothing_taken = request.body_limit
        request.takes_files = 10
        assert request.body_limit == limits.body_bytes(10) > nothing_taken
    with app.test_request_context("/", method="POST", content_type="application/json"):
        request = requests.this_request()
        request.takes_files = 10
        assert request.body_limit == limits.TEXT_BYTES


def test_what_a_client_says_of_itself_is_cut(app: Flask) -> None:
    with app.test_request_context("/", headers={"User-Agent": "x" * 5_000}):
        assert len(requests.client_agent()) == 200
