"""The release before and this one side by side, as in every upgrade: nothing lost, none refused.

`make rolling REV=<commit>` takes another commit as the release before, and gives more answers.
"""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pytest

from tests.harness import promises, releases, rolling_checks
from tests.harness.crowd import Member
from tests.harness.mariadb import MariaDB
from tests.harness.rolling import Upgrade, upgrading
from tests.harness.rolling_crowd import RollingCrowd

pytestmark = [
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.mariadb,
    pytest.mark.no_second_look,
    pytest.mark.timeout(3_600),
]
ANSWERS = int(os.environ.get("ROLLING_ANSWERS") or 600)
PEOPLE = """
import json
from pigeon import create_app
from tests.factories import make_follow, make_post, make_user

with create_app("cli").app_context():
    people = [make_user(f"crowd{n}") for n in range(6)]
    listeners = [make_user(f"listener{n}") for n in range(3)]
    for person in people:
        for listener in listeners:
            make_follow(listener, person, bell=True)
    posts = [make_post(person) for person in people]
    print(json.dumps({
        "password": people[0].password,
        "people": [[one.id, one.username] for one in people],
        "listeners": [[one.id, one.username] for one in listeners],
        "posts": {str(post.id): post.author.id for post in posts},
    }))
"""


def crowd_on(upgrade: Upgrade, *, answers: int) -> RollingCrowd:
    """People whom the release before made, in its own way."""
    made = upgrade.before.script(PEOPLE)
    people, listeners = (
        [Member(id=id, username=username, token="") for id, username in made[kind]]
        for kind in ("people", "listeners")
    )
    return RollingCrowd(
        site=upgrade.here.site,
        upgrade=upgrade,
        seed=int(os.environ.get("CHAOS_SEED") or random.randrange(1_000_000)),
        work=answers,
        people=people,
        listeners=listeners,
        posts=made["posts"],
        password=made["password"],
    )


def check_upgrade(mariadb: MariaDB, *, answers: int) -> None:
    """One upgrade under people who get so many answers; what they got is printed."""
    url = mariadb.create(f"rolling_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    with tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True) as name:
        before = releases.unpack_before(Path(name) / "before")
        with upgrading(Path(name), url, before) as upgrade:
            crowd = crowd_on(upgrade, answers=answers)
            upgrade.start()
            try:
                crowd.run()
                took_s = promises.wait_for_quiet(crowd, within_s=150)
                print(*crowd.history, crowd.summary(), f"quiet after {took_s:.1f} s", sep="\n")
                rolling_checks.check(crowd)
                assert crowd.ledger.counts["answers"] >= answers
            finally:
                crowd.end()


def test_two_releases_lose_and_double_nothing_and_refuse_nobody(mariadb: MariaDB) -> None:
    check_upgrade(mariadb, answers=ANSWERS)
