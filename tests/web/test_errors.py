from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from pigeon.domain import errors
from pigeon.web.errors import STATUS
from tests.factories import Person
from tests.harness.absences import without_database
from tests.harness.clients import Client
from tests.harness.pages import HANGUL, visible_text
from tests.harness.redis_pair import RedisPair


def comparable(answer: Any) -> tuple[int, str, list[tuple[str, str]]]:
    text = re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", answer.text)
    own = {"X-Request-Id", "Date", "Set-Cookie"}
    return answer.status_code, text, sorted((n, v) for n, v in answer.headers if n not in own)


def test_what_is_not_there_and_what_is_not_for_one_are_the_same(
    app: Flask,
    anonymous: Client,
    client_for: Callable[[Person], Client],
    names: dict[str, int],
    bob: Person,
) -> None:
    browser = client_for(bob)
    for client, endings in ((browser, ("", "/edit", "/delete", "?fragment=1")), (anonymous, ("",))):
        for ending in endings:
            ids = ("9999999", names["failed"], names["waiting"], "x", "0", "9" * 30)
            found = [comparable(client.get(f"/p/{number}{ending}")) for number in ids]
            assert found[0][0] == 404
            assert all(answer == found[0] for answer in found), ending
        assert comparable(client.get("/u/nobody1")) == comparable(client.get("/no/such/page"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_refusals_have_pages(
    app: Flask,
    client_for: Callable[[Person], Client],
    names: dict[str, int],
    with_settings: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    bob: Person,
    language: str,
) -> None:
    browser = client_for(bob)
    browser.api("PATCH", "/me", {"language": language})
    headers = {"X-CSRFToken": browser.csrf()}
    huge = {"CONTENT_LENGTH": str(2**40)}

    def breaks(**_: str) -> str:
        raise RuntimeError

    breaks.access = "anyone"  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "posts.pages.show_tag", breaks)
    answers = {
        403: browser.get(f"/p/{names['shown']}/edit"),
        404: browser.get("/p/0"),
        405: browser.delete("/"),
        413: browser.post("/create", environ_overrides=huge, headers=headers),
        500: browser.get("/tags/x"),
    }
    with_settings(rate_limits=True)
    for _ in range(121):
        answers[429] = browser.post("/create", headers=headers)
    assert 0 < int(answers[429].headers["Retry-After"]) <= 3_601
    for status, answer in answers.items():
        assert answer.status_code == status
        assert f'<html lang="{language}"' in answer.text
        assert bool(HANGUL.search(visible_text(answer.text))) == (language == "ko")
    assert answers[500].headers["X-Request-Id"] in answers[500].text
    assert "@bob" not in answers[404].text


@pytest.mark.parametrize(
    "fault",
    [
        OperationalError("SELECT", {}, Exception("gone away")),
        PoolTimeout("QueuePool limit reached, gone away"),
    ],
)
def test_a_database_out_of_reach_is_a_moment(
    app: Flask, anonymous: Client, ann: Person, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def unreachable(**_: str) -> str:
        raise fault

    unreachable.access = "anyone"  # type: ignore[attr-defined]
    for endpoint, path in (("users.pages.show", "/u/ann"), ("users.api.show", "/api/v1/users/ann")):
        monkeypatch.setitem(app.view_functions, endpoint, unreachable)
        answer = anonymous.get(path)
        assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
        assert "SELECT" not in answer.text and "gone away" not in answer.text


def test_a_database_file_that_cannot_be_opened_is_a_moment_in_ones_language(
    app: Flask,
    anonymous: Client,
    client_for: Callable[[Person], Client],
    redis_servers: RedisPair,
    bob: Person,
) -> None:
    browser = client_for(bob)
    browser.set_cookie("language", "ko")
    browser.get("/")
    redis_servers.cache.flushdb()
    with capture_logs() as said, without_database():
        answers = {
            path: client.get(path)
            for client in (browser, anonymous)
            for path in ("/", "/notifications", "/api/v1/me", "/no/such/page")
        }
        page = browser.get("/notifications")
        missing = browser.get("/no/such/page")
        measures = anonymous.get("/metrics")
    assert page.status_code == 503 and '<html lang="ko"' in page.text
    assert missing.status_code == 404 and '<html lang="ko"' in missing.text
    assert all(answer.status_code in (302, 401, 404, 503) for answer in answers.values())
    assert measures.status_code == 200 and "pigeon_outbox_pending" not in measures.text
    assert {line["event"] for line in said} == {"unavailable"}
    assert {line["reason"] for line in said} == {"OperationalError: unable to open database file"}
    assert len({line["request_id"] for line in said}) == len(said), "one line a request"


def test_every_error_that_is_raised_has_a_status() -> None:
    """The table knows classes, not their parents: a new one would be a 500."""
    found = [one for one in vars(errors).values() if isinstance(one, type)]
    domain = [one for one in found if issubclass(one, errors.DomainError)]
    raised = [one for one in domain if not one.__subclasses__() or one is errors.Unavailable]
    assert raised and set(raised) <= set(STATUS)
