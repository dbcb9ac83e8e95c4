from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.harness import aftermath, promises
from tests.processes.test_chaos import SITE, battle_on
from tests.processes.test_crowd import SITE as CROWD_SITE
from tests.processes.test_crowd import crowd_on

pytestmark = pytest.mark.no_second_look

KILLS, POSTS, DEEDS = 200, 500, 21_000
ACKNOWLEDGED = 20_000


def chosen_seed() -> int:
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000))
    print(f"CHAOS_SEED={seed}", flush=True)
    return seed


@pytest.mark.chaos
@pytest.mark.processes
def test_two_hundred_kills_lose_double_and_halve_nothing(
    running_site: Callable[..., Any],
) -> None:
    seed = chosen_seed()
    battle = battle_on(running_site(**SITE), seed=seed, posts=POSTS, kills=KILLS)
    try:
        battle.run()
        took_s = aftermath.wait_for_quiet(battle, within_s=180)
        print(f"quiet after {took_s:.1f} s; {battle.looks} looks", *battle.history, sep="\n")
        aftermath.check(battle)
    finally:
        battle.end()


@pytest.mark.chaos
@pytest.mark.processes
def test_two_hundred_kills_lose_and_double_no_like_no_comment_and_no_notification(
    running_site: Callable[..., Any],
) -> None:
    crowd = crowd_on(running_site(**CROWD_SITE), seed=chosen_seed(), deeds=DEEDS, kills=KILLS)
    try:
        crowd.run()
        took_s = promises.wait_for_quiet(crowd, within_s=180)
        print(*crowd.history, crowd.summary(), f"quiet after {took_s:.1f} s", sep="\n")
        promises.check(crowd)
        assert crowd.ledger.counts["acknowledged"] >= ACKNOWLEDGED
    finally:
        crowd.end()
