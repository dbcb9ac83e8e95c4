"""What a view returns becomes the answer that its description promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, Response

from pigeon.web.answers import answers


@dataclass(frozen=True, kw_only=True)
class Thing:
    id: str
    at: datetime


THING = Thing(id="7", at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC))


def test_a_value_is_json_with_times_in_utc(app: Flask) -> None:
    answer = answers(Thing, 201)(lambda: THING)()
    assert (answer.status_code, answer.mimetype) == (201, "application/json")
    assert answer.get_json() == {"id": "7", "at": "2026-03-01T09:30:00Z"}


def test_a_view_may_choose_another_status(app: Flask) -> None:
    answer = answers(Thing, also=(200,), status=201)(lambda: (THING, 200))()
    assert (answer.status_code, answer.get_json()["id"]) == (200, "7")


def test_what_has_no_shape_has_no_body(app: Flask) -> None:
    answer = answers(status=204)(lambda: None)()
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_whole_answer_is_left_as_it_is(app: Flask) -> None:
    whole = Response("x", 418)
    assert answers(Thing)(lambda: whole)() is whole


def test_the_description_goes_with_the_view_and_its_name_stays() -> None:
    def show(thing_id: int) -> Any:
        """A thing."""

    view: Any = answers(Thing, query=("q",), is_keyed=True)(show)
    assert (view.__name__, view.__doc__) == ("show", "A thing.")
    assert (view.operation.shape, view.operation.status) == (Thing, 200)
    assert view.operation.query == ("q",) and view.operation.is_keyed


def test_a_value_of_another_shape_is_noticed(app: Flask) -> None:
    with pytest.warns(UserWarning, match="Expected"):
        answers(Thing)(lambda: {"id": 7})()
