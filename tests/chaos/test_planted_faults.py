"""The battle for messages finds each fault that is planted in the product within three seeds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.harness import children
from tests.harness.messages_fights import SMALL, hunt

SEEDS = (11, 12, 13)
SIGNS = {
    "acknowledge before storing": ("ends before what", "and is lost", "different messages at"),
    "drop the uniqueness": ("is there 2 times", "was stored more than once"),
    "count past the cursor": ("unread, counted",),
    "read past the last message": ("the cursor is at",),
    "emit before commit without resync": ("ends before what", "rests at", "rests with"),
    "forget a lease": ("rests with", "rests at"),
}
"""Of each fault, what the battle says of it: any of these."""


@pytest.mark.chaos
@pytest.mark.processes
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", list(SIGNS))
def test_the_battle_finds_a_planted_fault(fault: str) -> None:
    home = "mariadb" if children.find("mariadbd") else "sqlite"
    for seed in SEEDS:
        found = hunt(home, fault, SMALL, seed=seed).violations
        if has_sign(found, SIGNS[fault]):
            return
    pytest.fail(f"nothing like {SIGNS[fault]} in three seeds; the last one found {found[:5]}")


def has_sign(violations: Sequence[str], signs: Sequence[str]) -> bool:
    return any(sign in violation for violation in violations for sign in signs)
