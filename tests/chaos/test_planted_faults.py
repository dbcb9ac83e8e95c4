"""The battle for messages finds each fault that is planted in the product within three seeds."""

from __future__ import annotations

import pytest

from tests.harness import children
from tests.harness.messages_fights import SMALL, hunt

SEEDS = (11, 12, 13)
STORED = ("ends before what", "and is lost", "different messages at", "is_deleted=False")
TWICE = ("is there 2 times", "was stored more than once")
PLANTED = [
    ("acknowledge before storing", "sql", STORED),
    ("trust MongoDB's default", "mongo", STORED),
    ("drop the uniqueness", "sql", TWICE),
    ("drop the uniqueness", "mongo", TWICE),
    ("count past the cursor", "sql", ("unread, counted",)),
    ("read past the last message", "sql", ("the cursor is at", "went back behind")),
    ("emit before commit without resync", "sql", ("ends before what", "rests at", "rests with")),
    ("forget a lease", "sql", ("is offline, who was not", "as offline")),
    ("forget who was killed", "sql", ("after a loss",)),
]
"""Each fault, the home that has it, and what the battle says of it: any of these."""


@pytest.mark.chaos
@pytest.mark.processes
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("fault", "home", "signs"), PLANTED, ids=[f"{fault}-{home}" for fault, home, _ in PLANTED]
)
def test_the_battle_finds_a_planted_fault(fault: str, home: str, signs: tuple[str, ...]) -> None:
    sql = "mariadb" if children.find("mariadbd") else "sqlite"
    for seed in SEEDS:
        found = hunt(sql if home == "sql" else home, fault, SMALL, seed=seed).violations
        if any(sign in violation for violation in found for sign in signs):
            return
    pytest.fail(f"nothing like {signs} in three seeds; the last one found {found[:5]}")
