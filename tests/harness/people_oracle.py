"""Who is found by what is typed: the rules in the plainest words, to hold the search against.

It shares no line with the search. A text is cut into pieces, a piece into what types it; then
somebody who abbreviates is imitated: each syllable whole or by its initial, the last unfinished.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

FIRSTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = [
    *"ㅏㅐㅑㅒㅓㅔㅕㅖㅗ",
    "ㅗㅏ",
    "ㅗㅐ",
    "ㅗㅣ",
    *"ㅛㅜ",
    "ㅜㅓ",
    "ㅜㅔ",
    "ㅜㅣ",
    *"ㅠㅡ",
    "ㅡㅣ",
    "ㅣ",
]
LASTS = [
    "",
    "ㄱ",
    "ㄲ",
    "ㄱㅅ",
    "ㄴ",
    "ㄴㅈ",
    "ㄴㅎ",
    "ㄷ",
    "ㄹ",
    "ㄹㄱ",
    "ㄹㅁ",
    "ㄹㅂ",
    "ㄹㅅ",
    "ㄹㅌ",
]
LASTS += ["ㄹㅍ", "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", *"ㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
ONE_KEY = (
    "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ",
    "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ",
)
JOINED = dict(zip(ONE_KEY[0] + ONE_KEY[1], VOWELS + LASTS[1:], strict=True))
CONJOINING = {
    chr(first + at): jamo
    for first, row in ((0x1100, FIRSTS), (0x1161, ONE_KEY[0]), (0x11A8, ONE_KEY[1]))
    for at, jamo in enumerate(row)
}
CONJOINING |= {"\u111a": "ㅀ", "\u1121": "ㅄ"}  # what NFKC makes of these two
LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"}
PIECES = re.compile(r"[가-힣ㄱ-ㅣ\u3041-\u30fe\u4e00-\u9fff☀-➿🌀-🫿]|[0-9]+|[a-zа-яα-ω]+")
HANGUL = re.compile(r"[가-힣ㄱ-ㅎ]")


@dataclass
class Read:
    """A text without what does not matter, and the places in it from which it can be found."""

    units: tuple[str, ...]
    starts: tuple[int, ...]

    @cached_property
    def heads(self) -> set[str]:
        """What any word of it is typed with first; most texts need no closer look."""
        return {self.units[start][0] for start in self.starts}


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(c for c in unicodedata.normalize("NFD", plain) if not "\u0300" <= c <= "\u036f")
    plain = unicodedata.normalize("NFC", plain)
    return "".join(CONJOINING.get(c, LETTERS.get(c, c)) for c in plain)


def typing(char: str) -> str:
    if not "가" <= char <= "힣":
        return JOINED.get(char, char)
    first, rest = divmod(ord(char) - ord("가"), 588)
    vowel, last = divmod(rest, 28)
    return FIRSTS[first] + VOWELS[vowel] + LASTS[last]


def read(text: str) -> Read:
    units: list[str] = []
    starts: list[int] = []
    for piece in PIECES.findall(folded(text)):
        starts.append(len(units))
        units += [typing(piece)] if "가" <= piece <= "힣" else list(typing(piece))
    return Read(tuple(units), tuple(starts))


def words_of(query: str) -> list[str]:
    """Separated by what is no letter, digit or symbol."""
    return ["".join(PIECES.findall(word)) for word in re.split(r"[\s._%'*,()-]+", folded(query))]


def abbreviates(typed: str, units: tuple[str, ...]) -> bool:
    """Whether somebody may have typed this so far, who gives syllables whole or by an initial."""
    if not units or units[0].startswith(typed):
        return bool(units)
    pieces = {units[0], units[0][0]}
    return any(typed.startswith(p) and abbreviates(typed[len(p) :], units[1:]) for p in pieces)


def begins(word: str, units: tuple[str, ...]) -> bool:
    """What was typed is the beginning, or an abbreviation of which only the end can be unclear."""
    typed = "".join(map(typing, word))
    if "".join(units).startswith(typed):
        return True
    at = len(re.sub(r"[가-힣]?[ㄱ-ㅎ]*$", "", word))
    clear, end = word[:at], "".join(map(typing, word[at:]))
    if len(units) <= len(clear):
        return False
    for char, unit in zip(clear, units, strict=False):
        if typing(char) != unit and not (char in FIRSTS and char == unit[0]):
            return False
    opened = end.rstrip(FIRSTS)  # a vowel is typed into the syllable of its initial
    first = units[len(clear)]
    return not end or (first.startswith(opened) and abbreviates(end, units[len(clear) :]))


class Typed:
    """A query, asked about one person after another."""

    def __init__(self, query: str) -> None:
        self._handle = unicodedata.normalize("NFKC", query).casefold().strip().lstrip("@")
        self._words = [word for word in words_of(query) if word]

    def is_handle(self, username: str) -> bool:
        return username == self._handle

    def place(self, username: str, name: str) -> str | None:
        """`whole`, `inside` or None."""
        texts, joined = (self._read(username), self._read(name)), "".join(self._words)
        if not joined:
            return None
        inside = any(self._in(joined, text) for text in texts)
        if inside and any(begins(joined, text.units) for text in texts):
            return "whole"
        if inside or all(any(self._in(word, text) for text in texts) for word in self._words):
            return "inside"
        return None

    def _in(self, word: str, text: Read) -> bool:
        return typing(word[0])[0] in text.heads and any(
            begins(word, text.units[start:]) for start in text.starts
        )

    _known: dict[str, Read] = {}

    def _read(self, text: str) -> Read:
        if text not in self._known:
            self._known[text] = read(text)
        return self._known[text]
