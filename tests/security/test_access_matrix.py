"""Who may call what: each route × each kind of caller, and what a refusal leaves behind.

`tests/authz_matrix.yml` has a row per route, per actor and per state of what is asked for; a route
without one fails here, and so does a row without a route, and one that waits for what has come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask

from pigeon.extensions import cache
from pigeon.web.guards import ANYONE
from tests.factories import Person
from tests.harness.clients import Client
from tests.security import actors
from tests.security.actors import Scene
from tests.security.matrix import (
    ACTORS,
    MATRIX,
    WHO,
    Answer,
    ask,
    build,
    is_denial,
    request_of,
    routes,
    snapshot,
    snapshot_differences,
)

pytestmark = pytest.mark.no_second_look


ABOUT = ("username", "post_id", "comment_id", "message_id", "story_id", "tag", "name")
LISTS = {
    "GET /",
    "GET /messages",
    "GET /messages/new",
    "GET /people",
    "GET /system",
    "GET /notifications",
    "GET /api/v1/chats",
    "GET /api/v1/chats/partners",
    "GET /api/v1/stories",
    "GET /api/v1/timeline",
    "GET /api/v1/suggestions",
    "GET /api/v1/notifications",
}
READING_TARGETS = ("anonymous", "stranger", "mutual", "admin", "personal token", "author")


@pytest.fixture
def objects(app: Flask, client_for: Callable[[Person], Client]) -> dict[str, Any]:
    return build(app, client_for)


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    assert {name for name, _ in routes(app)} == set(MATRIX)


def test_every_view_says_whom_it_is_for(app: Flask) -> None:
    silent = [n for n, r in routes(app) if not hasattr(app.view_functions[r.endpoint], "access")]
    assert silent == []


UNLIMITED = {"settings.change_password", "settings.withdraw", "accounts.api.withdraw"}
"""Each wrong password is counted there."""


def test_every_change_has_a_rate(app: Flask) -> None:
    changes = {rule.endpoint for name, rule in routes(app) if not name.startswith("GET ")}
    members = {name for name in changes if app.view_functions[name].access != ANYONE}  # type: ignore[attr-defined]
    unlimited = {name for name in members if not app.view_functions[name].rate}  # type: ignore[attr-defined]
    assert unlimited == UNLIMITED


def test_a_view_that_says_nothing_is_refused(app: Flask, anonymous: Any) -> None:
    views = dict(app.view_functions)
    app.view_functions["system.robots"] = lambda: "open"
    try:
        assert anonymous.get("/robots.txt").status_code == 403
    finally:
        app.view_functions.update(views)


READING = [name for name in MATRIX if name.startswith("GET ")]
CHANGING = [name for name in MATRIX if name not in READING]


@dataclass(frozen=True)
class Callers:
    """One of each kind in `ACTORS`."""

    objects: dict[str, Any]
    clients: dict[str, Client]
    with_settings: Callable[..., None]

    def statuses(self, name: str) -> dict[str, int]:
        return {actor: self._status(name, actor) for actor in ("anonymous", "closed", *MEMBERS)}

    def _status(self, name: str, actor: str) -> int:
        """A refusal leaves nothing behind."""
        client = self.clients[actor]
        self.with_settings(public_reading=True)
        csrf = client.csrf()
        self.with_settings(public_reading=actor != "closed")
        before = snapshot()
        answer = client.open(**request_of(name, MATRIX[name], self.objects["values"], csrf))
        if is_denial(answer):
            assert snapshot_differences(before, snapshot()) == [], (name, actor)
        return answer.status_code


MEMBERS = ("other", "owner")


@pytest.fixture
def callers(
    app: Flask, objects: dict[str, Any], anonymous: Any, with_settings: Callable[..., None]
) -> Callers:
    clients = {"anonymous": anonymous, "closed": app.test_client()}
    clients |= {name: objects[name] for name in MEMBERS}
    return Callers(objects, clients, with_settings)


def _row(name: str) -> dict[str, int]:
    return dict(zip(ACTORS, MATRIX[name]["as"], strict=True))


def test_each_caller_reads_what_the_matrix_says(callers: Callers) -> None:
    found = {name: callers.statuses(name) for name in READING}
    assert found == {name: _row(name) for name in READING}


@pytest.mark.parametrize("name", CHANGING)
def test_each_caller_changes_what_the_matrix_says(callers: Callers, name: str) -> None:
    assert callers.statuses(name) == _row(name)


def _existing(kind: str) -> list[str]:
    return [name for name, row in WHO[kind].items() if "not yet" not in row]


@pytest.mark.parametrize("kind", ["actors", "targets"])
def test_what_the_matrix_waits_for_has_not_come(app: Flask, kind: str) -> None:
    """When this fails, something new is there: write into the matrix who may do what with it."""
    waits = {name: row["not yet"] for name, row in WHO[kind].items() if "not yet" in row}
    come = {name: list(filter(actors.exists, what)) for name, what in waits.items()}
    assert {name: what for name, what in come.items() if what} == {}


@pytest.mark.parametrize(
    "what", ["table follows", "column follows.bell", "choice language", "state published"]
)
def test_what_has_come_would_be_noticed(app: Flask, what: str) -> None:
    kind, _, name = what.partition(" ")
    assert actors.exists(what) == (kind != "choice")
    assert actors.exists("choice of_no_field") and not actors.exists(f"table {name}_of_nobody")


def test_all_who_exist_are_tried() -> None:
    assert {*_existing("actors")} == {*actors.ACTORS}
    assert {*_existing("targets")} == {*actors.TARGETS}


@pytest.fixture
def scene(
    app: Flask,
    objects: dict[str, Any],
    client_for: Callable[[Person], Client],
    token_client: Callable[[Person], Client],
) -> Scene:
    """After what ann has is built."""
    return Scene(app, objects["ann"], client_for, token_client)


@pytest.mark.parametrize("account", ["public", "private"])
@pytest.mark.parametrize("actor", actors.ACTORS)
def test_each_actor_meets_what_the_matrix_says(
    scene: Scene, objects: dict[str, Any], actor: str, account: str
) -> None:
    """What they read before is cached when they come to stand so; then nothing is."""
    scene.turn(is_private=account == "private")
    client, relate = scene.start(actor)
    asked = Asked(client, actor, account, objects["values"])
    reading = [name for name in asked.names if name in READING]
    for name in reading:
        asked.answer(name)
    asked = replace(asked, client=relate())
    for forgets in (lambda: None, cache.client.flushdb):
        forgets()
        assert asked.found(reading) == asked.expected(reading)
    if actor == "author":
        return  # one change of theirs takes away what the next is about
    changing = [name for name in asked.names if name not in reading]
    assert asked.found(changing) == asked.expected(changing)


@dataclass(frozen=True)
class Asked:
    """One actor's questions about ann's things, and what the matrix says of them."""

    client: Client
    actor: str
    account: str
    values: dict[str, Any]

    @property
    def row(self) -> dict[str, Any]:
        row: dict[str, Any] = WHO["actors"][self.actor]
        return row

    @property
    def names(self) -> list[str]:
        return sorted(filter(_is_about_others, MATRIX), key=_harm)

    def answer(self, name: str, /, **others: Any) -> Answer:
        values = self.values | others
        csrf = "" if name in READING else self.client.csrf()
        return ask(self.client, request_of(name, MATRIX[name], values, csrf))

    def found(self, names: list[str]) -> dict[str, Any]:
        """Statuses; of what must look as if it were not there whether it does."""
        return {name: self._found(name) for name in names}

    def _found(self, name: str) -> Any:
        if not self._is_hidden(name):
            return self.answer(name)[0]
        mine, nobodys = self.answer(name), self.answer(name, **actors.NOBODYS)
        return "nothing" if mine == nobodys and mine[0] in NOTHING else (mine, nobodys)

    def expected(self, names: list[str]) -> dict[str, Any]:
        return {name: "nothing" if self._is_hidden(name) else self._status(name) for name in names}

    def _status(self, name: str) -> int:
        column = ACTORS.index(self.row["reads_as"])
        status: int = self.row.get("besides", {}).get(name, MATRIX[name]["as"][column])
        return status

    def _is_hidden(self, name: str) -> bool:
        """Whether it must be answered as about nobody."""
        met = self.row.get(self.account, "all" if self.account == "public" else "header")
        if name in self.row.get("besides", {}) or "values" in MATRIX[name]:
            return False
        if "<message_id>" in name:
            return self.actor != "author"
        of_posts = name in LISTS_OF_A_PERSON or any(f"<{part}>" in name for part in OF_POSTS)
        of_person = "<username>" in name
        return (met == "header" and of_posts) or (met == "nothing" and (of_posts or of_person))


NOTHING = (302, 401, 404)
"""Nobody's: not found, or first of all a log-in, as about every other id."""
OF_POSTS = ("post_id", "comment_id", "story_id", "name")
LISTS_OF_A_PERSON = {
    "GET /u/<username>/followers",
    "GET /u/<username>/following",
    "GET /api/v1/users/<username>/followers",
    "GET /api/v1/users/<username>/following",
    "GET /api/v1/users/<username>/posts",
    "GET /api/v1/users/<username>/stories",
}


