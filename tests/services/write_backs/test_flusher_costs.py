"""What a like, a count and a flush cost."""

from __future__ import annotations

from typing import Any

import pytest

from pigeon.cache import resp, write_back
from pigeon.services import counts
from pigeon.services.likes import likes
from pigeon.services.likes.likes import POSTS
from pigeon.services.write_backs import flusher
from tests.factories import make_post, make_user
from tests.services.write_backs.liking import flush_all, like, shown

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.no_second_look]


def test_a_warm_like_asks_no_sql(queries: Any) -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    flush_all()
    with queries() as asked:
        like(ann, post.id, on=False)
        shown(post.id)
        likes.among(POSTS, ann.id, [post.id])
    assert not asked


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commands went along on each trip of the pipelining client."""
    found: list[int] = []
    send = resp.Pool.send

    def counted(self: resp.Pool, payload: bytes, replies: int) -> Any:
        found.append(replies)
        return send(self, payload, replies)

    monkeypatch.setattr(resp.Pool, "send", counted)
    return found


def test_a_warm_like_asks_the_caches_once_and_the_journal_once(trips: list[int]) -> None:
    ann, bob, post = make_user(), make_user(), make_post()
    like(ann, post.id)
    like(bob, post.id)
    like(bob, post.id, on=False)
    flush_all()
    like(bob, post.id)
    trips.clear()
    POSTS.check(ann.id, post.id)
    checked = list(trips)
    for on in (False, True):
        trips.clear()
        like(ann, post.id, on)
        assert trips == [*checked, 2, 1]


def test_a_count_with_what_waits_takes_one_command(redis_commands: Any) -> None:
    ann, posted = make_user(), [make_post().id for _ in range(3)]
    like(ann, posted[0])
    counts.of_posts(posted)
    with redis_commands() as sent:
        waiting = counts.pending("post", ann.id, posted)
    assert waiting.counts == {posted[0]: 1}
    assert dict(sent) == {"hmget": 2}, "sums with their counts, and own answers"


def test_a_flush_asks_a_constant_number_of_statements(queries: Any) -> None:
    people, posted = [make_user() for _ in range(4)], [make_post() for _ in range(6)]
    for person in people:
        for post in posted:
            like(person, post.id)
    write_back.journal_id()
    with queries() as asked:
        assert flusher.flush() == 24
    assert len(asked) <= 12
