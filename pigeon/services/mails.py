"""Mails: rendered in the recipient's language, then sent by SMTP or laid into the outbox folder."""

from __future__ import annotations

import hashlib
import os
import secrets
import smtplib
import ssl
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_mail import Connection, Message

from pigeon.domain.errors import Unavailable
from pigeon.extensions import mail, render, settings
from pigeon.services.accounts import tokens as accounts_tokens
from pigeon.services.outbox import outbox
from pigeon.unit_of_work import current_claim

log = structlog.get_logger()

TIMEOUT_S = 10
TEMPLATES = frozenset(("confirm", "reset", "known_address", "email_changed", "password_changed"))
PERMANENT = 500
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def send(template: str, to: str, language: str, values: dict[str, str]) -> None:
    """Render and send one mail; sending it twice shows one Message-ID.

    A `token_id` in the values becomes the link it stands for; nothing is sent when the link was
    used or replaced meanwhile.
    """
    name = _mail_id(template, to, values)
    link = _link(values)
    if link is None:
        log.info("mail_superseded", template=template)
        return
    message = _compose(template, to, language, {**values, "link": link}, name)
    if settings().mail_url:
        _send_by_smtp(message)
    else:
        _lay_down(message, name)
        _announce(to, link)
    log.info("mail_sent", template=template, mail_id=name)


def are_files() -> bool:
    """Whether letters stay on this machine, in the outbox folder and on the terminal."""
    return not settings().mail_url and not settings().is_production


class _TimedConnection(Connection):
    """Flask-Mail's connection with a time limit and the security that `MAIL_URL` names."""

    def configure_host(self) -> smtplib.SMTP:
        url = urlsplit(settings().mail_url)
        host = _connect(url)
        if url.scheme == "smtp+starttls":
            host.starttls(context=ssl.create_default_context())
        if url.username and url.password:
            host.login(unquote(url.username), unquote(url.password))
        return host

    def __exit__(self, *_: object) -> None:
        """The mail was taken or refused before: how the server parts changes nothing."""
        if self.host is not None:
            with suppress(OSError):
                self.host.quit()
            self.host.close()


def _connect(url: SplitResult) -> smtplib.SMTP:
    host, port = url.hostname or "127.0.0.1", url.port or PORTS[url.scheme]
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
    return smtplib.SMTP(host, port, timeout=TIMEOUT_S)


def _send_by_smtp(message: Message) -> None:
    """Unavailable while the server is out of reach or puts us off; Hopeless when it says never."""
    try:
        with _TimedConnection(mail) as connection:
            connection.send(message)
    except OSError as error:  # what smtplib raises is one, too
        if _is_refusal(error):
            raise outbox.Hopeless(repr(error)) from error
        code = getattr(error, "smtp_code", None)
        log.warning("mail_waits", error=type(error).__name__, code=code)
        raise Unavailable from error


def _is_refusal(error: OSError) -> bool:
    """Whether a mail was refused for good (5xx); a log-in that fails is the operator's to mend."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return int(error.smtp_code) >= PERMANENT
    return False


def _lay_down(message: Message, name: str) -> None:
    """One `.eml` file per mail; readers never see half of one."""
    folder: Path = settings().data / "outbox"
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}.{secrets.token_hex(4)}"
    temporary.write_bytes(message.as_bytes())
    os.replace(temporary, folder / f"{name}.eml")


def _announce(to: str, link: str) -> None:
    """The terminal of a developer is where the link is wanted; a log never holds one."""
    if are_files():
        print(f"A letter to {to} holds this link:\n  {link}", file=sys.stderr, flush=True)


def _compose(template: str, to: str, language: str, values: dict[str, str], name: str) -> Message:
    if template not in TEMPLATES:
        raise ValueError(f"no mail is called {template!r}")
    known = {"site_name": settings().site_name, "language": language, **values}
    with force_locale(language):
        message = Message(
            subject=_subject(template),
            recipients=[to],
            body=render(f"email/{template}.txt", **known),
            html=render(f"email/{template}.html", **known),
            sender=settings().mail_from,
            extra_headers={"Auto-Submitted": "auto-generated"},
        )
    # Only now: the constructor would join the two unquoted (tests/outside/test_flask_mail.py).
    message.sender = (settings().site_name, settings().mail_from)
    message.msgId = f"<{name}@{settings().mail_from.rpartition('@')[2]}>"
    if any(sign in to for sign in "\r\n,;") or message.has_bad_headers():
        raise ValueError("a mail header holds a line break or several addresses")
    return message


def _subject(template: str) -> str:
    site = settings().site_name
    subjects: dict[str, str] = {
        "confirm": _("Confirm your e-mail at %(site)s", site=site),
        "reset": _("A new password for %(site)s", site=site),
        "known_address": _("You have an account at %(site)s", site=site),
        "email_changed": _("Your e-mail at %(site)s was changed", site=site),
        "password_changed": _("Your password at %(site)s was changed", site=site),
    }
    return subjects[template]


def _link(values: dict[str, str]) -> str | None:
    token_id = values.get("token_id")
    return accounts_tokens.find_link(int(token_id)) if token_id else values["link"]


def _mail_id(template: str, to: str, values: dict[str, str]) -> str:
    """The same for every attempt of the same job, different for everything else."""
    claim = current_claim.get()
    job = str(claim.outbox_id) if claim else secrets.token_hex(8)
    what = repr((settings().secret_key, job, template, to, sorted(values.items())))
    return f"{template}-{job}-{hashlib.sha256(what.encode()).hexdigest()[:16]}"
