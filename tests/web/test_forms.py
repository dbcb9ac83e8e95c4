from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, template_rendered
from werkzeug.test import TestResponse

from pigeon.blueprints import PAGES
from pigeon.domain import limits
from pigeon.services.messages import sending
from pigeon.services.messages.checks import Content
from pigeon.web.forms import Form
from tests.factories import Person, make_follow, make_post, make_story, make_user
from tests.harness.clients import Client
from tests.harness.cost_doors import Drive
from tests.harness.drawn_forms import Control, Page
from tests.harness.outside import link_in

Answers = dict[str, TestResponse]
SIGN_UP = {"email": "new@example.org", "username": "newcomer", "display_name": "New"}
WORDS = "seven doves over the bay"
NO_FIELDS = {"csrf_token", "fragment"}
"""The proof that every form has, and what a query says of the answer's form."""
UNASKED = {
    "/confirm/<token>": {"username"},  # asked when somebody took the chosen one meanwhile
    "/appearance": {"next"},
}


@pytest.fixture
def drive(app: Flask) -> Drive:
    """Somebody who knows whom to send a post to."""
    driven, scout = make_user("driven"), make_user("scout")
    make_follow(driven, scout)
    return Drive(app, driven, scout)


def pages(drive: Drive, mails: Callable[[], list[Any]], client: Client) -> Answers:
    """Each page that a member or a stranger may open, by path; links in letters are opened."""
    found: Answers = {}
    for path in _readable(drive):
        for browser in (drive.member, client):
            answer = browser.get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found[f"{path} of {'a member' if browser is drive.member else 'a stranger'}"] = (
                    answer
                )
    for name, path, browser in _mailed(drive, mails, client):
        found[name] = browser.get(path)
    return found


def _readable(drive: Drive) -> list[str]:
    paths = [path for method, path, _ in PAGES if method == "GET" and "<token>" not in path]
    pictured = make_post(drive.person, images=2)
    _say_something(drive._scout, drive.person)
    make_story(drive._scout)
    told = f"/stories/{drive._scout.username}"
    asked = ["/login?next=/people", "/signup?invite=x", f"/p/{pictured.id}/edit", told]
    return [*map(drive._filled, paths), *asked]


def _say_something(writer: Person, reader: Person) -> None:
    """What is unread has a form of its own."""
    make_follow(reader, writer)
    content = Content(text="hello")
    sending.send(reader.username, content, by=writer.id, client_msg_id="hello")


def _mailed(
    drive: Drive, mails: Callable[[], list[Any]], client: Client
) -> Iterator[tuple[str, str, Client]]:
    """The pages behind links, for somebody who asked for them in another browser."""
    elsewhere = drive.app.test_client()
    elsewhere.form("/signup", **SIGN_UP, password=WORDS)
    elsewhere.form("/password/forgot", email=drive.person.email)
    drive.member.form("/settings/email", email="moved@example.org", password=drive.person.password)
    for letter in mails():
        path = link_in(letter)
        kind = "confirm" if path.startswith("/confirm/") else "reset"
        yield f"{kind} {letter['To']}", path, client


def rule_of(app: Flask, action: str) -> str:
    return str(app.url_map.bind("localhost").match(action, "POST", return_rule=True)[0].rule)


def test_a_form_has_the_fields_that_its_view_reads(
    app: Flask, drive: Drive, anonymous: Client, mails: Callable[[], list[Any]]
) -> None:
    shown: dict[str, set[str]] = {}
    for answer in pages(drive, mails, anonymous).values():
        for form in Page(answer.text).forms:
            if form.action:
                shown.setdefault(rule_of(app, form.action), set()).update(form.names())
    wrong = {}
    for rule, names in shown.items():
        read, drawn = drive._asked(rule, "POST") - NO_FIELDS, names - NO_FIELDS
        if drawn - read or read - drawn - UNASKED.get(rule, set()):
            wrong[rule] = {"drawn": sorted(drawn), "read": sorted(read)}
    assert not wrong
    assert {"/settings/password", "/settings/withdraw", "/confirm/<token>"} <= set(shown)
    assert {"/messages/<username>", "/messages/<username>/read"} <= set(shown)
    posts = [path for method, path, _ in PAGES if method == "POST"]
    reading = {path for path in posts if drive._asked(path, "POST") - NO_FIELDS}
    assert reading - set(shown) - {"/signup/oidc"} == set()  # that one: tests/security/test_oidc.py


