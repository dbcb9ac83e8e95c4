"""Invitations are for so many accounts, and so many days."""

from __future__ import annotations

import pytest
from flask import Flask

from pigeon.domain.errors import Forbidden
from pigeon.services.accounts import invites, links, signups
from tests.harness.mailed import NOBODY, Mails, form, open_link, token_in


@pytest.mark.env(REGISTRATION="invite")
def test_an_invitation_is_for_so_many_accounts(app: Flask, mails: Mails) -> None:
    invite = invites.create(uses=1, days=1)
    for wrong in (None, "", "x", invite[:-1]):
        with pytest.raises(Forbidden):
            signups.sign_up(form(invite=wrong), caller=NOBODY)
    signups.sign_up(form(invite=invite), caller=NOBODY)
    signups.sign_up(form(invite=invite, email="b@example.org", username="ben"), caller=NOBODY)
    first, second = (token_in(message) for message in mails())
    open_link(first)
    with pytest.raises(Forbidden):
        open_link(second)
    assert links.kind_of(second) == "signup"
    with pytest.raises(Forbidden):
        signups.sign_up(form(invite=invite, email="c@example.org", username="cat"), caller=NOBODY)


@pytest.mark.env(REGISTRATION="invite")
def test_an_invitation_expires(app: Flask) -> None:
    invite = invites.create(uses=5, days=0)
    with pytest.raises(Forbidden):
        signups.sign_up(form(invite=invite), caller=NOBODY)
