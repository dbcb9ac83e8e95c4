from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from pigeon.services.accounts import sessions
from tests.factories import make_follow, make_user
from tests.harness import aftermath
from tests.harness.chaos import POSTERS, Battle
from tests.harness.sites import Site

pytestmark = pytest.mark.no_second_look

KILLS, POSTS = 20, 50
SITE = {"WEB": "2", "REALTIME": "1", "WORKER_MEDIA": "2"}


def battle_on(site: Site, *, seed: int, posts: int, kills: int) -> Battle:
    """Authors, and a reader who follows them all."""
    with site.app.app_context():
        authors = [make_user(f"author{n}") for n in range(POSTERS)]
        reader = make_user("reader")
        for author in authors:
            make_follow(reader, author)
        tokens = [sessions.create_token(author.id) for author in authors]
        watcher = sessions.create_token(reader.id)
    return Battle(site=site, tokens=tokens, watcher=watcher, seed=seed, work=posts, kills=kills)


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.timeout(600)
def test_twenty_kills_lose_double_and_halve_nothing(
    running_site: Callable[..., Any], record_property: Callable[..., None]
) -> None:
    seed = int(os.environ.get("CHAOS_SEED", random.randrange(1_000_000)))
    battle = battle_on(running_site(**SITE), seed=seed, posts=POSTS, kills=KILLS)
    try:
        battle.run()
        took_s = aftermath.wait_for_quiet(battle, within_s=150)
        record_property("quiet_after_s", round(took_s, 1))
        aftermath.check(battle)
    finally:
        battle.end()
