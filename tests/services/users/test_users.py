"""Profiles as they are stored, and what a change of one empties."""

from __future__ import annotations

from flask import Flask

from pigeon.services.outbox import figures as outbox_figures
from pigeon.services.users import users
from tests.factories import make_user


def test_a_setting_that_nobody_else_sees_empties_no_cache_of_cards(app: Flask) -> None:
    ann = make_user()
    for changes, jobs_made in (({"theme": "dark"}, 0), ({}, 0), ({"bio": "coo"}, 1)):
        users.update_profile(ann.id, changes)
        assert outbox_figures.pending() == jobs_made
