"""Under which keys a person is found, and which ranges of keys a query asks for.

A handle and a name are read alike: folded, without accents, separators and punctuation. What is
left is a row of units (a Hangul syllable, or one letter), and of places where a word begins:
after what was left out, between letters and digits, and before each syllable of Hangul, each
Chinese or Japanese letter and each symbol, because those are written without spaces. From each of
these places to the end goes a key: as it is typed, jamo by jamo, and for Hangul also as initials.
So what somebody types finds a range of keys, wherever in the name it stands.

A key says in its first letter what it is (`_TYPED` …). Keys and ranges only let nobody slip: it is
`Query.place_of` that decides, on the names of today.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pigeon.domain import hangul
from pigeon.domain.names import canonical_username, username_problem

VERSION = "1"
"""Of the keys: with another one everybody's are made anew."""
LONGEST = 40
"""What is typed beyond that is not in a key."""
MOST_UNITS = 100
"""Of a text that folding makes longer (`㌖` is seven letters) the rest is not searched."""
WITHDRAWN = "deleted-"

WHOLE, INSIDE = "whole", "inside"
_TYPED = {WHOLE: "a", INSIDE: "b"}
_INITIALS = {WHOLE: "c", INSIDE: "d"}

# -- reading a text --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spelling:
    """A handle or a name: its units, where words begin among them, and what is typed for it."""

    units: tuple[str, ...]
    starts: tuple[int, ...]
    typed: str
    offsets: tuple[int, ...]
    """Where each unit begins in `typed`."""

    def rest(self, start: int) -> str:
        return self.typed[self.offsets[start] :]


def read(text: str) -> Spelling:
    """Linear in the length of the text, which `bounds` lets through."""
    units: list[str] = []
    starts: list[int] = []
    before = _GAP
    for char in _folded(text):
        kind = _kind(char)
        if kind == _MARK and before != _GAP:
            kind = before
        elif kind != _GAP and (kind == _DENSE or kind != before):
            starts.append(len(units))
        if kind != _GAP:
            units.extend(hangul.units_of(char))
        before = kind
    return _spelling(units[:MOST_UNITS], [one for one in starts if one < MOST_UNITS])


spell = lru_cache(maxsize=10_000)(read)
"""The same for names, of which the same ones are asked about again and again."""


def _spelling(units: list[str], starts: list[int]) -> Spelling:
    offsets, length = [], 0
    for unit in units:
        offsets.append(length)
        length += len(unit)
    return Spelling(tuple(units), tuple(starts), "".join(units), tuple(offsets))


def _folded(text: str) -> str:
    return hangul.search_key(text)


_GAP, _LETTER, _DIGIT, _MARK, _DENSE = range(5)
_KINDS = {"L": _LETTER, "N": _DIGIT, "M": _MARK, "S": _DENSE}


@lru_cache(maxsize=4_096)
def _kind(char: str) -> int:
    category = unicodedata.category(char)
    # Tones of skin and how an emoji is drawn make no other name.
    if category == "Sk" or "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef":
        return _GAP
    if category[0] == "L" and _has_no_spaces(char):
        return _DENSE
    return _KINDS.get(category[0], _GAP)


def _has_no_spaces(char: str) -> bool:
    """Of a script that is written without: Hangul in names, Chinese characters, kana."""
    return (
        "가" <= char <= "힣"
        or "ㄱ" <= char <= "ㅣ"
        or "\u3005" <= char <= "\u30ff"
        or "\u3400" <= char <= "\u9fff"
        or "\U00020000" <= char <= "\U0003ffff"
    )


# -- keys of a person ------------------------------------------------------------------------------


def keys_of(username: str, display_name: str) -> set[str]:
    """All keys of a person; none of who has left."""
    if username.startswith(WITHDRAWN):
        return set()
    keys = {key for text in (username, display_name) for key in _keys(spell(text))}
    return {key for key in keys if not _is_repeated(key, keys)}


def _keys(found: Spelling) -> Iterator[str]:
    for start in found.starts:
        place = WHOLE if start == 0 else INSIDE
        yield _TYPED[place] + found.rest(start)[:LONGEST]
        if hangul.is_hangul(found.units[start]) and start + 1 < len(found.units):
            initials = "".join(unit[0] for unit in found.units[start : start + LONGEST])
            yield _INITIALS[place] + initials


