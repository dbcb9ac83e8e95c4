"""Everybody whom a query should find is found, once, and nobody else: against an oracle."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from pigeon.domain.clock import utc_now
from pigeon.domain.page import PageRequest, read_place
from pigeon.extensions import db
from pigeon.models import BlockModel, FollowModel, SearchKey, UserModel
from pigeon.services.searches import keying, people
from pigeon.unit_of_work import unit_of_work
from tests.harness.people_oracle import Typed

GENERATED = 10_000
FAMILY = "김이박최정강조윤장임한오서신권황안송류홍전고문손양배백허남심노하곽성차주우구민"
GIVEN = "민지서연준우현수영은하윤도예진호재원경아름별솔혜린찬훈석빈유나라미정희숙자철값읽의과쾌"
ENGLISH = ["kim", "minji", "ann", "lee", "ben", "jose", "müller", "łukasz", "ørsted", "straße"]
ENGLISH += ["óscar", "þór", "æsa", "park", "zoë", "anna", "mia"]
JAPANESE = ("山田 太郎", "さくら", "ユキ 田中", "김さくら")
BY_HAND = [
    *[
        ("kim", "Kim"),
        ("minji.kim", "Minji Kim"),
        ("minji2024", "김민지"),
        ("kim.minji", "김 민지"),
    ],
    *[("park_minji", "민지 박"), ("a1b2c3", "Room 101"), ("obrien", "Conan O'Brien"), ("___", "")],
    *[("x_x", "ＡＮＮ　ＬＥＥ"), ("lukasz", "Łukasz Żółć"), ("esset", "Straße"), ("isil", "Işıl")],
    *[
        ("percent", "100% real"),
        ("under_score", "_under_"),
        ("gabang", "가방 장수"),
        ("gaps", "값"),
    ],
    *[
        ("jamo", "ㅋㅋㅋ"),
        ("lone", "ㄱㅏ"),
        ("mixed", "Kim민지"),
        ("turned", "민지Kim"),
        ("fire", "🔥🔥"),
    ],
    *[
        ("flower", "민지🌸꽃"),
        ("spaced", "김   민   지"),
        ("dashed", "Jean-Luc"),
        ("emptyname", ""),
    ],
    *[
        ("longest", "가" * 50),
        ("long.words", "abcdefghij" * 5),
        ("same", "Kim Kim Kim"),
        ("dotted", "a.b.c"),
    ],
    *[
        ("cat.7", "나비 7호"),
        ("seven77", "77 Seven"),
        ("yuki", "ユキ"),
        ("tama", "ﾀﾏ"),
        ("cafe", "Cafe\u0301"),
    ],
    *[
        ("sangah", "박상아"),
        ("ryuhwan", "류환"),
        ("suji.bae", "배수지"),
        ("minsu_ng", "남궁민수"),
        ("seojun", "이 서준"),
        ("hanbyeol", "한별 김"),
        ("sebyeok", "황보새벽"),
        ("gwon.h", "권혁"),
        ("gaeun", "가은"),
        ("kkachi", "까치"),
        ("ppang", "빵집 뽀뽀"),
        ("ssal", "쌀쌀맞은"),
    ],
    *[
        ("kimmy", "Kimmy"),
        ("kimsuah", "Suah Kim"),
        ("minji.kim_99", "Kim Min-ji"),
        ("minji_kim2", "MINJI KIM"),
        ("lodz", "Łódź Żaba"),
        ("oyvind", "Øyvind Æsen"),
        ("dorde", "Đorđe"),
        ("nguyen", "Nguyễn Thị Hồng"),
        ("ivan.p", "Иван Петров"),
        ("nikos", "Νίκος"),
        ("somchai", "สมชาย ใจดี"),
        ("shalom", "שלום כהן"),
        ("salma", "سلمى"),
        ("mei.li", "李美丽"),
        ("family", "👨‍👩‍👧 우리집"),
        ("skin", "👍🏽 thumbs"),
    ],
    *[
        ("a.b_c.d", "A B C D"),
        ("0start", "007"),
        ("x1y2z3", "x1 y2 z3"),
        ("nfd", "\u1100\u1175\u11b7\u1106\u1175\u11ab"),
        ("wide", "ＭＩＮＪＩ１２"),
        ("zero", "민\u200b지"),
        ("dots", "김.민.지"),
        ("quote", '"Rose" O\'Hara'),
        ("slash", "and/or"),
        ("many", "하나 둘 셋 넷 다섯 여섯"),
        ("upper", "STRASSE"),
        ("ligature", "ﬁne ﬂow"),
    ],
]
QUERIES = """
k 김 ㄱ ㅁㅈ ㄱㅁㅈ 김미 민지 값 갑 ㅄ 민ㅈ 김ㅁㅈ ㅁ지 2024 101 ee minjik ＫＩＭ ＠minji.kim Łuk
ㅀ ㅂㅅ 박ㅄ kimm lodz Ив ник 李
strasse thor aesa isil 太郎 田 ユキ 🔥 ㅋㅋ 가가 abcdefghija % _ ___ . 100% ㅏ ㄱㅏ
"""
WORDS = (
    *("Kim Minji", "minji kim", "민지 김", "김  ㅁㅈ", "kim kim", "minji 김", "지 민", "b a"),
    *("brien conan", "real 100", "7호 나비", "가" * 50, "abcdefghij" * 5, "민ㅈ" * 25),
    "a b c d e f g h i j k l m n",
)


def generated() -> Iterator[tuple[str, str]]:
    dice = random.Random(7)
    for number in range(GENERATED):
        korean = dice.choice(FAMILY) + dice.choice(("", " ")) * (dice.random() < 0.2)
        korean += "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2, 2, 3))))
        english = " ".join(dice.choices(ENGLISH, k=dice.choice((1, 2, 2, 3)))).title()
        name = dice.choice((korean, korean, korean, english, english, dice.choice(JAPANESE)))
        parts = [dice.choice(("kim", "minji", "lee", "ann", "m", "park", "zoe")) for _ in "ab"]
        sign = dice.choice((".", "_", "", "2024", "7."))
        yield f"{parts[0]}{sign}{parts[1]}{dice.choice(('.', '_', ''))}{number}", name


@cache
def everybody() -> list[tuple[str, str]]:
    """By their ids, from 1 on."""
    by_hand = [
        *BY_HAND,
        *((f"by.hand{n}", f"{a} {b}") for n, (a, b) in enumerate(zip(FAMILY, GIVEN, strict=False))),
        *((f"hand{n}.by", f"{b}{a}z") for n, (a, b) in enumerate(zip(FAMILY, GIVEN, strict=False))),
        *((f"{word}{n}", name[::-1]) for n, (word, name) in enumerate(BY_HAND) if name),
        *((f"n{n}.{n * 3}", f"{word} {n}") for n, word in enumerate(ENGLISH)),
    ]
    return [*by_hand, *generated()]


@cache
def expected(query: str) -> dict[int, str]:
    typed = Typed(query)
    found = {}
    for user_id, (username, name) in enumerate(everybody(), 1):
        place = "handle" if typed.is_handle(username) else typed.place(username, name)
        if place:
            found[user_id] = place
    return found


@pytest.fixture
def viewer_id(app: Flask) -> int:
    """Who follows every 97th person, has been blocked by or blocks some, among hidden ones."""
    now, last = utc_now(), len(everybody())
    with unit_of_work():
        rows = [
            {
                "id": n,
                "username": username,
                "display_name": name,
                "email": f"{n}@example.org",
                "email_key": f"{n}@example.org",
                "created_at": now,
                "state": "suspended" if n % 101 == 0 else "active",
                "is_discoverable": n % 89 != 0,
            }
            for n, (username, name) in enumerate(everybody(), 1)
        ]
        db.session.execute(insert(UserModel), rows)
        viewer_id = last + 1
        viewer = {"username": "viewer", "email": "v@example.org", "email_key": "v@example.org"}
        db.session.execute(insert(UserModel), [viewer | {"id": viewer_id, "created_at": now}])
        follows = [
            {"follower_id": viewer_id, "followee_id": n, "created_at": now}
            for n in range(97, last, 97)
        ]
        db.session.execute(insert(FollowModel), follows)
        blocks = [
            {"blocker_id": a, "blocked_id": b, "created_at": now}
            for n in range(103, last, 103)
            for a, b in [(viewer_id, n) if n % 2 else (n, viewer_id)]
        ]
        db.session.execute(insert(BlockModel), blocks)
    assert keying.rebuild(all_of_them=False) == last + 1
    assert keying.rebuild(all_of_them=False) == 0
    return viewer_id


def group_of(user_id: int, place: str) -> int | None:
    """The rank, or None for who is not shown."""
    if user_id % 101 == 0 or user_id % 103 == 0:
        return None
    if place == "handle":
        return 0
    if user_id % 97 == 0:
        return 1
    if user_id % 89 == 0:
        return None
    return 2 if place == "whole" else 3


def read_all(query: str, viewer_id: int) -> list[int]:
    found: list[int] = []
    place, pages = None, 0
    while True:
        request = PageRequest(kind="p", place=place, limit=50)
        page = people.find_people(query, viewer_id, request)
        found += [int(row.id) for row in page.items]
        pages += 1
        if page.next is None:
            return found
        place = read_place("p", page.next)
        assert pages < 1_000


@pytest.mark.no_second_look
def test_everybody_is_found_once_and_nobody_else(app: Flask, viewer_id: int) -> None:
    for query in (*QUERIES.split(), *WORDS):
        ranks = {
            user_id: rank
            for user_id, place in expected(query).items()
            if (rank := group_of(user_id, place)) is not None
        }
        found = read_all(query, viewer_id)
        shown = [user_id for user_id in found if user_id != viewer_id]
        assert len(shown) == len(set(shown)), query
        missed, wrong = set(ranks) - set(shown), set(shown) - set(ranks)
        assert not missed and not wrong, (query, named(missed), named(wrong))
        assert [ranks[user_id] for user_id in shown] == sorted(ranks.values()), query
    count = db.session.scalar(select(func.count()).select_from(SearchKey))
    assert count and count < 12 * len(everybody())


def named(ids: set[int]) -> list[tuple[str, str]]:
    return [everybody()[user_id - 1] for user_id in sorted(ids)[:5]]
