"""Finds what a text names: people, hashtags and web addresses, in the order in which they stand.

No pattern here holds a possessive quantifier or an atomic group: before Python 3.11.5 the first
read some texts wrongly (https://github.com/python/cpython/issues/106052). Each ends so that giving
back a part of what it took can never help, and so costs no more than reading it twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pigeon.domain import addresses, bounds, limits, symbols
from pigeon.domain.names import canonical_username, fold

Kind = Literal["text", "mention", "tag", "url"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """`spellings` are handles with the ends they would have: `@ann.See` may mean `ann`."""

    kind: Kind
    start: int
    end: int
    target: str
    spellings: tuple[tuple[str, int], ...] = ()


_SCHEME = r"[A-Za-z]+://"
_EMAIL = r"(?<![\w.+%-])(?=[.+%-]*\w)[\w.+%-]+(?<!\.)@[\w-]+(?:\.[\w-]+)+"
# `medium.com/@ann` without a scheme: not linked, but no mention either.
_ADDRESS = r"(?<![\w@.-])(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}/\S*"
_IN_NAME = r"[A-Za-z0-9_\uff10-\uff19\uff21-\uff3a\uff3f\uff41-\uff5a]"
_AFTER_NAME = rf"(?![@\uff20\u00c0-\u024f\u0300-\u036f]|[.\uff0e]?{_IN_NAME})"
_MENTION = (
    rf"(?<![\w@\uff20])[@\uff20](?!{_SCHEME})"
    rf"(?P<handle>{_IN_NAME}+(?:[.\uff0e]{_IN_NAME}+)*){_AFTER_NAME}"
)
_LETTER = rf"[\w{symbols.MARKS}{symbols.TRAILING}]"
_WORD = rf"{_LETTER}+(?:(?:[{symbols.MEDIAL}]|{symbols.SPELLING_JOINER}){_LETTER}+)*"
_TAGS = rf"(?<![\w&#\uff03])(?:[#\uff03](?!{_SCHEME}){_WORD})+"
_TOKEN = re.compile(
    f"(?P<skip>{_EMAIL})|(?P<url>{addresses.HEAD})|(?P<address>{_ADDRESS})"
    f"|{_MENTION}|(?P<tags>{_TAGS})"
)
_ONE_TAG = re.compile(rf"[#\uff03]({_WORD})")
_TAG = re.compile(_WORD)
_SENTENCE = re.compile(r"[.\uff0e](?=[A-Z\uff21-\uff3a])")


def canonical_tag(text: str) -> str | None:
    """The folded tag of `#Seoul` or `Seoul`, None of what cannot be one."""
    if bounds.is_excessive(text, limits.TAG):
        return None
    folded = fold(text.removeprefix("#").removeprefix("\uff03"))
    if len(folded) > limits.TAG or not _TAG.fullmatch(folded):
        return None
    return folded if any(char.isalpha() for char in folded) else None


def find_all(text: str) -> Iterator[Token]:
    """Each token of the text; none overlaps another."""
    reader = addresses.Reader(text)
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        if found["url"]:
            end = reader.end_of(found)
            at = found.start("host") if end is None else end
            if end is not None:
                address = text[found.start() : end]
                yield Token(kind="url", start=found.start(), end=end, target=address)
        elif found["handle"]:
            yield from _mention(found)
        elif found["tags"]:
            yield from _hashtags(text, found)


def _mention(found: re.Match[str]) -> Iterator[Token]:
    """A dot before a capital may end a sentence; which handle is meant, its owners tell."""
    handle, start = found["handle"], found.start("handle")
    ends = [len(handle), *(dot.start() for dot in _SENTENCE.finditer(handle))]
    ends = [end for end in ends if limits.USERNAME_MIN <= end <= limits.USERNAME_MAX]
    if not ends:
        return
    spellings = tuple((canonical_username(handle[:end]), start + end) for end in sorted(ends)[::-1])
    target, end = spellings[0]
    yield Token(kind="mention", start=found.start(), end=end, target=target, spellings=spellings)


def _hashtags(text: str, found: re.Match[str]) -> Iterator[Token]:
    for one in _ONE_TAG.finditer(text, found.start(), found.end()):
        tag = canonical_tag(one[1])
        if tag is not None:
            yield Token(kind="tag", start=one.start(), end=one.end(), target=tag)
