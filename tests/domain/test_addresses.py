"""Web addresses in running text: where they end, and what is none."""

from __future__ import annotations

import pytest

from pigeon.domain.text import Segment, segments


def links(text: str, *usernames: str) -> list[tuple[str, str, str | None]]:
    cut = segments(text, {name: name for name in usernames})
    return [(one.kind, one.text, one.target) for one in cut if one.kind != "text"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.com", "https://a.com"),
        ("see HTTP://A.com/B.", "HTTP://A.com/B"),
        ("https://a.com에서", "https://a.com"),
        ("https://a.com/b를 보세요", "https://a.com/b"),
        ("https://a.com/입니다.", "https://a.com/"),
        ("https://ko.wikipedia.org/wiki/민들레", "https://ko.wikipedia.org/wiki/민들레"),
        ("https://한국.kr/", "https://한국.kr/"),
        ("링크https://a.com", "https://a.com"),
        ("(https://a.com/b_(c))", "https://a.com/b_(c)"),
        ("(https://a.com/b)를", "https://a.com/b"),
        ("https://a.com/b(see", "https://a.com/b"),
        ("[https://a.com/b]", "https://a.com/b"),
        ("https://a.com/[b)]", "https://a.com/"),
        ("“https://a.com/b”", "https://a.com/b"),
        ("https://a.com/b。", "https://a.com/b"),
        ("https://a.com/b?c=d&e=f#g!", "https://a.com/b?c=d&e=f#g"),
        ("<https://a.com/b>", "https://a.com/b"),
        ("https://a.com:8000/b", "https://a.com:8000/b"),
        ("https://a.com/\u202egpj", "https://a.com/"),
        ("https://도", "https://도"),
        ('http://日"', "http://日"),
        ("https://münchen.de/rathaus", "https://münchen.de/rathaus"),
        ("https://my_blog.example.com/p", "https://my_blog.example.com/p"),
        ("https://삼성2.kr/a", "https://삼성2.kr/a"),
        ("https://lg전자.com/a", "https://lg전자.com/a"),
        ("https://www.한국.kr에서", "https://www.한국.kr"),
        ("https://a.com看看", "https://a.com"),
        ("https://münchen.de를", "https://münchen.de"),
        ("https://paral·lel.cat/", "https://paral·lel.cat/"),
        ("https://خانه\u200cها.ir/", "https://خانه\u200cها.ir/"),
        ("https://i.example❤", "https://i.example"),
        ("_https://a.com_", "https://a.com"),
        ("https://en.wikipedia.org/wiki/A–B_c", "https://en.wikipedia.org/wiki/A–B_c"),
        ("https://a.com/b – c", "https://a.com/b"),
        ("https://a.com/b–", "https://a.com/b"),
        ("https://a.com/css?family=A|B+C", "https://a.com/css?family=A|B+C"),
        ("|https://a.com/b|", "https://a.com/b"),
        ("https://ja.wikipedia.org/wiki/佐々木", "https://ja.wikipedia.org/wiki/佐々木"),
        ("https://fa.wikipedia.org/wiki/می\u200cخواهم",) * 2,
        ("#https://a.com/b", "https://a.com/b"),
        ("@https://a.com/b", "https://a.com/b"),
    ],
)
def test_web_addresses(text: str, address: str) -> None:
    assert links(text) == [("url", address, address)]


def test_addresses_between_bars_are_several() -> None:
    assert [target for _, _, target in links("https://a.com/b|https://c.com/d|")] == [
        "https://a.com/b",
        "https://c.com/d",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "ftp://a.com",
        "https://",
        "xhttps://a.com",
        "httpſ://a.com",
        "https://user@evil.com",
        "https://google.com:x@evil.com",
        "data:text/html,x",
        "a.com",
        "https://___",
        # Browsers would go to another host than the one in front.
        "https://a.com;x@evil.com",
        "https://a%2eevil.com/",
        "https://a。evil.com",
        "https://i❤.ws/",
        "https://a\u200bb.com",
        "https://a\xadb.com",
        "https://a.com에서@evil.com",
    ],
)
def test_what_is_no_web_address_stays_text(text: str) -> None:
    assert segments(text, {}) == [Segment(kind="text", text=text)]


def test_reading_goes_on_where_an_address_ended() -> None:
    assert links("(https://a.com/b)#꽃 (https://a.com/@ann),@bob", "ann", "bob") == [
        ("url", "https://a.com/b", "https://a.com/b"),
        ("tag", "#꽃", "꽃"),
        ("url", "https://a.com/@ann", "https://a.com/@ann"),
        ("mention", "@bob", "bob"),
    ]
