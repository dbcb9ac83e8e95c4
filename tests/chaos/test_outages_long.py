from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pigeon.services.write_backs import flusher
from tests.factories import make_post, make_user
from tests.harness import children
from tests.harness.likers import Likers
from tests.harness.parts import Parts, started_parts

pytestmark = pytest.mark.no_second_look

OUTAGE_S = 30
# An answer takes as long as web processes wait for SQL, not as long as SQL is away.
HANG_S = OUTAGE_S / 2


@pytest.fixture
def parts() -> Iterator[Parts]:
    with (
        tempfile.TemporaryDirectory(prefix="pigeon-", ignore_cleanup_errors=True) as name,
        started_parts(Path(name)) as parts,
        parts.site.app.app_context(),
    ):
        yield parts


@pytest.mark.chaos
@pytest.mark.processes
@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_a_database_that_is_away_for_half_a_minute_gets_every_like(
    parts: Parts, fault: str
) -> None:
    people, posts = [make_user() for _ in range(3)], [make_post() for _ in range(2)]
    url = parts.web("web")
    parts.scheduler("scheduler")
    away, back = {
        "killed": (parts.kill_sql, parts.start_sql),
        "frozen": (parts.freeze_sql, parts.thaw_sql),
    }[fault]
    with Likers(url, people, posts) as crowd:
        crowd.wait_for(200, 40)
        away()
        time.sleep(OUTAGE_S)
        back()
        crowd.wait_for(200, 40)
    children.wait_until(lambda: flusher.drain(within_s=20), timeout_s=60, what="a drain")
    print(f"{fault}: {len(crowd.statuses):,} answers, slowest {crowd.slowest_s:.1f} s", flush=True)
    crowd.check()
    assert set(crowd.statuses) <= {200, 503}
    assert crowd.slowest_s < HANG_S