@contextmanager
def drawn_from() -> Iterator[list[Form]]:
    """The forms that pages of the block are drawn from."""
    found: list[Form] = []

    def note(_sender: Any, template: Any, context: dict[str, Any], **_: Any) -> None:
        around = context.get("discussion") or context.get("thread")
        form = context.get("form") or getattr(around, "form", None)
        if isinstance(form, Form):
            found.append(form)

    with template_rendered.connected_to(note):
        yield found


def long_text(name: str) -> str:
    return "x" * (limits.of_text(name.removesuffix("[]")) + 1)


FILLS: dict[str, Callable[[Control], Any]] = {
    "nothing": lambda control: "",
    "too much": lambda control: long_text(control.name),
    "far too much": lambda control: "x" * 20_000,
    "nonsense": lambda control: "none of this: @",
}


def filled(form: Any, fill: Callable[[Control], Any]) -> dict[str, Any]:
    """Hidden fields as they are, but for those of scripts; files that are no pictures."""
    sent: dict[str, Any] = {}
    for control in form.controls:
        value: Any = control.value if control.type == "hidden" else fill(control)
        if control.type == "file":
            value = (io.BytesIO(b"no picture"), "a.jpg") if fill(control) else (io.BytesIO(), "")
        if control.name.endswith("[]"):
            sent.setdefault(control.name, []).append(value)
        else:
            sent[control.name] = value
    return sent


def hidden_too(form: Any, fill: Callable[[Control], Any]) -> dict[str, Any]:
    """As a forger sends it: also what no reader types."""
    sent = filled(form, fill)
    hidden = [one for one in form.controls if one.type == "hidden" and one.name != "csrf_token"]
    return sent | {control.name: fill(control) for control in hidden}


def faults_of(page: Page, form: Form) -> list[str]:
    """Faults that the page does not show as it should."""
    wrong = [control for drawn in page.forms for control in drawn.controls if control.is_wrong]
    missing = []
    for name, message in form.errors.items():
        if name in ("", "token"):
            continue
        beside = [
            control
            for control in wrong
            if control.name.removesuffix("[]") == name.partition(".")[0]
            and any(message in page.words.get(at, "") for at in control.described_by)
        ]
        everywhere = name in ("images", "alts") and any(message in w for w in page.words.values())
        if not beside and not everywhere:
            missing.append(name)
    message = form.errors.get("")
    if message and not any(message in words for words in page.alerts):
        missing.append("the whole form")
    return missing


def focus_of(page: Page) -> list[str]:
    """What is wrong with where the focus is: without scripts, too, it is on the first fault."""
    controls = [control for drawn in page.forms for control in drawn.controls]
    wrong = [control for control in controls if control.is_wrong]
    focused = [control for control in controls if control.has_focus]
    return [] if not wrong or focused == wrong[:1] else ["the focus"]


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("send", [filled, hidden_too])
def test_a_refused_form_shows_each_fault_beside_its_field(
    app: Flask,
    drive: Drive,
    anonymous: Client,
    mails: Callable[[], list[Any]],
    fill: str,
    send: Callable[..., dict[str, Any]],
) -> None:
    refused, unshown = set(), {}
    for place, answer in pages(drive, mails, anonymous).items():
        browser = anonymous if "a stranger" in place or "@" in place else drive.member
        for form in Page(answer.text).forms:
            if not form.action or form.action.endswith(("/delete", "/logout")):
                continue
            sent = send(form, FILLS[fill])
            with drawn_from() as forms:
                again = browser.post(
                    form.action,
                    data=sent | {"csrf_token": browser.csrf()},
                    content_type="multipart/form-data",
                )
            if again.status_code != 422:
                continue
            rule = rule_of(app, form.action)
            refused.add(rule)
            drawn = Page(again.text)
            missing = faults_of(drawn, forms[-1]) if forms else ["an error page"]
            missing += focus_of(drawn)
            if missing or not (forms and forms[-1].errors):
                unshown[rule] = (missing, forms[-1].errors if forms else {})
    assert not unshown
    if fill == "nothing":
        assert {"/signup", "/settings/password", "/settings/withdraw", "/create"} <= refused
    if fill == "too much":
        assert {"/settings/profile", "/settings/email", "/p/<post_id>/edit"} <= refused
