"""Who may call a view: strangers are led to the log-in and back."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import Person
from tests.harness.clients import Client
from tests.harness.forms import forms_of


@pytest.mark.env(PUBLIC_READING="off")
def test_pages_lead_to_the_log_in_and_back(
    app: Flask, anonymous: Client, names: dict[str, int], ann: Person
) -> None:
    for path in (
        "/u/ann",
        "/u/ann?before=x",
        f"/p/{names['shown']}",
        "/tags/sky",
        "/explore?by=newest",
    ):
        answer = anonymous.get(path)
        assert answer.status_code == 302 and answer.location.startswith("/login?next=%2F")
        page = anonymous.get(answer.location)
        assert 'name="next"' in page.text
        fields = forms_of(page.text)["/login"]
        fields |= {"login": "ann", "password": ann.password}
        back = anonymous.post("/login", data=fields)
        assert back.status_code == 303 and back.location == path
        anonymous.form("/logout")
    assert anonymous.get("/").status_code == 200
