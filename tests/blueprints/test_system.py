"""What is for machines: health, measures, manifest, robots."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from pigeon.services.likes import likes
from pigeon.services.outbox import figures as outbox_figures
from tests.factories import make_post, make_user
from tests.harness.clients import Client


def test_health(app: Flask, anonymous: Client) -> None:
    answer = anonymous.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    answer = anonymous.get("/readyz")
    assert (answer.status_code, answer.get_json()["ready"]) == (200, True)


METRICS = (
    *("pigeon_sql_statements_total", "pigeon_cache_requests_total", "pigeon_fanout_entries_total"),
    *("pigeon_writeback_pending", "pigeon_writeback_oldest_seconds", "pigeon_outbox_pending"),
    *("pigeon_queue_jobs", "pigeon_queue_oldest_seconds", "pigeon_sockets"),
)


def test_metrics_have_their_names(
    app: Flask, anonymous: Client, names: dict[str, int], drain: Callable[[], int]
) -> None:
    anonymous.get(f"/p/{names['shown']}")
    pending = outbox_figures.pending()
    assert pending > 0
    page = anonymous.get("/metrics").text
    for name in METRICS:
        assert re.search(rf"^{name}(\{{| )", page, re.MULTILINE), name
    assert 'pigeon_sql_statements_total{route="/p/<post_id>"}' in page
    assert re.search(r'pigeon_cache_requests_total\{cache="[\w-]+",result="(hit|miss)"\}', page)
    assert re.search(r'pigeon_queue_jobs\{queue="[\w-]+"\} ', page)
    assert f"pigeon_outbox_pending {float(pending)}" in page
    drain()
    assert "pigeon_outbox_pending 0.0" in anonymous.get("/metrics").text


def test_metrics_are_for_this_machine_or_for_who_has_the_token(
    app: Flask, anonymous: Client, with_settings: Callable[..., None]
) -> None:
    away = {"REMOTE_ADDR": "192.0.2.7"}

    def read(token: str = "", **request: Any) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= request.pop("headers", {})
        return anonymous.get("/metrics", headers=headers, **request).status_code

    assert read() == 200
    assert read(headers={"X-Forwarded-For": "192.0.2.7"}) == 404
    assert read(environ_overrides=away) == 404
    assert read("", environ_overrides=away, headers={"Authorization": "Bearer "}) == 404
    with_settings(metrics_token="a long secret")
    assert read("a long secret", environ_overrides=away) == 200
    assert read("a wrong secret", environ_overrides=away) == 404
    assert read("ä", environ_overrides=away) == 404


def test_the_manifest_names_what_there_is(app: Flask, anonymous: Client) -> None:
    answer = anonymous.get("/site.webmanifest")
    assert answer.status_code == 200 and answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.text)
    assert manifest["name"] == "PigeonStargram" and manifest["start_url"] == "/"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert anonymous.get(icon["src"]).mimetype == "image/png"
    assert anonymous.get("/favicon.ico").mimetype == "image/png"


def test_robots(app: Flask, anonymous: Client, with_settings: Callable[..., None]) -> None:
    assert "Allow: /" in anonymous.get("/robots.txt").text
    with_settings(public_reading=False)
    assert "Disallow: /" in anonymous.get("/robots.txt").text


def test_the_operators_page_is_for_admins_alone(app: Flask, client_for: Any) -> None:
    with app.app_context():
        boss, other = make_user("boss", role="admin"), make_user()
        post = make_post()
        likes.set_liked(likes.POSTS, post.id, by=other.id, on=True)
    page = client_for(boss).get("/system")
    assert page.status_code == 200
    assert "Age of the oldest change" in page.text
    assert client_for(other).get("/system").status_code == 404


def test_without_the_state_redis_its_figures_are_left_out(
    app: Flask, anonymous: Client, client_for: Any, with_settings: Callable[..., None]
) -> None:
    with app.app_context():
        boss = make_user("boss", role="admin")
    browser = client_for(boss)
    assert "Age of the oldest change" in browser.get("/system").text
    with_settings(redis_state_url="unix:///nowhere.sock")
    answer = anonymous.get("/metrics")
    assert answer.status_code == 200
    assert re.search(r"^pigeon_outbox_pending \d", answer.text, re.MULTILINE)
    for name in (
        "pigeon_writeback_oldest_seconds",
        "pigeon_writeback_pending",
        "pigeon_queue_jobs",
    ):
        assert not re.search(rf"^{name}(\{{| )", answer.text, re.MULTILINE), name
    page = browser.get("/system")
    assert page.status_code == 200
    assert "The state Redis does not answer" in page.text
