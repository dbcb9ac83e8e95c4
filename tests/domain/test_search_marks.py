"""What is shown as found is what was matched, however it was typed."""

from __future__ import annotations

import pytest

from pigeon.domain.search_marks import parts


@pytest.mark.parametrize(
    ("text", "q", "marked"),
    [
        ("김민지", "ㄱㅁㅈ", ["김민지"]),
        ("김민지", "김미", ["김민"]),
        ("김민지", "김믽", ["김민지"]),
        ("김민지", "민ㅈ", ["민지"]),
        ("김민지", "ㅁ", ["민"]),
        ("Łukasz", "lukasz", ["Łukasz"]),
        ("José", "jose", ["José"]),
        ("Jose\u0301 B", "jose", ["Jose\u0301"]),
        ("이 서준", "이서준", ["이 서준"]),
        ("이서준", "이 서준", ["이서준"]),
        ("Minji Kim", "kim minji", ["Minji", "Kim"]),
        ("minji.kim", "@minji", ["minji"]),
        ("minji.kim", "＠ｍｉｎ", ["min"]),
        ("서울숲", "#서울", ["서울"]),
        ("김민지", "박", []),
        ("minji", "inj", []),
        ("<b>ann", "ann", ["ann"]),
        ("", "a", []),
        ("minji", "", []),
        ("㌖ ann", "ann", ["ann"]),
    ],
)
def test_marks(text: str, q: str, marked: list[str]) -> None:
    pieces = parts(text, q)
    assert [piece for piece, is_marked in pieces if is_marked] == marked
    assert "".join(piece for piece, _ in pieces) == text
