"""Mails: rendered, sent once, by files or by SMTP, and never with a header of somebody else's."""

from __future__ import annotations

import email
import email.policy
import smtplib
import socket
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_mail import BadHeaderError

from pigeon.domain.errors import Unavailable
from pigeon.extensions import settings
from pigeon.services import mails
from pigeon.services.outbox.outbox import Hopeless
from pigeon.unit_of_work import Claim, current_claim
from tests.harness.outside import Mailbox, link_in

LINK = "http://localhost/password/forgot"
VALUES = {"display_name": "Ann", "link": LINK, "email": "b…@c.test"}

SITE_NAMES = [
    "[민들레] 사진첩",
    "[Doves]",
    "Doves, herons",
    "Doves; herons: all",
    'The "Doves"',
    "Doves (of the bay)",
    "<doves>",
    "back\\slash",
    "doves@bay",
]


def outbox() -> list[Any]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in (settings().data / "outbox").glob("*.eml")
    ]


def text_of(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content())


@pytest.mark.parametrize("template", sorted(mails.TEMPLATES))
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_mail_has_its_link_on_a_line_of_its_own(
    app: Flask, template: str, language: str
) -> None:
    mails.send(template, "ann@example.org", language, VALUES)
    (message,) = outbox()
    assert message["To"] == "ann@example.org"
    assert message["From"] == f"PigeonStargram <{settings().mail_from}>"
    assert link_in(message) == "/password/forgot"
    html = message.get_body(("html",)).get_content()
    assert f'lang="{language}"' in html and LINK in html
    assert message["Subject"]


def test_text_of_people_is_escaped_in_html(app: Flask) -> None:
    values = {**VALUES, "display_name": "<b>{{ 7*7 }}</b>"}
    mails.send("reset", "ann@example.org", "en", values)
    (message,) = outbox()
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in message.get_body(("html",)).get_content()
    assert "<b>{{ 7*7 }}</b>" in text_of(message)


def test_a_repeated_job_leaves_one_mail(app: Flask) -> None:
    held = Claim(outbox_id=7, attempt=1, queue="mail", name="mails.send", arguments={}, progress="")
    token = current_claim.set(held)
    try:
        for _ in range(2):
            mails.send("reset", "ann@example.org", "en", VALUES)
        mails.send("reset", "ben@example.org", "en", VALUES)
    finally:
        current_claim.reset(token)
    assert len({message["Message-ID"] for message in outbox()}) == len(outbox()) == 2


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\nX: y",
        "ann@example.org,eve@example.org",
        "ann@example.org;eve@example.org",
    ],
)
def test_an_address_is_one_address(
    app: Flask, with_settings: Callable[..., None], smtp: Mailbox, address: str
) -> None:
    with_settings(mail_url=smtp.url)
    smtp.messages.clear()
    with pytest.raises((ValueError, BadHeaderError)):
        mails.send("reset", address, "en", VALUES)
    assert smtp.messages == []


def test_mail_goes_over_smtp(app: Flask, with_settings: Callable[..., None], smtp: Mailbox) -> None:
    with_settings(mail_url=smtp.url)
    smtp.messages.clear()
    values = {**VALUES, "display_name": "길동\r\nBcc: eve@example.org"}
    mails.send("known_address", "ann@example.org", "ko", values)
    (message,) = smtp.messages
    assert message["To"] == "ann@example.org"
    assert message["Bcc"] is None
    assert link_in(message) == "/password/forgot"
    assert message["Message-ID"].startswith("<known_address-")
    assert outbox() == []


@pytest.mark.no_second_look
@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 try again later", Unavailable), ("550 nobody of that name", Hopeless)],
)
def test_a_refused_mail_is_not_lost_in_silence(
    app: Flask,
    with_settings: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    smtp: Mailbox,
    answer: str,
    error: type[Exception],
) -> None:
    with_settings(mail_url=smtp.url)
    monkeypatch.setattr(smtp, "refusal", answer)
    with pytest.raises(error):
        mails.send("reset", "ann@example.org", "en", VALUES)


@pytest.mark.parametrize("silent", [False, True])
def test_a_mail_server_out_of_reach_is_waited_for(
    app: Flask,
    with_settings: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    silent: bool,
) -> None:
    monkeypatch.setattr(mails, "TIMEOUT_S", 0.1)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if silent:
            server.listen()
        with_settings(mail_url=f"smtp://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(Unavailable):
            mails.send("reset", "ann@example.org", "en", VALUES)


def test_a_recipient_who_is_refused_for_good_is_refused_for_good() -> None:
    refused = smtplib.SMTPRecipientsRefused({"a@b.test": (550, b"no such user")})
    later = smtplib.SMTPRecipientsRefused({"a@b.test": (450, b"greylisted")})
    log_in = smtplib.SMTPAuthenticationError(535, b"wrong password")
    assert [mails._is_refusal(error) for error in (refused, later, log_in)] == [True, False, False]


def test_nothing_is_sent_for_a_link_that_is_gone(app: Flask) -> None:
    mails.send("reset", "ann@example.org", "en", {"display_name": "Ann", "token_id": "123"})
    assert outbox() == []


def test_the_terminal_shows_links_in_development_without_a_mail_server_only(
    app: Flask, with_settings: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    values = {"display_name": "Ann", "link": "http://localhost/password/forgot"}
    mails.send("known_address", "ann@example.org", "en", values)
    said = capsys.readouterr().err
    assert "ann@example.org" in said and "http://localhost/password/forgot\n" in said
    with_settings(environment="production")
    mails.send("known_address", "ann@example.org", "en", values)
    assert "/password/forgot" not in capsys.readouterr().err


@pytest.mark.parametrize("name", SITE_NAMES)
def test_a_letter_comes_from_the_site_whatever_its_name(
    app: Flask, with_settings: Callable[..., None], smtp: Mailbox, name: str
) -> None:
    with_settings(mail_url=smtp.url, site_name=name, mail_from="doves@example.org")
    smtp.messages.clear()
    smtp.senders.clear()
    mails.send("reset", "ann@example.org", "ko", VALUES)
    (message,) = smtp.messages
    assert smtp.senders == ["doves@example.org"]
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "doves@example.org")
    assert not message["From"].defects and name in message["Subject"]
