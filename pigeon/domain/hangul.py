"""What is typed for Korean (and any other) names, and what somebody means who has not finished.

From a place in a name (`search_keys` says which) a query fits when it is

- the beginning of its jamo: `미` and `민` find 민지, `미` also finds 미나; `갑` finds 가방 (its
  final may become the next syllable's initial), `값` finds 갑수, `고` finds 과자;
- initial consonants: `ㅁㅈ` finds 민지, and so does `ㄳ` find 가수, as keyboards join the two;
- a mixture: `민ㅈㅎ`, `ㅁ지` and `믽ㅎ` (how a keyboard renders 민ㅈㅎ) find 민지훈. Only the last
  full syllable may lend its finals as initials, else `민지` would find 미나지.

Jamo are written as compatibility jamo (U+3131…), compound vowels and finals split as they are
typed (ㅘ = ㅗㅏ, ㅄ = ㅂㅅ); doubled consonants (ㄲ) are one key and stay whole. Case and accents
do not matter. In the database the two columns need a binary collation.
"""

import re
import unicodedata
from collections.abc import Sequence

from pigeon.domain.names import fold

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_TYPED = (
    "ㅘㅗㅏ ㅙㅗㅐ ㅚㅗㅣ ㅝㅜㅓ ㅞㅜㅔ ㅟㅜㅣ ㅢㅡㅣ"
    " ㄳㄱㅅ ㄵㄴㅈ ㄶㄴㅎ ㄺㄹㄱ ㄻㄹㅁ ㄼㄹㅂ ㄽㄹㅅ ㄾㄹㅌ ㄿㄹㅍ ㅀㄹㅎ ㅄㅂㅅ"
)
_COMPOUNDS = {row[0]: row[1:] for row in _TYPED.split()}
# Conjoining jamo (what a syllable decomposes into) to compatibility jamo (what a key types).
_SINGLE = {
    first + offset: jamo
    for first, row in ((0x1100, _INITIALS), (0x1161, _VOWELS), (0x11A8, _FINALS))
    for offset, jamo in enumerate(row)
}
# Two compatibility jamo decompose into old initials, though keyboards type them as finals.
_SINGLE |= {0x111A: "ㅀ", 0x1121: "ㅄ"}
_SPLIT = {code: _COMPOUNDS.get(jamo, jamo) for code, jamo in _SINGLE.items()}
_CONSONANTS = _INITIALS + _FINALS
_LATIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d"}
    | {"æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that are no accented ones for Unicode, but for who types the word."""
_ACCENTS = re.compile("[\u0300-\u036f]")


def search_key(text: str) -> str:
    """The text as it is compared: folded, without accents, single spaces, syllables composed."""
    key = _compare_by(text)
    while key != text:
        text, key = key, _compare_by(key)
    return key


def _compare_by(text: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", fold(text)))
    composed = unicodedata.normalize("NFC", bare).translate(_SINGLE)
    return " ".join(composed.translate(_LATIN).split())


def decompose(text: str) -> str:
    """The typed jamo of a name, words kept apart by one space; for the column `name_jamo`."""
    return typed(search_key(text))


def initials(text: str) -> str:
    """Each Hangul syllable as its initial, the rest as in `decompose`; for `name_initials`."""
    return "".join(unit[0] for unit in units_of(search_key(text)))


def fits(reading: Sequence[str], units: Sequence[str], start: int) -> bool:
    """Whether the units from `start` on may be what one reading of a query is about to become.

    A lone consonant stands for its syllable, the last token may be unfinished.
    """
    *head, last = reading
    end = start + len(head)
    if end >= len(units) or not "".join(units[end : end + len(last)]).startswith(last):
        return False
    return all(
        units[at] == token or (token in _CONSONANTS and units[at][0] == token)
        for at, token in enumerate(head, start)
    )


def readings(key: str) -> list[list[str]]:
    """The ways to cut a query into units: its last syllable may lend its finals to what follows."""
    tail_at = len(key.rstrip(_CONSONANTS))
    head, tail = key[:tail_at], units_of(key[tail_at:])
    if not head or not "가" <= head[-1] <= "힣":
        return [units_of(head) + tail]
    last = typed(head[-1])
    opened = len(last.rstrip(_CONSONANTS))
    return [
        [*units_of(head[:-1]), last[:end], *last[end:], *tail]
        for end in range(opened, len(last) + 1)
    ]


def certain_of(reading: Sequence[str]) -> str:
    """The jamo every match starts with: all up to the first syllable given by its initial only."""
    abbreviated = [at for at, token in enumerate(reading) if token in _CONSONANTS]
    return "".join(reading[: abbreviated[0] + 1] if abbreviated else reading)


def units_of(key: str) -> list[str]:
    """The jamo of each syllable, and every other character by itself."""
    units: list[str] = []
    for char in key:
        units.extend([typed(char)] if "가" <= char <= "힣" else typed(char))
    return units


def is_hangul(unit: str) -> bool:
    """A syllable, or a jamo by itself."""
    return len(unit) > 1 or "ㄱ" <= unit <= "ㅣ"


def typed(key: str) -> str:
    """What keys type it, for a text as `search_key` leaves it."""
    return unicodedata.normalize("NFKD", key).translate(_SPLIT)


LAST = "\U0010ffff"
"""Comes after every letter."""


def spans(beginning: str) -> list[tuple[str, str]]:
    """`(first, last)` of the folded words that begin so, letter by letter in their code's order.

    The last letter may be unfinished: `사지` also begins 사진, as `사ㅈ` does, for syllables of one
    initial, or of one initial and vowel, follow one another in Unicode.
    """
    literal = (beginning, beginning + LAST)
    head, last = beginning[:-1], beginning[-1:].translate(_SINGLE)  # as folding leaves a key's ㅈ
    if "가" <= last <= "힣" and (ord(last) - ord("가")) % 28 == 0:
        return [(beginning, head + chr(ord(last) + 27) + LAST)]
    if last and last in _INITIALS:
        first = ord("가") + _INITIALS.index(last) * 588
        return [literal, (head + chr(first), head + chr(first + 587) + LAST)]
    return [literal]
