"""Likes of who leaves are erased beside the flusher."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pigeon.extensions import cache
from pigeon.services.likes import likes
from tests.factories import make_post, make_user
from tests.services.write_backs.liking import flush_all, like, rows, shown, stored

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.no_second_look]
DEAD = "redis://127.0.0.1:1"


def test_erasing_the_likes_of_a_person_counts_them_down() -> None:
    ann, post, other = make_user(), make_post(), make_post()
    for one in (post, other):
        like(ann, one.id)
    flush_all()
    assert likes.erase_some(ann.id)
    assert not likes.erase_some(ann.id)
    assert stored(post.id) == shown(post.id) == 0
    assert rows(other.id) == set()


def test_erasing_tells_the_caches_even_if_the_process_dies(
    drain: Callable[[], int], with_settings: Callable[..., None]
) -> None:
    ann, post = make_user(), make_post()
    like(ann, post.id)
    flush_all()
    drain()
    assert shown(post.id) == 1
    url = cache.url
    with_settings(redis_cache_url=DEAD)
    assert likes.erase_some(ann.id)
    with_settings(redis_cache_url=url)
    drain()
    assert shown(post.id) == 0
