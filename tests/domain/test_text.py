import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pigeon.domain.names import canonical_username, fold
from pigeon.domain.text import (
    Segment,
    canonical_tag,
    clean,
    clean_line,
    excerpt,
    first_grapheme,
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


# --- cleaning


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


# --- mentions


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


# --- hashtags


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


# --- addresses


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


# --- segments


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


def test_reading_goes_on_where_an_address_ended() -> None:
    assert links("(https://a.com/b)#꽃 (https://a.com/@ann),@bob", "ann", "bob") == [
        ("url", "https://a.com/b", "https://a.com/b"),
        ("tag", "#꽃", "꽃"),
        ("url", "https://a.com/@ann", "https://a.com/@ann"),
        ("mention", "@bob", "bob"),
    ]


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


# --- excerpts and graphemes


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
