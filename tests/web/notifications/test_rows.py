"""Rows of notifications in their sections."""

from __future__ import annotations

from datetime import timedelta

from pigeon.domain.clock import utc_now
from pigeon.domain.notifications import Notification, Subject
from pigeon.web.notifications import rows as notifications_rows


def notice(days: float, *, seen: bool = True) -> Notification:
    return Notification(
        id=str(days),
        kind="post",
        actors=[],
        actor_count=0,
        message="",
        excerpt="",
        subject=Subject(kind="post", id="1", post_id="1"),
        href="/p/1",
        thumb_url=None,
        is_available=True,
        created_at=utc_now() - timedelta(days=days),
        seen=seen,
        read=seen,
    )


def test_rows_stand_in_sections_what_is_unseen_on_top() -> None:
    items = [notice(0), notice(0.01, seen=False), notice(3), notice(30)]
    found = notifications_rows.sections(items, "UTC", is_first=True)
    assert [name for name, _ in found][:1] == ["new"]
    assert [len(rows) for _, rows in found] == [1, 1, 1, 1]
    later = notifications_rows.sections(items, "UTC", is_first=False)
    assert "new" not in dict(later)
    assert [row.id for _, rows in later for row in rows] == [item.id for item in items]
