"""What an operator types, and what is answered: a line, and a status that a script can read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from pigeon.domain.clock import utc_now
from pigeon.domain.events import UserChanged
from pigeon.domain.sessions import Caller
from pigeon.extensions import db
from pigeon.models import OutboxRow, UserModel
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.accounts import sessions
from pigeon.unit_of_work import unit_of_work
from tests.factories import make_follow, make_post, make_user
from tests.factories.people import PASSWORD
from tests.harness.rows import count


@pytest.fixture
def run(app: Flask) -> Any:
    def invoke(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=list(arguments))

    return invoke


def test_an_account_is_made_and_gets_a_token(run: Any) -> None:
    made = run("users", "create", "ann", "--email", "ann@example.org", *_typed(), "--confirmed")
    assert (made.exit_code, made.output) == (0, "ann was made.\n")
    token = run("users", "token", "ann").output
    assert token.count("\n") == 1, "nothing else, so that a script can take it"
    found = sessions.find(token.strip())
    assert found and (found.username, found.kind) == ("ann", "token")


def test_without_the_flag_a_link_is_mailed(run: Any, mails: Any) -> None:
    asked = run("users", "create", "ann", "--email", "ann@example.org", *_typed())
    assert asked.output == "A link was mailed to ann@example.org.\n"
    assert [mail["To"] for mail in mails()] == ["ann@example.org"]
    assert count(UserModel) == 0
    assert run("users", "confirm", "ann@example.org").output == "ann@example.org is confirmed.\n"
    assert count(UserModel) == 1


def _typed() -> tuple[str, str]:
    return "--password", PASSWORD


def test_a_refusal_is_a_line_that_names_the_fault(run: Any) -> None:
    make_user("ann")
    refused = run("users", "create", "ann", "--email", "x@y.test", *_typed(), "--confirmed")
    assert (refused.exit_code, refused.output) == (1, "Error: username: taken\n")
    unknown = run("users", "token", "nobody")
    assert (unknown.exit_code, unknown.output) == (1, "Error: not_found\n")


def test_a_person_is_suspended_and_let_in_again(run: Any) -> None:
    ann = make_user("ann")
    token = sessions.create_token(ann.id)
    for _ in "12":
        done = run("users", "suspend", "Ann")
        assert (done.exit_code, done.output) == (0, "Ann is suspended.\n")
    assert sessions.find(token) is None
    assert run("users", "token", "ann").exit_code == 1
    for _ in "12":
        done = run("users", "unsuspend", "ann")
        assert (done.exit_code, done.output) == (0, "ann is not suspended any more.\n")
    assert sessions.find(token) is None, "what ended stays ended"
    assert run("users", "token", "ann").exit_code == 0


@pytest.mark.parametrize("command", ["suspend", "unsuspend"])
def test_nobody_is_suspended_by_a_name_that_nobody_has(run: Any, command: str) -> None:
    ann = make_user("ann")
    accounts_changes.withdraw(ann.id, password=PASSWORD, fresh_identity=False, caller=Caller())
    for name in ("nobody1", "ann", f"deleted-{ann.id}", "", "x" * 500, "%"):
        refused = run("users", command, name)
        assert (refused.exit_code, refused.output) == (1, f"Error: nobody is called {name}\n")


def test_a_timeline_that_differs_from_its_definition_is_told(run: Any, drain: Any) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    make_post(ann)
    drain()
    assert run("timelines", "rebuild", "ben").output == "1 timelines will be rebuilt.\n"
    right = run("timelines", "verify", "--all")
    assert (right.exit_code, right.output) == (0, "2 timelines compared, 0 differ.\n")
    assert "Name a person" in run("timelines", "verify").output


def test_keys_of_people_are_made_again(run: Any) -> None:
    make_user("ann")
    assert run("searches", "captions").output == "Pieces of 0 captions were made.\n"
    assert run("searches", "keys").output.endswith("Keys of 0 people were made.\n")
    made = run("searches", "keys", "--all")
    assert (made.exit_code, made.stdout) == (0, "Keys of 1 people were made.\n")


def test_a_dead_job_is_listed_and_tried_again(run: Any) -> None:
    ann = make_user("ann")
    with unit_of_work() as uow:
        uow.record(UserChanged(user_id=ann.id))
    with unit_of_work():
        db.session.execute(update(OutboxRow).values(state="dead", last_error="it broke"))
    (dead,) = json.loads(run("jobs", "list", "--json").output)
    assert (dead["job"], dead["error"]) == ("users.refresh_cards", "it broke")
    assert "1 dead, 0 pending." in run("jobs", "list").output
    assert run("jobs", "retry", str(dead["id"])).output == "1 will be tried again.\n"
    assert "0 dead, 1 pending." in run("jobs", "list").output
    assert run("jobs", "retry", "4711").exit_code == 1


def test_jobs_that_wait_for_a_newer_worker_are_told(run: Any, drain: Any) -> None:
    with unit_of_work():
        db.session.add(OutboxRow.of("default", "tests.unheard_of", {}, utc_now(), 0.0))
    drain()
    told = run("jobs", "list").output
    assert "0 dead, 1 pending." in told
    assert "Pending until a worker of a newer release takes them: 1." in told


def test_settings_are_shown_and_secrets_are_not(app: Flask, run: Any) -> None:
    shown = run("config", "show").output
    assert "ENVIRONMENT=" in shown
    assert app.extensions["settings"].secret_key not in shown
