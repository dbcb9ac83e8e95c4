"""Who is there on a real Redis: several processes, their leases, and what time alone changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from pigeon.cache import keys
from pigeon.extensions import state
from pigeon.stores import presence
from pigeon.stores.presence import HIDDEN_MS, IDLE_MS, LEFT_MS, Live, Note

NOW = 1_800_000_000_000
ANN, BEN = 7, 8


@pytest.fixture(autouse=True)
def processes(app: Flask) -> None:
    presence.begin("a1")
    presence.begin("b2")


@pytest.fixture
def told(app: Flask) -> Iterator[Callable[[], list[int]]]:
    """`told()` are the people whose word the bus was told to have changed since the last call."""
    with state.client.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(keys.BUS_CHANNEL)
        listener.get_message(timeout=1)

        def heard() -> list[int]:
            found: list[int] = []
            while (message := listener.get_message(timeout=0.05)) is not None:
                payload = json.loads(message["data"])
                assert payload["method"] == "presence.changed"
                found += payload["user_ids"]
            return found

        yield heard


def come(process: str, socket: str, user_id: int = ANN, at_ms: int = NOW) -> int:
    return presence.write(process, [Note(user_id, socket, at_ms)], at_ms)[0]


def hide(process: str, socket: str, at_ms: int) -> None:
    presence.write(process, [Note(ANN, socket, -at_ms)], at_ms)


def leave(process: str, socket: str, at_ms: int = NOW) -> int:
    return presence.write(process, [Note(ANN, socket, None)], at_ms)[0]


def word(at_ms: int, user_id: int = ANN) -> str:
    return presence.look([user_id], at_ms)[user_id].word


def die(process: str) -> None:
    state.client.delete(keys.PROCESS.key(process))


def test_whoever_comes_is_available_and_counted_on_all_processes() -> None:
    assert word(NOW) == "offline"
    assert come("a1", "x") == 1
    assert come("b2", "y") == 2
    assert come("b2", "y") == 2
    assert presence.look([ANN, BEN], NOW) == {ANN: Live("available", NOW), BEN: Live()}
    assert presence.online_among([BEN, ANN]) == [ANN]
    assert presence.count_online() == 1


def test_one_of_two_tabs_closes_and_the_person_stays(told: Callable[[], list[int]]) -> None:
    come("a1", "x")
    come("b2", "y")
    assert told() == [ANN]
    assert leave("a1", "x") == 1
    presence.sweep(NOW + LEFT_MS + 1)
    assert (word(NOW + LEFT_MS + 1), told()) == ("available", [])


def test_the_last_tab_closes_and_offline_is_said_after_the_grace(
    told: Callable[[], list[int]],
) -> None:
    come("a1", "x")
    assert told() == [ANN]
    assert leave("a1", "x") == 0
    presence.sweep(NOW + LEFT_MS - 1)
    assert (word(NOW + LEFT_MS - 1), told()) == ("available", [])
    assert presence.online_among([ANN]) == [ANN]
    assert word(NOW + LEFT_MS) == "offline"
    presence.sweep(NOW + LEFT_MS)
    presence.sweep(NOW + LEFT_MS)
    assert (told(), presence.online_among([ANN])) == ([ANN], [])
    assert presence.seen([ANN]) == {ANN: NOW}
    assert not state.client.exists(keys.HERE.key(ANN), keys.DUE.key(), keys.MINE.key("a1"))


def test_a_page_that_is_loaded_again_is_never_offline(told: Callable[[], list[int]]) -> None:
    come("a1", "x")
    told()
    for number in range(5):
        at = NOW + number * LEFT_MS
        hide("a1", f"{'x' if not number else number - 1}", at)
        leave("a1", f"{'x' if not number else number - 1}", at)
        for later in (1, LEFT_MS // 2, LEFT_MS - 1):
            presence.sweep(at + later)
            assert word(at + later) == "available"
        come("b2" if number % 2 else "a1", str(number), at_ms=at + LEFT_MS - 1)
        leave("a1", "unknown", at + LEFT_MS - 1)
    assert told() == []


def test_a_reload_while_a_killed_process_loses_its_lease_is_never_offline(
    told: Callable[[], list[int]],
) -> None:
    come("a1", "killed")
    come("b2", "old page")
    told()
    leave("b2", "old page", NOW + 1_000)
    die("a1")
    presence.sweep(NOW + 1_500)
    assert (word(NOW + 1_500), told()) == ("available", [])
    come("b2", "new page", at_ms=NOW + 2_000)
    presence.sweep(NOW + LEFT_MS + 2_000)
    assert (word(NOW + LEFT_MS + 2_000), told()) == ("available", [])
    leave("b2", "new page", NOW + LEFT_MS + 3_000)
    presence.sweep(NOW + 2 * LEFT_MS + 3_001)
    assert (word(NOW + 2 * LEFT_MS + 3_001), told()) == ("offline", [ANN])


def test_only_hidden_tabs_are_away_after_a_moment(told: Callable[[], list[int]]) -> None:
    come("a1", "x")
    come("b2", "y")
    told()
    hide("a1", "x", NOW + 1)
    presence.sweep(NOW + 1 + HIDDEN_MS)
    assert (word(NOW + 1 + HIDDEN_MS), told()) == ("available", [])
    hide("b2", "y", NOW + 2)
    presence.sweep(NOW + 1 + HIDDEN_MS)
    assert (word(NOW + 1 + HIDDEN_MS), told()) == ("available", [])
    presence.sweep(NOW + 2 + HIDDEN_MS)
    assert (word(NOW + 2 + HIDDEN_MS), told()) == ("away", [ANN])
    come("b2", "y", at_ms=NOW + 3 + HIDDEN_MS)
    assert (word(NOW + 3 + HIDDEN_MS), told()) == ("available", [ANN])


def test_a_page_that_begins_out_of_sight_is_away_at_once_and_no_input() -> None:
    come("a1", "x", at_ms=NOW - 60_000)
    leave("a1", "x", NOW - 60_000)
    presence.sweep(NOW)
    presence.write("b2", [Note(ANN, "y", presence.NEVER)], NOW)
    assert presence.look([ANN], NOW)[ANN] == Live("away", NOW - 60_000)
    come("b2", "y")
    assert presence.look([ANN], NOW)[ANN] == Live("available", NOW)


def test_without_an_input_somebody_is_away_and_back_with_the_next(
    told: Callable[[], list[int]],
) -> None:
    come("a1", "x")
    told()
    assert word(NOW + IDLE_MS - 1) == "available"
    presence.sweep(NOW + IDLE_MS - 1)
    assert told() == []
    presence.sweep(NOW + IDLE_MS)
    presence.sweep(NOW + IDLE_MS)
    assert (told(), word(NOW + IDLE_MS)) == ([ANN], "away")
    leave("a1", "x", NOW + IDLE_MS)
    assert word(NOW + IDLE_MS + 1) == "away"
    come("a1", "x", at_ms=NOW + IDLE_MS + 2)
    assert told() == [ANN]


def test_people_of_a_killed_process_are_offline_when_its_lease_ends(
    told: Callable[[], list[int]],
) -> None:
    both, only = list(range(100, 700)), list(range(1_000, 1_600))
    presence.write("a1", [Note(one, f"a{one}", NOW) for one in both + only], NOW)
    presence.write("b2", [Note(one, f"b{one}", NOW) for one in both], NOW)
    assert sorted(told()) == both + only
    die("a1")
    looked = presence.look(both + only, NOW)
    assert {one for one, live in looked.items() if live.word == "offline"} == set(only)
    presence.sweep(NOW)
    presence.sweep(NOW)
    assert sorted(told()) == only
    assert sorted(presence.online_among(both + only)) == both
    assert state.client.smembers(keys.PROCESSES.key()) == {b"b2"}
    assert not state.client.exists(keys.MINE.key("a1"), keys.HERE.key(only[0]))


def test_who_was_taken_for_dead_writes_nothing_and_begins_anew() -> None:
    come("a1", "x")
    die("a1")
    with pytest.raises(presence.LeaseLost):
        presence.renew("a1")
    with pytest.raises(presence.LeaseLost):
        come("a1", "x")
    presence.sweep(NOW)
    presence.begin("a3")
    assert come("a3", "x") == 1


def test_a_renewed_lease_lasts_as_long_again() -> None:
    presence.begin("a4", lease_s=1)
    presence.renew("a4", lease_s=30)
    assert 29_000 < state.client.pttl(keys.PROCESS.key("a4")) <= 30_000


def test_one_turn_to_sweep_in_its_time() -> None:
    assert [presence.take_turn(5), presence.take_turn(5)] == [True, False]


def test_few_and_many_are_answered_alike() -> None:
    presence.write("a1", [Note(one, str(one), NOW) for one in range(1, 2_000, 3)], NOW)
    for asked in (range(1, 50), range(1, 700), range(1, 30_000)):
        assert presence.online_among(asked) == [
            one for one in asked if one % 3 == 1 and one < 2_000
        ]
    assert presence.online_among([]) == []
    assert presence.look([]) == {}
    assert len(presence.look(range(1, 2_000))) == 1_999


def test_a_last_input_never_goes_back_and_is_forgotten_once_stored() -> None:
    come("a1", "x", at_ms=NOW)
    come("b2", "y", at_ms=NOW - 5)
    come("b2", "z", BEN, at_ms=NOW + 1)
    assert presence.some_seen(0) == [(ANN, NOW), (BEN, NOW + 1)]
    assert presence.some_seen(NOW + 1) == [(BEN, NOW + 1)]
    presence.forget_seen([(ANN, NOW), (BEN, NOW)])
    assert presence.seen([ANN, BEN]) == {BEN: NOW + 1}
