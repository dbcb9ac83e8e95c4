"""Sign-ups, and the links of their mails: what a test types, and what it opens."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from pigeon.domain.errors import Invalid
from pigeon.domain.sessions import Caller
from pigeon.services.accounts import links, recovery
from pigeon.services.accounts.signups import SignUp
from tests.harness.outside import link_in

NOBODY = Caller()
Mails = Callable[[], list[EmailMessage]]


def form(**changes: Any) -> SignUp:
    fields = {
        "email": "ann@example.org",
        "username": "ann",
        "display_name": "Ann",
        "password": "a pigeon knows 7 ways",
    }
    return SignUp(**fields | changes)


def token_in(message: EmailMessage) -> str:
    return link_in(message).rpartition("/")[2]


def open_link(token: str, **more: Any) -> int:
    """In another browser, by somebody who knows the password of the sign-up."""
    fields = {"password": form().password, "caller": NOBODY}
    return links.confirm(token, **fields | more)


def codes(error: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {name: fault.code for name, fault in error.value.fields.items()}


def reset_token(mails: Mails, email: str = "ann@example.org") -> str:
    recovery.forgot(email, caller=NOBODY)
    return token_in(mails()[-1])