def _is_about_others(name: str) -> bool:
    return name in LISTS or any(f"<{part}>" in name for part in ABOUT)


def _harm(name: str) -> tuple[bool, int, str]:
    """Reading first; what makes somebody another actor comes last."""
    ends = (("follow", "unfollow"), ("/block",), ("/unblock",))
    order = [1 + number for number, words in enumerate(ends) if name.endswith(words)]
    if name == "DELETE /api/v1/users/<username>/block":
        order = [3]
    return name not in READING, max(order, default=0), name


@pytest.mark.parametrize("target", list(actors.TARGETS))
def test_what_may_not_be_seen_is_answered_as_what_is_not_there(
    scene: Scene, objects: dict[str, Any], target: str
) -> None:
    values = actors.TARGETS[target](scene)
    nobodys = {part: actors.NOBODYS[part] for part in values}
    asked = [name for name in MATRIX if any(f"<{part}>" in name for part in values)]
    seen_by = {}
    for actor in READING_TARGETS:
        client = scene.actor(actor)
        csrf = client.csrf()
        differing = [
            name
            for name in sorted(asked, key=_harm)
            if "values" not in MATRIX[name]
            if _answer(client, name, objects, values, csrf)
            != _answer(client, name, objects, nobodys, csrf)
        ]
        if differing:
            seen_by[actor] = differing
    assert list(seen_by) == WHO["targets"][target]["seen_by"], seen_by


def _answer(
    client: Client, name: str, objects: dict[str, Any], values: dict[str, Any], csrf: str
) -> Answer:
    return ask(client, request_of(name, MATRIX[name], objects["values"] | values, csrf))
