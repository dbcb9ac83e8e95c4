"""Patterns find people and hashtags, and what a plain reading finds, on every Python."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pigeon.domain import tokens
from pigeon.domain.text import canonical_tag, parse
from tests.harness import plain_reading

PIECES = (
    *(
        "@ann",
        "@Ann.Kim",
        "@bob.",
        "＠ａｎｎ",
        "@",
        "@@",
        "@ann.See",
        "@a.B.C",
        "@http://",
        "@annq.See you",
    ),
    *(
        "#민들레",
        "#서울_2026",
        "＃tag",
        "#",
        "##",
        "#1",
        "#il·lusió",
        "#ぼっち・ざ・ろっく",
        "#http://a.com",
    ),
    *(
        "#می\u200cخواهم",
        "#ශ්\u200dරී",
        "#同〃",
        "#צה״ל",
        "#ג׳",
        "#בית־ספר",
        "#བོད་ཡིག་",
        "#क्",
        "&#x27;",
    ),
    *("http://", "https://", "HTTPS://", "httpſ://", "ftp://", "://", "http", "https", "x"),
    *(
        "a.com",
        "my_blog.example.com",
        "münchen.de",
        "한국.kr",
        "삼성2.kr",
        "日",
        "日本語.jp",
        "localhost",
    ),
    *("에서", "를", "입니다", "님", "看看", "ö", "é", "e\u0301", "\u0301", "क्ष", "ไทย"),
    *(
        "/b",
        "/b_(c)",
        "/@ann",
        "/#top",
        "?q=1",
        ":8000",
        ":123456",
        ":x@",
        "user@",
        "/wiki/A–B",
        "/a|b",
    ),
    *(
        "|https://b.com",
        "。",
        "．",
        "％",
        "%2e",
        "%41",
        "\\",
        '"',
        "“",
        "”",
        "'",
        "<",
        ">",
        "{",
        "}",
        "^",
    ),
    *(
        " ",
        "\n",
        "\t",
        "\u3000",
        ".",
        "..",
        ",",
        ";",
        ":",
        "!",
        "?",
        "-",
        "_",
        "~",
        "*",
        "+",
        "=",
        "&",
    ),
    *("(", ")", "[", "]", "/", "//", "…", "–", "—", "·", "・", "･", "〃", "々", "\xad", "\xa0"),
    *(
        "\u200b",
        "\u200c",
        "\u200d",
        "\u202e",
        "\u2060",
        "\ufeff",
        "❤",
        "❤\ufe0f",
        "👩\u200d🚀",
        "→",
        "🇰🇷",
    ),
    *(
        "ann@example.com",
        "a.b+c-@example.com",
        "민지@example.com",
        "medium.com/@ann",
        "A",
        "z",
        "9",
        "ㅋ",
    ),
)
"""Which meet each other in all the ways that tear a reader."""


def texts(seed: int, many: int) -> list[str]:
    dice = random.Random(seed)
    return ["".join(dice.choices(PIECES, k=dice.randint(1, 12))) for _ in range(many)]


def found(text: str) -> list[tuple[str, str]]:
    return [(token.kind, text[token.start : token.end]) for token in tokens.find_all(text)]


def test_patterns_read_what_a_plain_reading_reads() -> None:
    differing = [
        (text, found(text), plain_reading.read(text))
        for text in texts(seed=1, many=6_000)
        if found(text) != plain_reading.read(text)
    ]
    assert differing[:3] == []


def test_the_texts_hold_enough_of_everything() -> None:
    kinds = [kind for text in texts(seed=1, many=6_000) for kind, _ in found(text)]
    assert min(kinds.count(kind) for kind in ("mention", "tag", "url")) > 500


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("@ann", ("ann",)),
        ("hi @Ann, and @bob!", ("ann", "bob")),
        ("@ann.", ("ann",)),
        ("@ann...", ("ann",)),
        ("@ann.kim.", ("ann.kim",)),
        ("@ann..bob", ("ann",)),
        ("(@ann)", ("ann",)),
        ("with:@ann/@bob", ("ann", "bob")),
        ("@ann님 안녕", ("ann",)),
        ("@ann이랑@bob", ("ann",)),
        ("＠ａｎｎ", ("ann",)),
        ("@bob @ann @BOB", ("bob", "ann")),
        ("Hi.@ann.kim", ("ann.kim",)),
        ("-@ann.kim", ("ann.kim",)),
        ("@" + "a" * 30, ("a" * 30,)),
        ("@" + "a" * 31, ()),
        ("@ab", ()),
        ("@.ann", ()),
        ("@@ann", ()),
        ("@민지", ()),
        ("@anné", ()),
        ("ann@example.com", ()),
        ("ann@localhost", ()),
        ("a.b+c-@example.com", ()),
        ("o'brien@example.com", ()),
        ("민지@example.com", ()),
        ("@ann@social.example", ()),
        ("https://medium.com/@ann", ()),
        ("medium.com/@ann", ()),
        ("https://x.com/a?b=@ann", ()),
        ("https://google.com@evil.com", ()),
        ("Hi @ann. See", ("ann",)),
        ("@http://a.com/b", ()),
        ("@https://a.com", ()),
    ],
)
def test_mentions(text: str, mentions: tuple[str, ...]) -> None:
    assert parse(text).mentions == mentions


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#민들레", ("민들레",)),
        ("#서울_2026", ("서울_2026",)),
        ("#Seoul #SEOUL #seoul", ("seoul",)),
        ("#Straße #STRASSE", ("strasse",)),
        ("#민들레#서울 #꽃", ("민들레", "서울", "꽃")),
        ("봄!#꽃.", ("꽃",)),
        ("(#꽃)", ("꽃",)),
        ("＃ｔａｇ", ("tag",)),
        ("#\u1106\u1175\u11ab", ("민",)),
        ("#हिन्दी #ภาษาไทย", ("हिन्दी", "ภาษาไทย")),
        ("#caf\u0065\u0301", ("café",)),
        ("#2026년", ("2026년",)),
        ("#" + "a" * 50, ("a" * 50,)),
        ("#" + "a" * 51, ()),
        ("#2026", ()),
        ("#___", ()),
        ("#", ()),
        ("# 꽃", ()),
        ("##꽃", ()),
        ("#!?", ()),
        ("C#minor", ()),
        ("&#x27;", ()),
        ("https://a.com/#top", ()),
        ("a.com/b#top", ()),
        ("#ﷺ", ()),  # folds into words with spaces
        ("#می\u200cخواهم را", ("می\u200cخواهم",)),
        ("#ශ්\u200dරී ලංකා", ("ශ්\u200dරී",)),
        ("#sp\u200cam", ("sp",)),  # Latin needs none, and nobody would see it
        ("#می\u200c", ("می",)),
        ("#il·lusió, #paral·lel", ("il·lusió", "paral·lel")),
        ("#봄·#꽃·", ("봄", "꽃")),
        ("#ぼっち・ざ・ろっく！", ("ぼっち・ざ・ろっく",)),
        ("#ｱ･ｲ", ("ア・イ",)),
        ("#同〃", ("同〃",)),
        ("#佐々木", ("佐々木",)),
        ("#צה״ל #ג׳ #בית־ספר", ("צה״ל", "ג׳", "בית־ספר")),
        ("#שָׁלוֹם", ("שָׁלוֹם",)),
        ("#བོད་ཡིག་", ("བོད་ཡིག",)),
        ("#http://a.com/b", ()),
        ("#https://a.com", ()),
        ("#꽃#ftp://a", ("꽃",)),
        ("#http", ("http",)),
    ],
)
def test_hashtags(text: str, tags: tuple[str, ...]) -> None:
    assert parse(text).tags == tags


def test_a_tag_of_a_path_is_the_tag_of_a_text() -> None:
    assert canonical_tag("Seoul") == canonical_tag("#SEOUL") == "seoul"
    assert canonical_tag("2026") is None
    assert canonical_tag("a b") is None
    assert canonical_tag("") is None


@given(st.text(min_size=1))
def test_every_tag_can_be_written_again(text: str) -> None:
    tag = canonical_tag(text)
    if tag is not None:
        assert canonical_tag(tag) == tag
        assert parse(f"#{tag}").tags == (tag,)
