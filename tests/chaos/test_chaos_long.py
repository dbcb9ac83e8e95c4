from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.harness import aftermath
from tests.processes.test_chaos import SITE, battle_on

KILLS, POSTS = 200, 500


@pytest.mark.chaos
@pytest.mark.processes
def test_two_hundred_kills_lose_double_and_halve_nothing(
    running_site: Callable[..., Any],
) -> None:
    seed = int(os.environ.get("CHAOS_SEED", random.randrange(1_000_000)))
    print(f"CHAOS_SEED={seed}", flush=True)
    battle = battle_on(running_site(**SITE), seed=seed, posts=POSTS, kills=KILLS)
    try:
        battle.run()
        took_s = aftermath.wait_for_quiet(battle, within_s=60)
        print(f"quiet after {took_s:.1f} s; {battle.looks} looks", *battle.history, sep="\n")
        aftermath.check(battle)
    finally:
        battle.end()
