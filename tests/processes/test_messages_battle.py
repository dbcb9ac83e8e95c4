"""A thousand messages while everything under them is killed, stopped and paused."""

from __future__ import annotations

import pytest

from tests.harness import children
from tests.harness.messages_fights import SMALL, fight

pytestmark = pytest.mark.no_second_look


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.timeout(600)
def test_a_thousand_messages_are_there_once_in_one_order_for_everybody() -> None:
    home = "mariadb" if children.find("mariadbd") else "sqlite"
    battle = fight(home, SMALL)
    assert battle.ledger.counts["acknowledged"] == SMALL.messages
