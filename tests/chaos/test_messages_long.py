"""The battle of `tests/processes/test_messages_battle.py`, ten times as long, on both databases."""

from __future__ import annotations

import pytest

from tests.processes.test_messages_battle import fight

pytestmark = pytest.mark.no_second_look

FAULTS, MESSAGES = 200, 10_000


@pytest.mark.chaos
@pytest.mark.processes
@pytest.mark.parametrize("database", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_ten_thousand_messages_are_there_once_in_one_order_for_everybody(database: str) -> None:
    battle = fight(database, messages=MESSAGES, faults=FAULTS)
    assert battle.ledger.counts["acknowledged"] == MESSAGES
