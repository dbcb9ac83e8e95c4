"""What must be true of a site once the killing is over and its queues are drained."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from typing import Any

import requests
from sqlalchemy import func, select

from tests.harness import children
from tests.harness.chaos import Battle, caption_of, fault_of
from tests.harness.sites import status_of


def wait_for_quiet(battle: Battle, *, within_s: float) -> float:
    """Until every job is done; how many seconds that took."""
    from pigeon.services.outbox import figures as outbox_figures

    began = time.monotonic()

    def is_quiet() -> bool:
        with battle.site.app.app_context():
            return outbox_figures.pending() == 0 and status_of(f"{battle.site.url}/readyz") == 200

    try:
        children.wait_until(is_quiet, timeout_s=within_s, what="quiet")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{battle.told()}\n{_waiting(battle)}") from None
    return time.monotonic() - began


def _waiting(battle: Battle) -> str:
    """The jobs that are not done, and the last lines of the site."""
    from pigeon.extensions import db
    from pigeon.models import OutboxRow

    with battle.site.app.app_context():
        rows = db.session.scalars(select(OutboxRow)).all()
        jobs = [
            f"{row.id} {row.job} {row.arguments} {row.state} by {row.claimed_by!r}"
            f" attempt {row.attempt} failures {row.failures} available {row.available_at}"
            f" queued {row.enqueued_at}: {row.last_error}"
            for row in rows
        ]
    return "\n".join([*jobs, battle.site.log("site").read_text()[-6_000:]])


def check(battle: Battle) -> None:
    """Every acknowledged post exactly once, published, whole, and in its reader's timeline."""
    battle.end()
    print(battle.told())
    message = battle.told()
    assert not battle.violations, message
    assert battle.looks > battle.kills, message
    assert len(battle.acknowledged) == battle.work, message
    assert len(set(battle.acknowledged.values())) == battle.work, message
    with battle.site.app.app_context():
        _check_rows(battle, message)
        _check_files(battle, message)
    _check_timeline(battle, message)


def _check_rows(battle: Battle, message: str) -> None:
    from pigeon.extensions import db
    from pigeon.models import MediaModel, OutboxRow, PostModel, PublicationModel

    rows = db.session.execute(select(PostModel.id, PostModel.caption, PostModel.state)).all()
    captions = Counter(row.caption for row in rows)
    assert captions == Counter(caption_of(n) for n in range(battle.work)), message
    assert {str(row.id) for row in rows} == set(battle.acknowledged.values()), message
    assert {row.state for row in rows} == {"published"}, message
    published = db.session.scalar(select(func.count()).select_from(PublicationModel))
    assert published == battle.work, message
    assert set(db.session.scalars(select(MediaModel.state))) == {"ready"}, message
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0, message
    db.session.rollback()


def _check_files(battle: Battle, message: str) -> None:
    """Web processes that died leave uploads, workers folders; nothing else, and no picture."""
    from pigeon.services import collectors
    from pigeon.services.media import media

    left = list(media.incoming().folder.glob("*"))
    assert len(left) <= 4 * battle.kills, message
    found = collectors.find_orphans(older_than=timedelta(0), check_missing=True)
    assert (found.missing, found.objects) == ([], []), message
    collectors.collect(timedelta(0), upload_grace=timedelta(0))
    assert list(media.incoming().folder.glob("*")) == [], message


def _check_timeline(battle: Battle, message: str) -> None:
    items = _pages(battle)
    assert Counter(item["id"] for item in items) == Counter(battle.acknowledged.values()), message
    for item in items:
        assert fault_of(item) is None, message
        for image in item["images"]:
            for variant in image["variants"]:
                answer = _get(battle, variant["url"])
                assert answer.status_code == 200 and len(answer.content) > 100, message


def _pages(battle: Battle) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    before = ""
    while True:
        page = _get(battle, f"/api/v1/timeline?limit=50{before}").json()
        items += page["items"]
        if page["next"] is None:
            return items
        before = f"&before={page['next']}"


def _get(battle: Battle, path: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {battle.watcher}"}
    return requests.get(f"{battle.site.url}{path}", headers=headers, timeout=10)
