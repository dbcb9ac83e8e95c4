"""Mail leaves from here; a repeated run sends the same mail under the same Message-ID."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services import mails
from pigeon.services.accounts import recovery, signups


@job("mail")
def send(template: str, to: str, language: str, values: dict[str, str]) -> None:
    mails.send(template, to, language, values)


@job("mail")
def issue_link(email_key: str) -> None:
    signups.issue_link(email_key)


@job("mail")
def issue_reset(email_key: str) -> None:
    recovery.issue_reset(email_key)
