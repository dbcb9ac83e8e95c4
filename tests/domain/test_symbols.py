"""What a reader sees as one character."""

from __future__ import annotations

import pytest

from pigeon.domain.text import first_grapheme


@pytest.mark.parametrize(
    "grapheme",
    [
        *(
            "a",
            "민",
            "é",
            "e\u0301",
            "\u1106\u1175\u11ab",
            "ㅁ",
            "🇰🇷",
            "👍🏽",
            "❤\ufe0f",
            "1\ufe0f\u20e3",
        ),
        *("👩\u200d👩\u200d👧", "👩🏽\u200d🚀", "🏳\ufe0f\u200d🌈", "한", "नि", "が", "か\u3099"),
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
@pytest.mark.parametrize("rest", ["", "x", "민지", "🇯🇵", "👧", " b"])
def test_first_grapheme_is_what_a_reader_sees(grapheme: str, rest: str) -> None:
    assert first_grapheme(f"  {grapheme}{rest}") == grapheme


def test_blank_text_has_no_grapheme() -> None:
    assert first_grapheme(" \n") == ""
