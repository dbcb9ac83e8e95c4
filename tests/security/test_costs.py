"""Refusing costs next to nothing, whatever is sent: the time of every text, body and event.

Time is that of the processor in this process; what a busy machine makes slow is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from flask import Flask

from tests.factories import make_user
from tests.harness import cost_cases, costs
from tests.harness.cost_cases import Case
from tests.harness.cost_doors import Door, Drive, Send

FLOOR_S = 0.004
"""What is quicker than this is cheap, whatever the empty request takes."""
ENOUGH = 3
"""So many dear cases tell what is wrong; measuring all of them takes long."""


@pytest.fixture
def doors(app: Flask) -> Iterator[list[Door]]:
    drive = Drive(app, make_user("driven"), make_user("scout"))
    yield drive.doors()
    assert drive.member.api("GET", "/me")[0] == 200
    assert drive.program.api("GET", "/me")[0] == 200


def dear(cases: Iterable[Case]) -> dict[str, str]:
    """Refusals that take more than twice the request with nothing in it."""
    found: dict[str, str] = {}
    for case in cases:
        good, spent = costs.within(
            case.send, lambda tries, empty=case.empty: 2 * empty.measure(tries) + FLOOR_S
        )
        if not good:
            found[case.name] = f"{spent * 1e3:.1f} ms, {case.empty.spent_s * 1e3:.1f} when empty"
        if len(found) == ENOUGH:
            break
    return found


def steep(pairs: Iterable[tuple[str, Send, Send]]) -> dict[str, str]:
    """Where four times the length takes more than six times as long."""
    found: dict[str, str] = {}
    for name, short, long in pairs:
        quarter = cost_cases.Empty(short)
        good, spent = costs.within(long, _allowance(quarter))
        if not good:
            found[name] = f"{spent * 1e3:.1f} ms, {quarter.spent_s * 1e3:.1f} for a quarter"
        if len(found) == ENOUGH:
            break
    return found


def _allowance(quarter: cost_cases.Empty) -> Callable[[int], float]:
    return lambda tries: 6 * quarter.measure(tries) + FLOOR_S


def test_doors_are_found_by_asking(doors: list[Door]) -> None:
    found = {(door.name, name) for door in doors for name in door.fields}
    assert found >= {
        ("POST /api/v1/auth/signup", "email"),
        ("PATCH /api/v1/me", "notify.x"),
        ("POST /api/v1/posts (multipart)", "alts[]"),
        ("POST /api/v1/posts (Idempotency-Key)", "idempotency_key"),
        ("form /signup", "display_name"),
        ("form /create", "caption"),
        ("form /comments/<comment_id>/edit", "text"),
        ("query of /people", "q"),
        ("query of /api/v1/timeline", "before"),
        ("path of /tags/<tag>", "tag"),
        ("event post.watch", "post_id"),
        ("POST /api/v1/chats/{username}/messages", "text"),
        ("POST /api/v1/chats/{username}/messages", "client_msg_id"),
        ("POST /api/v1/chats/{username}/messages", "image"),
        ("POST /api/v1/chats/{username}/messages (multipart)", "alt"),
        ("POST /api/v1/chats/{username}/messages (multipart)", "client_msg_id"),
        ("POST /api/v1/media (multipart)", "alt"),
        ("query of /api/v1/chats", "box"),
        ("query of /api/v1/chats/partners", "q"),
        ("query of /api/v1/chats/<username>/messages", "since"),
        ("query of /api/v1/chats/<username>/messages", "before"),
        ("form /messages/<username>", "text"),
        ("form /messages/<username>/read", "up_to"),
        ("POST /api/v1/stories", "text"),
        ("POST /api/v1/stories (multipart)", "text_style"),
        ("POST /api/v1/stories/{story_id}/reply", "reaction"),
        ("form /stories/<story_id>/reply", "text"),
        ("form /stories/new", "alt"),
        ("path of /stories/<username>", "username"),
        ("event chat.send", "to"),
        ("event chat.send", "text"),
        ("event chat.send", "client_msg_id"),
        ("event chat.read", "with"),
        ("event chat.typing", "with"),
    }
    assert len(found) > 120


def test_a_sound_message_reaches_its_store(doors: list[Door]) -> None:
    """Otherwise what is measured would be how quickly something else is refused."""
    sent = {
        door.name: door.prepare({"text": "hm", "client_msg_id": f"{number}"})()
        for number, door in enumerate(doors)
        if {"text", "client_msg_id"} <= door.fields.keys()
    }
    assert {name: status for name, status in sent.items() if status >= 400} == {}
    assert len(sent) == 6


def test_a_text_far_over_its_limit_costs_as_much_as_none(doors: list[Door]) -> None:
    assert not dear(cost_cases.far_texts(doors))


def test_a_text_around_its_limit_costs_what_it_is_long(doors: list[Door]) -> None:
    assert not steep(cost_cases.near_texts(doors))


def test_a_body_over_its_limit_costs_as_much_as_none(doors: list[Door]) -> None:
    assert not dear(cost_cases.far_bodies(doors))


def test_a_body_under_its_limit_costs_what_it_is_long(doors: list[Door]) -> None:
    assert not steep(cost_cases.near_bodies(doors))


def test_a_socket_message_costs_what_it_is_long(doors: list[Door]) -> None:
    assert not steep(cost_cases.messages(doors))
