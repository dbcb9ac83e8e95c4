"""The battle of `tests/processes/test_messages_battle.py`, ten times as long, on every home."""

from __future__ import annotations

import pytest

from tests.harness.messages_fights import LARGE, fight

pytestmark = pytest.mark.no_second_look


@pytest.mark.chaos
@pytest.mark.processes
@pytest.mark.parametrize(
    "home", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb), "mongo"]
)
def test_ten_thousand_messages_are_there_once_in_one_order_for_everybody(home: str) -> None:
    battle = fight(home, LARGE)
    assert battle.ledger.counts["acknowledged"] == LARGE.messages