def _is_repeated(key: str, keys: set[str]) -> bool:
    """The same word begins the handle or the name, and is whole in its key."""
    place, rest = key[0], key[1:]
    whole = {_TYPED[INSIDE]: _TYPED[WHOLE], _INITIALS[INSIDE]: _INITIALS[WHOLE]}.get(place)
    return whole is not None and len(rest) < LONGEST and whole + rest in keys


# -- ranges of a query -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """What is typed without a gap, and the readings that are more than its beginning."""

    typed: str
    bent: tuple[tuple[str, ...], ...]

    def fits(self, found: Spelling, start: int) -> bool:
        return found.typed.startswith(self.typed, found.offsets[start]) or any(
            hangul.fits(reading, found.units, start) for reading in self.bent
        )

    def ranges(self, *places: str) -> set[str]:
        """Beginnings of keys: every text that fits has a key with one of them."""
        typed, initials = {self.typed}, set()
        for reading in self.bent:
            if hangul.is_hangul(reading[0]):
                initials.add("".join(token[0] for token in reading))
            else:
                typed.add(hangul.certain_of(reading))
        typed -= initials  # of consonants alone: no syllable is typed so
        return {_TYPED[at] + one[:LONGEST] for at in places for one in typed} | {
            _INITIALS[at] + one[:LONGEST] for at in places for one in initials
        }


def _word(key: str) -> Word:
    typed = hangul.typed(key)
    readings = [tuple(one) for one in hangul.readings(key)]
    return Word(typed, tuple(one for one in readings if hangul.certain_of(one) != typed))


@dataclass(frozen=True)
class Query:
    """What somebody is looking for: with one word, its places; with several, all in any order."""

    text: str

    @cached_property
    def handle(self) -> str:
        """Whom it names exactly, if there is somebody of that handle; "" for what is none."""
        name = canonical_username(self.text)
        return name if username_problem(name) in (None, "reserved") else ""

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(_word(key) for key in _pieces(_folded(self.text)))

    @cached_property
    def joined(self) -> Word:
        """Spaces do not matter."""
        return _word("".join(_pieces(_folded(self.text))))

    def place_of(self, username: str, display_name: str) -> str | None:
        """`WHOLE` when it begins the handle or the name, `INSIDE`, or None."""
        if self.handle and username == self.handle:
            return WHOLE
        found = [spelling for spelling in (spell(username), spell(display_name)) if spelling.units]
        if not self.words:
            return None
        if any(self.joined.fits(one, 0) for one in found):
            return WHOLE
        if _fits_anywhere(self.joined, found):
            return INSIDE
        is_split = len(self.words) > 1
        return INSIDE if is_split and all(_fits_anywhere(w, found) for w in self.words) else None

    @cached_property
    def whole(self) -> tuple[str, ...]:
        """Beginnings of keys of everybody whose place is `WHOLE`, in order, none within another."""
        return _apart(self.joined.ranges(WHOLE)) if self.words else ()

    @cached_property
    def inside(self) -> tuple[str, ...]:
        """The same for `INSIDE`; of several words the longest one is looked for."""
        if not self.words:
            return ()
        longest = max(self.words, key=lambda word: len(word.typed))
        several = longest.ranges(WHOLE, INSIDE) if len(self.words) > 1 else set()
        return _apart(self.joined.ranges(INSIDE) | several)

    @cached_property
    def anywhere(self) -> tuple[str, ...]:
        """All of them, whatever their first letter."""
        return _apart({one[1:] for one in (*self.whole, *self.inside)})


def _pieces(key: str) -> list[str]:
    spaced = "".join(" " if _kind(char) == _GAP else char for char in key)
    return spaced.split()


def _fits_anywhere(word: Word, found: Iterable[Spelling]) -> bool:
    return any(word.fits(one, start) for one in found for start in one.starts)


def _apart(beginnings: set[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for one in sorted(beginnings):
        if not kept or not one.startswith(kept[-1]):
            kept.append(one)
    return tuple(kept)
