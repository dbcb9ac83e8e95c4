"""Patterns and a plain reading find the same in texts of all kinds, on every Python."""

import random

from pigeon.domain import tokens
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
