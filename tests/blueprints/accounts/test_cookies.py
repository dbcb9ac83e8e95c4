"""What the cookie of a browser proves, and how long."""

from __future__ import annotations

from typing import Any

from flask import Flask

from pigeon.services.accounts import sessions, signups
from tests.factories import make_user


def test_withdrawal_without_a_password_wants_a_fresh_log_in(app: Flask, client_for: Any) -> None:
    user_id = signups.create(email="ann@example.org", username="ann", password=None)

    class Ann:
        id = user_id

    status, body = client_for(Ann).api("DELETE", "/me")
    assert (status, body["error"]["code"]) == (403, "reauth_required")


def is_signed_in(client: Any) -> bool:
    return bool(client.api("GET", "/me")[0] == 200)


def test_log_out_ends_the_session_for_every_copy_of_the_cookie(app: Flask, anonymous: Any) -> None:
    ann = make_user("ann")
    anonymous.form("/login", login="ann", password=ann.password)
    with anonymous.session_transaction() as session:
        stolen = session["_user_id"]
    assert sessions.find(stolen)
    assert anonymous.form("/logout").headers["Location"] == "/"
    assert sessions.find(stolen) is None
    assert not is_signed_in(anonymous)
