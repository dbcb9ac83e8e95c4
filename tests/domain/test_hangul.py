import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pigeon.domain.hangul import (
    decompose,
    initials,
    search_key,
)
from pigeon.domain.search_keys import INSIDE, WHOLE, Query


def matches_prefix(query: str, name: str) -> bool:
    return not query or Query(query).place_of("", name) == WHOLE


CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
syllables = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
# Few distinct letters, so that chance finds coincidences.
few_syllables = st.sampled_from("가각값갑고과나미민믽바밖박방사수자지짛하훈")
names = st.text(few_syllables | st.sampled_from("ab ㄱㅅ1") | syllables, max_size=6)
queries = st.text(few_syllables | st.sampled_from("ab ㄱㄳㅂㅈㅎㅏ"), max_size=4)


@pytest.mark.parametrize(
    ("text", "jamo"),
    [
        ("민지", "ㅁㅣㄴㅈㅣ"),
        ("값", "ㄱㅏㅂㅅ"),
        ("과일", "ㄱㅗㅏㅇㅣㄹ"),
        ("의", "ㅇㅡㅣ"),
        ("밖", "ㅂㅏㄲ"),
        ("ㅁㅈ", "ㅁㅈ"),
        ("ㄳ", "ㄱㅅ"),
        ("ﾡ", "ㄱ"),
        ("Ann  KIM", "ann kim"),
        ("José", "jose"),
        ("김 민지🌼", "ㄱㅣㅁ ㅁㅣㄴㅈㅣ🌼"),
        ("", ""),
    ],
)
def test_decompose_spells_what_is_typed(text: str, jamo: str) -> None:
    assert decompose(text) == jamo


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("민지", "ㅁㅈ"),
        ("김 민지", "ㄱ ㅁㅈ"),
        ("까치", "ㄲㅊ"),
        ("민지Kim", "ㅁㅈkim"),
        ("ㄳ수", "ㄱㅅㅅ"),
    ],
)
def test_initials_keep_what_is_not_hangul(text: str, expected: str) -> None:
    assert initials(text) == expected


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ㅁ", "민지"),
        ("ㅁㅈ", "민지"),
        ("ㅁㅈㅎ", "민지훈"),
        ("ㄳ", "가수"),
        ("ㅄ", "박상아"),
        ("ㅄㅇ", "박상아"),
        ("박ㅄ", "박박상"),
        ("ㅀ", "류환"),
        ("민ㅈ", "민지"),
        ("민ㅈㅎ", "민지훈"),
        ("믽", "민지"),
        ("믽ㅎ", "민지훈"),
        ("ㅁ지", "민지"),
        ("ㅁ짛", "민지훈"),
        ("미", "민지"),
        ("미ㄴ", "민지"),
        ("ㅁㅣ", "민지"),
        ("민", "미나"),
        ("민지", "민지훈"),
        ("갑", "가방"),
        ("값", "갑수"),
        ("값", "값진"),
        ("갑ㅅ", "값진"),
        ("닭", "달걀"),
        ("고", "과자"),
        ("구", "권"),
        ("으", "의정"),
        ("AN", "ann"),
        ("ａｎ", "Ann"),
        ("jose", "José"),
        ("김 ㅁ", "김 민지"),
        ("", "민지"),
    ],
)
def test_an_unfinished_query_finds_the_name(query: str, name: str) -> None:
    assert matches_prefix(query, name)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("민지", "미나지"),  # a finished syllable is not a row of initials
        ("민지", "민"),
        ("ㅁㅈ", "민"),
        ("ㅈ", "민지"),
        ("ㅁㅎ", "민지"),
        ("과", "고"),
        ("미", "무지"),
        ("ㄱ", "까치"),
        ("ㅣ", "민지"),
        ("민지", ""),
        ("ㅁ", "m"),
        ("nn", "ann"),
    ],
)
def test_another_name_is_not_found(query: str, name: str) -> None:
    assert not matches_prefix(query, name)


def test_a_query_may_begin_at_any_word() -> None:
    assert Query("ㅁㅈ").place_of("", "김 민지") == INSIDE
    assert Query("kim").place_of("", "Ann Kim") == INSIDE
    assert Query("ann k").place_of("", "Ann  Kim") == WHOLE
    assert Query("im").place_of("", "Ann Kim") is None


@given(st.text(syllables, min_size=1, max_size=5), st.data())
def test_a_name_is_found_after_every_key_on_the_way(name: str, data: st.DataObject) -> None:
    jamo = decompose(name)
    typed = jamo[: data.draw(st.integers(0, len(jamo)))]
    assert matches_prefix(typed, name)
    assert matches_prefix(initials(name), name)
    assert matches_prefix(name, name)


@given(st.text(syllables, min_size=1, max_size=5), st.integers(0, 5))
def test_a_name_is_found_by_its_start_and_initials_of_the_rest(name: str, at: int) -> None:
    assert matches_prefix(name[:at] + initials(name[at:]), name)
    assert matches_prefix(initials(name[:at]) + name[at:], name)


@given(st.text())
def test_keys_are_stable_and_blind_to_normalisation(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)
    assert decompose(decompose(text)) == decompose(text)
    assert decompose(search_key(text)) == decompose(text)
    for form in ("NFC", "NFD"):
        assert decompose(unicodedata.normalize(form, text)) == decompose(text)


@given(st.text(syllables))
def test_hangul_becomes_nothing_but_single_keys(text: str) -> None:
    assert set(decompose(text)) <= set(CONSONANTS + "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ")
    assert set(initials(text)) <= set(CONSONANTS)
    assert len(initials(text)) == len(text)
