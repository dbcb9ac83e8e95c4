"""Cursors lead on in their own list, and pages say whether more follows."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.page import Page, PageRequest, cut, read_cursor, write_cursor

kinds = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(kinds, st.integers(0, 2**63 - 1))
def test_a_cursor_is_read_by_the_list_that_wrote_it(kind: str, position: int) -> None:
    cursor = write_cursor(kind, position)
    assert read_cursor(kind, cursor) == position
    assert cursor.isascii() and not set(cursor) & set("+/=&?")


@given(kinds, kinds, st.integers(0, 2**63 - 1))
def test_no_other_list_reads_it(kind: str, other: str, position: int) -> None:
    if kind != other:
        with pytest.raises(Invalid):
            read_cursor(other, write_cursor(kind, position))


def _spelled(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "?", "a" * 5_000, "민지"]
    + [_spelled(text) for text in ("likes:", "likes:-1", "likes:1.0", "likes:٣", "likes")]
    + [_spelled(f"likes:{2**63}"), write_cursor("likes", 1) + "!"],
)
def test_what_is_no_cursor_is_refused_by_name(cursor: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_cursor("likes", cursor)
    assert caught.value.fields == {"before": FieldError("bad_format")}


@pytest.mark.parametrize(("rows", "items"), [([], []), ([9], [9]), ([9, 7], [9, 7])])
def test_the_last_page_leads_nowhere(rows: list[int], items: list[int]) -> None:
    assert cut(rows, PageRequest(limit=2), int) == Page(items=items, next=None)


def test_one_row_more_than_wanted_means_that_more_follows() -> None:
    page = cut([9, 7, 4], PageRequest(kind="likes", limit=2), int)
    assert page.items == [9, 7]
    assert read_cursor("likes", page.next or "") == 7, "the next page begins behind the last item"


def test_a_page_is_changed_as_a_whole() -> None:
    page = Page(items=[3, 2], next="c").map(lambda items: [str(sum(items))])
    assert page == Page(items=["5"], next="c")
