"""Mail leaves from here; a repeated run sends the same mail under the same Message-ID."""

from __future__ import annotations

from pigeon.jobs.registry import job
from pigeon.services import accounts, accounts_recovery, mails


@job("mail")
def send(template: str, to: str, language: str, values: dict[str, str]) -> None:
    mails.send(template, to, language, values)


@job("mail")
def issue_link(email_key: str) -> None:
    accounts.issue_link(email_key)


@job("mail")
def issue_reset(email_key: str) -> None:
    accounts_recovery.issue_reset(email_key)
