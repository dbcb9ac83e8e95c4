from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pigeon.domain import limits
from pigeon.domain.search_keys import INSIDE, LONGEST, WHOLE, Query, keys_of
from tests.harness.people_oracle import Typed

FEW = st.sampled_from([*"가각값갑고과나미민믽밖박수자지짛하훈 ㄱㅅㅈㅎㅏab1.-é🔥"])
names = st.text(FEW, max_size=6)
queries = st.text(FEW | st.sampled_from("ㄳㅂ"), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("query", "username", "name", "place"),
    [
        ("kim", "kim.minji", "", WHOLE),
        ("kim", "minji.kim", "", INSIDE),
        ("im", "minji.kim", "", None),
        ("2024", "minji2024", "", INSIDE),
        ("024", "minji2024", "", None),
        ("민지", "x", "김민지", INSIDE),
        ("김미", "x", "김민지", WHOLE),
        ("ㄱㅁㅈ", "x", "김민지", WHOLE),
        ("ㅁㅈ", "x", "김민지", INSIDE),
        ("ㅁ지", "x", "김민지", INSIDE),
        ("민지", "x", "미나지", None),
        ("김 민지", "x", "김민지", WHOLE),
        ("김민지", "x", "김 민지", WHOLE),
        ("Kim Minji", "x", "Minji Kim", INSIDE),
        ("minji kim", "minji.kim", "", WHOLE),
        ("kim lee", "x", "Minji Kim", None),
        ("kim 하늘", "minji.kim", "하늘", INSIDE),
        ("lukasz", "x", "Łukasz", WHOLE),
        ("ŁUKASZ", "lukasz", "", WHOLE),
        ("strasse thor", "x", "Þór Straße", INSIDE),
        ("ｊｏｓé", "x", "Jose\u0301", WHOLE),
        ("brien", "x", "O’Brien", INSIDE),
        ("👍", "x", "ann👍🏽", INSIDE),
        ("太郎", "x", "山田太郎", INSIDE),
        ("%", "x", "100%", None),
        ("___", "___", "", WHOLE),
        ("__", "___", "", None),
    ],
)
def test_where_a_query_stands_in_a_person(
    query: str, username: str, name: str, place: str | None
) -> None:
    assert Query(query).place_of(username, name) == place


@given(queries, names, names)
def test_who_fits_has_a_key_in_a_range_and_the_oracle_agrees(
    query: str, username: str, name: str
) -> None:
    wanted = Query(query)
    place = wanted.place_of(username, name)
    if username != wanted.handle:
        assert place == Typed(query).place(username, name)
    beginnings = {WHOLE: wanted.whole, INSIDE: wanted.inside, None: ()}[place]
    if place is not None and wanted.words:
        assert any(key.startswith(beginnings) for key in keys_of(username, name))
        assert any(key[1:].startswith(wanted.anywhere) for key in keys_of(username, name))


def test_one_beginning_is_never_within_another() -> None:
    wanted = Query("minji kim ㅁㅈ")
    for beginnings in (wanted.whole, wanted.inside, wanted.anywhere):
        assert list(beginnings) == sorted(beginnings)
        assert not [a for a in beginnings for b in beginnings if a != b and a.startswith(b)]


def test_the_longest_name_has_no_more_keys_than_twice_its_letters() -> None:
    dice = random.Random(1)
    for name in ("뷁" * limits.DISPLAY_NAME, "".join(dice.choices("가각민", k=50)), "㌖" * 50):
        keys = keys_of("a_1" * 10, name)
        assert len(keys) <= 2 * 100 + 30 and max(map(len, keys)) <= 1 + LONGEST
    assert keys_of("minjikim", "Minji Kim") == {"aminjikim", "bkim"}
    assert keys_of("deleted-7", "") == set()
