"""What a caption is found by: pieces of its words, which an index can hold.

Korean, Chinese and Japanese words are found anywhere inside a run of letters, for their endings
are written onto them and spaces are optional: `사진` finds 단체사진을. Each pair of neighbours is a
piece, and the first letter of a run alone (`꽃` finds 꽃이). Other words are found by their
beginning: the piece is their first three letters, or the whole of a shorter one.

Pieces only choose candidates; `matches` reads the caption itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pigeon.domain.hangul import search_key

LETTERS = 3
"""So many letters of a word are its piece."""
PIECES = 500
"""Of a caption; what stands behind them, far down in a very long one, is not found."""
_DENSE = "가-힣㐀-䶿一-鿿ぁ-ヿ"
_RUNS = re.compile(rf"[{_DENSE}]+|[^\W_{_DENSE}]+")
_IS_DENSE = re.compile(rf"[{_DENSE}]")


def words(text: str) -> list[str]:
    """The runs of letters and digits, folded, without accents, in their order."""
    return _RUNS.findall(search_key(text))


def pieces(caption: str) -> list[str]:
    """What an index keeps of a caption: each piece once, at most `PIECES`."""
    found = dict.fromkeys(piece for word in words(caption) for piece in _pieces_of(word))
    return list(found)[:PIECES]


def query_pieces(q: str) -> list[str]:
    """All of them are pieces of every caption that matches; none when `q` has no letter."""
    return list(dict.fromkeys(piece for word in words(q) for piece in _wanted(word)))


def matches(q: str, caption: str) -> bool:
    """Whether every word of the query is found in the caption; false when it has none."""
    found, wanted = words(caption), words(q)
    return bool(wanted) and all(_is_in(word, found) for word in wanted)


def _pieces_of(word: str) -> Iterable[str]:
    if not _is_dense(word):
        return [word[:LETTERS]]
    return [word[0], *(word[at : at + 2] for at in range(len(word) - 1))]


def _wanted(word: str) -> Iterable[str]:
    if not _is_dense(word) or len(word) == 1:
        return [word[:LETTERS]]
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _is_in(word: str, found: list[str]) -> bool:
    if _is_dense(word):
        return any(word in one if len(word) > 1 else one.startswith(word) for one in found)
    if len(word) < LETTERS:
        return word in found
    return any(one.startswith(word) for one in found)


def _is_dense(word: str) -> bool:
    return _IS_DENSE.match(word) is not None
