"""What an account may be made of; every fault is named at once."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.domain.errors import Invalid
from pigeon.models import OutboxRow
from pigeon.services.accounts import signups
from tests.factories import make_user
from tests.harness.mailed import NOBODY, Mails, codes, form, open_link, token_in
from tests.harness.rows import count


def test_all_faults_are_named_at_once(app: Flask) -> None:
    bad = form(email="ann", username="admin", display_name=" \u3164 ", password="short")
    with pytest.raises(Invalid) as error:
        signups.sign_up(bad, caller=NOBODY)
    assert codes(error) == {
        "email": "bad_format",
        "username": "reserved",
        "display_name": "required",
        "password": "too_short",
    }
    assert count(OutboxRow) == 0


@pytest.mark.parametrize("username", ["ann", "ANN", "Ａｎｎ", " ann "])
def test_a_username_is_taken_in_every_spelling(app: Flask, username: str) -> None:
    make_user("ann", email="other@example.org")
    with pytest.raises(Invalid) as error:
        signups.sign_up(form(username=username), caller=NOBODY)
    assert codes(error) == {"username": "taken"}
    assert signups.find_username_problem(username) == "taken"
    assert signups.find_username_problem("annie") is None


@pytest.mark.parametrize("username", ["email_key", "email.fan", "users.email_key"])
def test_a_username_that_looks_like_a_column_is_taken_as_a_username(
    app: Flask, mails: Mails, username: str
) -> None:
    signups.sign_up(form(username=username), caller=NOBODY)
    make_user(username)
    with pytest.raises(Invalid) as error:
        open_link(token_in(mails()[0]))
    assert codes(error) == {"username": "taken"}
