from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pigeon.domain.names import canonical_username, fold
from pigeon.domain.text import (
    Segment,
    clean,
    clean_line,
    count_emoji,
    excerpt,
    length,
    named,
    parse,
    segments,
)

# Pieces that meet each other in all the ways that tear a parser.
pieces = st.sampled_from(
    [
        *(
            "@ann",
            "@Ann.Kim",
            "@bob.",
            "＠ann",
            "@",
            "#",
            "##",
            "#민들레",
            "#서울_2026",
            "＃tag",
            "#1",
        ),
        *("ann@example.com", "https://a.com/b_(c)", "http://a.com/을", "HTTPS://", "javascript:"),
        *(
            "민지",
            "님",
            "를",
            " ",
            "\n",
            ".",
            ",",
            ")",
            "(",
            "]",
            "/",
            "&",
            "e\u0301",
            "\u202e",
            "🇰🇷",
        ),
    ]
)
typed = st.lists(pieces | st.text(max_size=3), max_size=12).map("".join)


def links(text: str, *usernames: str) -> list[tuple[str, str, str | None]]:
    cut = segments(text, {name: name for name in usernames})
    return [(one.kind, one.text, one.target) for one in cut if one.kind != "text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\u0301", "é"),
        ("\u1106\u1175\u11ab\u110c\u1175", "민지"),
        ("a\r\nb\rc\n", "a\nb\nc"),
        ("\u3000 a  b \t", "a  b"),
        ("\ufeffa", "\ufeffa"),
        (" \n ", ""),
    ],
)
def test_clean_keeps_what_was_typed(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\udfff!"])
def test_clean_refuses_what_cannot_be_stored(text: str) -> None:
    with pytest.raises(ValueError, match="NUL or a lone surrogate"):
        clean(text)


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert "\r" not in clean(text)
    assert unicodedata.is_normalized("NFC", clean(text))
    assert len(clean_line(text).splitlines()) <= 1


def test_length_counts_code_points_after_cleaning() -> None:
    assert length(" e\u0301\r\n민지🌼 ") == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ann \n\t Kim\u3000", "Ann Kim"),
        ("ann\u202egnp.exe", "anngnp.exe"),
        ("\u2067Ann\u2069", "Ann"),
        ("a\u200bn\u2060n\ufeff\xad", "ann"),
        ("\u3164", ""),
        ("\u2800\u115f\u1160\uffa0", ""),
        ("a\x07b\x1b[31m", "ab[31m"),
        ("e\u200b\u0301", "é"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("👩🏽\u200d🚀\u200d", "👩🏽\u200d🚀"),
        ("❤\ufe0f 1\ufe0f\u20e3", "❤\ufe0f 1\ufe0f\u20e3"),
        ("\ufe0f\ufe0f", ""),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 2,
        ("ann\U000e0061\U000e0062", "ann"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("葛\U000e0100城", "葛\U000e0100城"),
    ],
)
def test_a_line_looks_like_what_it_holds(text: str, expected: str) -> None:
    assert clean_line(text) == expected


@pytest.mark.parametrize(
    ("text", "known", "names"),
    [
        ("@annq.See you", {"annq"}, ("annq",)),
        ("@annq.See you", {"annq", "annq.see"}, ("annq.see",)),
        ("@annq.See you", {"annq.see"}, ("annq.see",)),
        ("@annq.See you", {"see"}, ()),
        ("@annq.see you", {"annq"}, ()),  # a handle that is not there, and no other one
        ("@Ann.Kim @ann.kim", {"ann.kim"}, ("ann.kim",)),
        ("@an.See @ann", {"an", "ann"}, ("ann",)),
        ("@annq." + "S" * 31, {"annq"}, ("annq",)),
        ("＠ａｎｎｑ．Ｓｅｅ", {"annq"}, ("annq",)),
    ],
)
def test_a_capital_after_a_dot_may_begin_a_sentence(
    text: str, known: set[str], names: tuple[str, ...]
) -> None:
    assert named(text, known) == names
    assert known & set(names) <= set(parse(text).handles)
    linked = [target for kind, _, target in links(text, *known) if kind == "mention"]
    assert tuple(dict.fromkeys(linked)) == names


def test_only_the_handle_is_linked_before_a_sentence() -> None:
    assert segments("@annq.See you", {"annq": "ann.new"}) == [
        Segment(kind="mention", text="@annq", target="ann.new"),
        Segment(kind="text", text=".See you"),
    ]


def test_segments_link_people_by_their_present_name() -> None:
    assert segments("Hi @Old.Ann. #꽃", {"old.ann": "ann"}) == [
        Segment(kind="text", text="Hi "),
        Segment(kind="mention", text="@Old.Ann", target="ann"),
        Segment(kind="text", text=". "),
        Segment(kind="tag", text="#꽃", target="꽃"),
    ]


def test_a_handle_of_nobody_stays_text() -> None:
    assert links("@ann @nobody_here", "ann") == [("mention", "@ann", "ann")]
    assert segments("", {}) == []


@given(typed)
def test_segments_joined_are_the_text(text: str) -> None:
    parsed = parse(text)
    cut = segments(text, {handle: handle for handle in parsed.mentions})
    assert "".join(one.text for one in cut) == text
    assert all(one.text for one in cut)
    assert all((one.target is None) == (one.kind == "text") for one in cut)
    kinds = [one.kind for one in cut]
    assert not any(pair == ("text", "text") for pair in pairwise(kinds))
    linked = [one for one in cut if one.kind == "mention"]
    assert [canonical_username(one.text[1:]) for one in linked] == [one.target for one in linked]
    assert {one.target for one in linked} == set(parsed.mentions)
    assert {fold(one.text[1:]) for one in cut if one.kind == "tag"} == set(parsed.tags)


@given(typed)
def test_only_web_addresses_are_linked(text: str) -> None:
    for one in segments(text, {}):
        if one.kind == "url":
            assert one.target == one.text
            assert one.text.lower().startswith(("http://", "https://"))
            assert not set(one.text) & set(' \n<>"\u202e')


@pytest.mark.parametrize(
    "text",
    ["a." * 1100, "@" * 2200, "#" * 2200, "a" * 2200, "-" * 2200, "http://" * 314, "(" * 2200],
)
def test_a_hostile_text_does_not_stall_the_parser(text: str) -> None:
    long = text * 50
    parsed = parse(long)
    assert parsed.mentions == ()
    assert parsed.tags == ()


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("one two", 7, "one two"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("one\n\ntwo", 20, "one two"),
        ("민들레홀씨", 4, "민들레…"),
        ("안녕 👩\u200d👩\u200d👧", 6, "안녕…"),
        ("👩\u200d👩\u200d👧👩\u200d👩\u200d👧", 7, "👩\u200d👩\u200d👧…"),
        ("👩\u200d👩\u200d👧!", 5, "…"),
        ("", 5, ""),
        ("ab", 1, "…"),
    ],
)
def test_excerpt(text: str, limit: int, expected: str) -> None:
    assert excerpt(text, limit) == expected


@given(st.text(), st.integers(1, 40))
def test_an_excerpt_is_one_line_within_its_limit(text: str, limit: int) -> None:
    cut = excerpt(text, limit)
    assert len(cut) <= limit
    assert len(cut.splitlines()) <= 1
    line = " ".join(text.split())
    assert cut == line or (cut.endswith("…") and line.startswith(cut[:-1]))


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("🎉", 1),
        ("👩‍👩‍👧🇰🇷", 2),
        ("❤️☕️👍🏽", 3),
        ("🎉🎉🎉🎉", 0),
        ("🎉 🎉", 0),
        ("1", 0),
        ("→", 0),
        ("", 0),
        ("안녕 👋", 0),
    ],
)
def test_emoji_are_counted_where_there_is_nothing_else(words: str, count: int) -> None:
    assert count_emoji(words, 3) == count
