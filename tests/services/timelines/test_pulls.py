"""The pull index finds the newest of some authors, whether it merges or walks."""

from __future__ import annotations

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from pigeon.services.timelines import pulls
from pigeon.services.timelines.pulls import PullIndex

authors = st.integers(1, 12)


def index(written_by: list[int]) -> PullIndex:
    """Publications 1, 2, 3 …, each by its author."""
    by_author: dict[int, list[int]] = {}
    for number, author in enumerate(written_by, 1):
        by_author.setdefault(author, []).append(number)
    pairs = list(reversed(list(enumerate(written_by, 1))))
    return PullIndex(
        version=b"1", by_author=by_author, authors=list(by_author), newest_first=pairs, floor=0
    )


@settings(deadline=None)
@given(st.lists(authors, max_size=40), st.sets(authors), st.none() | st.integers(1, 45))
def test_it_finds_what_a_plain_reading_finds(
    written_by: list[int], wanted: set[int], below: int | None
) -> None:
    found = index(written_by)
    followed = sorted(wanted & set(written_by))
    expected = [
        number
        for number, author in reversed(list(enumerate(written_by, 1)))
        if author in wanted and (below is None or number < below)
    ]
    assert list(found.newest(followed, below)) == expected
    assert list(found._walk(frozenset(followed), below)) == expected


def test_an_index_is_kept_until_its_version_changes(app: Flask) -> None:
    first = pulls.current(None)
    assert pulls.current(first.version) is first
    pulls.changed()
    assert pulls.current(None).version != first.version
