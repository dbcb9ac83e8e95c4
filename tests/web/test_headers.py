"""Headers and cookies of every kind of answer, and names of hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.factories import Person, make_post, make_user
from tests.harness.clients import Client

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def crawl(app: Flask, browser: Client, post_id: int, media: str) -> list[Any]:
    """Every kind of answer, ordinary and odd."""
    token = {"X-CSRFToken": browser.csrf()}
    huge = {"CONTENT_LENGTH": str(2**40)}
    views = dict(app.view_functions)
    app.view_functions["posts.pages.show_tag"] = _break
    app.view_functions["posts.api.list_tagged"] = _break
    for name in ("posts.pages.show_tag", "posts.api.list_tagged"):
        _break.access = "anyone"  # type: ignore[attr-defined]
        assert name in views
    try:
        return [
            *(browser.get(path) for path in ("/", "/u/ann", f"/p/{post_id}", "/people", "/create")),
            *(
                browser.get(path)
                for path in ("/settings", "/settings/account", "/nothing", "/login")
            ),
            *(browser.get(path) for path in ("/tags/x", "/api/v1/tags/x/posts", "/api/v1/nothing")),
            *(browser.get(path) for path in ("/api/v1/me", "/api/v1/docs", "/api/v1/openapi.json")),
            *(browser.get(path) for path in ("/static/css/base.css", "/static/none.css", media)),
            *(browser.get(path) for path in ("/media/none", "/healthz", "/readyz", "/metrics")),
            browser.get("/robots.txt"),
            browser.delete("/"),
            browser.delete("/api/v1/csrf"),
            browser.post("/create"),
            browser.post("/create", environ_overrides=huge),
            browser.post("/api/v1/posts", environ_overrides=huge),
            browser.post("/api/v1/posts", data="{", headers=token),
            browser.put("/api/v1/users/ann/follow", headers=token),
        ]
    finally:
        app.view_functions.update(views)


def _break(**_: str) -> str:
    raise RuntimeError("a secret: /srv/pigeon/config.py")


@pytest.mark.env(PUBLIC_URL="https://pigeon.example")
def test_every_answer_has_the_headers(app: Flask, client_for: Callable[[Person], Client]) -> None:
    ann = make_user("ann")
    browser = client_for(ann)
    post = make_post(ann, images=1)
    media = browser.get(f"/api/v1/posts/{post.id}").get_json()["images"][0]["url"]
    answers = crawl(app, browser, post.id, media)
    assert {200, 302, 403, 404, 405, 409, 413, 415, 500} <= {a.status_code for a in answers}
    for answer in answers:
        headers, path = answer.headers, answer.request.path
        for name, value in HEADERS.items():
            assert headers[name] == value, (path, name)
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "*" not in policy, path
        if path != media:
            assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
            assert "base-uri 'none'" in policy and "default-src 'self'" in policy
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert len(headers["X-Request-Id"]) >= 16
        assert "Access-Control-Allow-Origin" not in headers
        if not path.startswith(("/static/", "/media/")):
            assert headers["Cache-Control"] == "no-store", path
        assert b"secret" not in answer.data and b"Traceback" not in answer.data
    sandbox = browser.get(media).headers
    assert sandbox["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sandbox["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    ("media_url", "origin"),
    [
        ("s3://b?endpoint=https://store.test/path&region=r", "https://store.test"),
        ("s3://b?region=eu-north-1", "https://s3.eu-north-1.amazonaws.com"),
    ],
)
def test_pictures_come_from_one_store_only(
    app: Flask, anonymous: Client, with_settings: Callable[..., None], media_url: str, origin: str
) -> None:
    with_settings(media_url=media_url)
    policy = anonymous.get("/login").headers["Content-Security-Policy"]
    assert f"img-src 'self' blob: data: {origin};" in policy and "*" not in policy


def test_no_other_origin_is_let_in(app: Flask, anonymous: Client) -> None:
    for origin in ("https://evil.test", "null", "http://localhost.evil.test"):
        answer = anonymous.get("/api/v1/csrf", headers={"Origin": origin})
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.env(PUBLIC_URL="https://pigeon.example")
def test_cookies_over_https(app: Flask, anonymous: Client) -> None:
    ann = make_user("ann")
    token = anonymous.get("/api/v1/csrf", base_url="https://pigeon.example")
    form = {"csrf_token": token.get_json()["csrf_token"], "login": "ann", "password": ann.password}
    answer = anonymous.post("/login", data=form, base_url="https://pigeon.example")
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-session", "__Host-device"}
    for cookie in cookies:
        flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags
        assert not any(flag.startswith("domain") for flag in flags)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("pigeon.example", 200),
        ("PIGEON.example", 200),
        ("pigeon.example:443", 200),
        ("evil.test", 400),
        ("pigeon.example.evil.test", 400),
        ("pigeon.example@evil.test", 400),
        ("127.0.0.1", 400),
        ("", 400),
    ],
)
def test_production_answers_to_its_own_name_only(
    app: Flask, anonymous: Client, with_settings: Callable[..., None], host: str, expected: int
) -> None:
    with_settings(environment="production", public_url="https://pigeon.example")
    for path in ("/login", "/api/v1/csrf"):
        answer = anonymous.get(path, headers={"Host": host}, environ_overrides={"HTTP_HOST": host})
        assert answer.status_code == expected, path
        assert "evil" not in answer.text
    probe = anonymous.get("/healthz", environ_overrides={"HTTP_HOST": host})
    assert probe.status_code == 200, "a load balancer asks by address"


def test_forwarded_names_are_not_believed(app: Flask, anonymous: Client) -> None:
    plain = anonymous.get("/u/nobody")
    for name in ("X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "Forwarded", "X-Original-URL"):
        headers = {name: "host=evil.test" if name == "Forwarded" else "evil.test"}
        answer = anonymous.get("/u/nobody", headers=headers)
        assert answer.status_code == plain.status_code and "evil" not in answer.text
        assert "evil" not in str(answer.headers)
