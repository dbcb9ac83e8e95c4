"""Which letters of a handle, a name or a tag a query has found, to be shown as found.

A text is read a cluster at a time (a letter with its accents), so that what was matched, folded
and in jamo, is known in the text as it is written. Where both readings differ nothing is marked:
a missing mark is harmless, a wrong one is not.
"""

from __future__ import annotations

import unicodedata

from pigeon.domain import hangul, search_keys
from pigeon.domain.search_keys import Query, Spelling, Word

Part = tuple[str, bool]
"""A piece of the text, and whether it was found."""


def parts(text: str, q: str) -> list[Part]:
    """The whole text in pieces. Joined together they are the text again."""
    clusters = _clusters(text)
    found, owners = search_keys.spell(text), []
    units: list[str] = []
    for at, cluster in enumerate(clusters):
        own = search_keys.read(cluster).units
        units.extend(own)
        owners.extend([at] * len(own))
    if not found.units or tuple(units[: search_keys.MOST_UNITS]) != found.units:
        return [(text, False)]
    marked: set[int] = set()
    for begin, end in _stretches(Query(q.lstrip("@＠#＃ ")), found):
        marked.update(range(owners[begin], owners[end - 1] + 1))
    return _joined(clusters, marked)


def _stretches(query: Query, found: Spelling) -> list[tuple[int, int]]:
    """Units that the query fits: all of it at one place, else each of its words that is there."""
    if not query.words:
        return []
    whole = _stretch(query.joined, found)
    if whole:
        return [whole]
    several = query.words if len(query.words) > 1 else ()
    return [one for word in several if (one := _stretch(word, found))]


def _stretch(word: Word, found: Spelling) -> tuple[int, int] | None:
    for start in found.starts:
        if found.typed.startswith(word.typed, found.offsets[start]):
            return start, _end(found, start, len(word.typed))
        for reading in word.bent:
            if hangul.fits(reading, found.units, start):
                last = start + len(reading) - 1
                return start, _end(found, last, len(reading[-1]))
    return None


def _end(found: Spelling, start: int, length: int) -> int:
    """Behind the last unit of which `length` jamo or letters from `start` on are a part."""
    stop = found.offsets[start] + length
    return sum(offset < stop for offset in found.offsets)


def _clusters(text: str) -> list[str]:
    clusters: list[str] = []
    for char in text:
        is_part = unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"
        if is_part and clusters:
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _joined(clusters: list[str], marked: set[int]) -> list[Part]:
    pieces: list[Part] = []
    for at, cluster in enumerate(clusters):
        is_marked = at in marked
        if pieces and pieces[-1][1] == is_marked:
            pieces[-1] = (pieces[-1][0] + cluster, is_marked)
        else:
            pieces.append((cluster, is_marked))
    return pieces
