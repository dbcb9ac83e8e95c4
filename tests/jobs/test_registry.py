"""Jobs wait under names that outlive a release."""

from __future__ import annotations

import pytest

from pigeon import subscribers
from pigeon.jobs import registry

OF_THE_RELEASE_BEFORE = {
    "comments.refresh",
    "likes.forget",
    "mails.issue_link",
    "mails.issue_reset",
    "mails.send",
    "media.delete",
    "media.process",
    "notifications.announce_comment",
    "notifications.announce_mentions",
    "notifications.announce_named",
    "notifications.announce_post",
    "notifications.refresh_counts",
    "notifications.remove_older",
    "notifications.settle_follow",
    "notifications.settle_likes",
    "notifications.withdraw_comment",
    "notifications.withdraw_post",
    "posts.erase",
    "posts.refresh",
    "timelines.announce_pull",
    "timelines.push",
    "timelines.settle_follow",
    "users.close_sockets",
    "users.erase",
    "users.refresh_cards",
}
"""Jobs may wait under them while this release starts, and its workers may not be alone."""


def test_jobs_that_the_release_before_stored_are_understood() -> None:
    assert subscribers.REACTIONS  # imports every module of jobs
    assert set(registry.JOBS) >= OF_THE_RELEASE_BEFORE


def test_a_renamed_function_keeps_the_name_of_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "JOBS", {})

    @registry.job("default", name="likes.forget")
    def evict(subject: str) -> None: ...

    assert evict.spec(subject="post").name == "likes.forget"
    assert list(registry.JOBS.values()) == [evict]
