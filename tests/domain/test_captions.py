"""Pieces choose candidates, and lose none that match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pigeon.domain import captions, limits

SOME = st.text(alphabet="가나사진꽃밥 ab é1_#.!漢ひ", max_size=40)


@pytest.mark.parametrize(
    ("q", "caption"),
    [
        ("사진", "단체사진을 찍었다"),
        ("사진", "사진"),
        ("단체 사진", "사진은 어제의 단체 여행에서"),
        ("꽃", "봄에 꽃이 핀다"),
        ("photo", "Two Photos of the club"),
        ("PHOTOS", "two photos"),
        ("cafe", "Café 사진"),
        ("lodz", "Łódź"),
        ("ny", "in NY today"),
        ("2026", "여름#2026년"),
        ("東京", "昨日の東京駅"),
    ],
)
def test_what_is_found(q: str, caption: str) -> None:
    assert captions.matches(q, caption)
    assert set(captions.query_pieces(q)) <= set(captions.pieces(caption))


@pytest.mark.parametrize(
    ("q", "caption"),
    [
        ("사진", "사 진"),
        ("진사", "사진"),
        ("꽃", "들꽃"),
        ("hot", "photo"),
        ("ny", "nylon"),
        ("사진 바다", "사진뿐"),
        ("", "사진"),
        ("🍕 !", "🍕 !"),
    ],
)
def test_what_is_not_found(q: str, caption: str) -> None:
    assert not captions.matches(q, caption)


@given(SOME, SOME)
def test_the_pieces_of_a_query_are_pieces_of_every_caption_that_matches(q: str, text: str) -> None:
    if captions.matches(q, text):
        assert set(captions.query_pieces(q)) <= set(captions.pieces(text))


def test_a_caption_has_so_many_pieces_at_most() -> None:
    longest = "".join(chr(ord("가") + at * 5) for at in range(limits.CAPTION))
    assert len(captions.pieces(longest)) == captions.PIECES
