from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from pigeon.services.accounts import sessions
from tests.factories import make_follow, make_post, make_user
from tests.harness import promises
from tests.harness.crowd import LISTENERS, PEOPLE, POSTS, ROVERS, Crowd, Member
from tests.harness.sites import Site

pytestmark = pytest.mark.no_second_look

KILLS, DEEDS = 20, 1_500
SITE = {"WEB": "2", "REALTIME": "1", "NOTIFY_BATCH": "2"}


def crowd_on(site: Site, *, seed: int, deeds: int, kills: int) -> Crowd:
    """People with posts, listeners who hear of everything that is shared, and rovers."""
    with site.app.app_context():
        people = [make_user(f"crowd{n}") for n in range(PEOPLE)]
        listeners = [make_user(f"listener{n}") for n in range(LISTENERS)]
        for person in people:
            for listener in listeners:
                make_follow(listener, person, bell=True)
        rovers = [make_user(f"rover{n}") for n in range(ROVERS)]
        posts = [make_post(people[n % PEOPLE]) for n in range(POSTS)]
        for rover in rovers:
            make_post(rover)
        members = [
            Member(id=one.id, username=one.username, token=sessions.create_token(one.id))
            for one in (*people, *listeners, *rovers)
        ]
    return Crowd(
        site=site,
        seed=seed,
        work=deeds,
        kills=kills,
        people=members[:PEOPLE],
        listeners=members[PEOPLE : PEOPLE + LISTENERS],
        rovers=members[PEOPLE + LISTENERS :],
        posts={str(post.id): post.author.id for post in posts},
    )


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.timeout(600)
def test_twenty_kills_lose_and_double_no_like_no_comment_and_no_notification(
    running_site: Callable[..., Any], record_property: Callable[..., None]
) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000))
    crowd = crowd_on(running_site(**SITE), seed=seed, deeds=DEEDS, kills=KILLS)
    try:
        crowd.run()
        took_s = promises.wait_for_quiet(crowd, within_s=150)
        record_property("quiet_after_s", round(took_s, 1))
        print(crowd.summary(), f"quiet after {took_s:.1f} s", sep="\n")
        promises.check(crowd)
    finally:
        crowd.end()
