"""Worst harmless inputs, and the CPU time that something takes for them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

MARKED = "a" + "\u0323\u0301" * 15
"""A letter under as many marks as are let through, in an order that normalising has to change."""

PIECES = {
    "brackets": "(",
    "nested brackets": "[(",
    "paired brackets": "()",
    "addresses in brackets": "https://a/(",
    "addresses with brackets": "(https://a/b)",
    "addresses": "https://a.b ",
    "touching addresses": "https://a",
    "hosts with signs": "https://a❤",
    "barred addresses": "|https://a/b",
    "labels": "a.",
    "hyphens": "-",
    "lines below": "_",
    "at signs": "@",
    "mentions": "@ann ",
    "dotted mentions": "@a.B",
    "e-mail addresses": "a@b.c ",
    "halves of e-mail addresses": "a@",
    "hashes": "#",
    "tags": "#a",
    "tags of signs": "#a·",
    "schemes": "http://",
    "tagged schemes": "#http://",
    "percent signs": "%2e",
    "marks": MARKED,
    "marks around invisible signs": "\u0323\u200b\u0301" * 10 + "a",
    "half-width marks": "\uff9e",
    "iota below": "a\u0345",
    "initials": "\u1100",
    "old initials": "\ua960",
    "syllables": "각",
    "syllables in pieces": "\u1100\u1161\u11a8",
    "consonants": "ㄳ",
    "words": "민지 ",
    "long folds": "\ufdfa",
    "flags": "\U0001f1f0",
    "families": "👩\u200d",
    "joiners": "क\u094d\u200d",
    "fillers": "\u3164",
    "spaces": " ",
    "lines": "\n",
    "letters": "a",
    "digits": "9",
    "quotes": "\"'<&",
}


def text_of(piece: str, length: int) -> str:
    """Exactly so long, of this piece again and again."""
    return (piece * (length // len(piece) + 1))[:length]


def cpu_s(call: Callable[[], object], tries: int = 1) -> float:
    """The quickest of several tries."""
    spent = []
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for _ in range(tries):
            began = time.process_time()
            call()
            spent.append(time.process_time() - began)
    finally:
        if was_enabled:
            gc.enable()
    return min(spent)


def within(
    call: Callable[[], object],
    allowed_s: Callable[[int], float],
    tries: tuple[int, ...] = (1, 3, 9),
) -> tuple[bool, float]:
    """Whether it is ever as quick as `allowed_s(tries)`, and how quick; asked again when not.

    What is slow by nature is slow each time; a busy machine is not.
    """
    spent = float("inf")
    for number in tries:
        spent = min(spent, cpu_s(call, number))
        if spent <= allowed_s(number):
            return True, spent
    return False, spent


# -- far over a limit --------------------------------------------------------------------------

FAR = {
    "marks": "\u0323\u0301",
    "marks under letters": MARKED,
    "brackets": "(",
    "at signs": "@",
    "tags": "#a",
    "long folds": "\ufdfa",
    "digits": "9",
}
BODY_BYTES = 1_000_000
"""What a body that is not multipart may have."""


def _nested(size: int) -> bytes:
    return b"[" * (size // 2) + b"]" * (size // 2)


def _objects(size: int) -> bytes:
    return b'{"a":' * (size // 6) + b"1" + b"}" * (size // 6)


def _branches(size: int) -> bytes:
    """As deep as a parser lets through, again and again."""
    branch = b"[" * 400 + b"]" * 400
    return b'{"a":[' + b",".join([branch] * (size // 801)) + b"]}"


def _keys(size: int) -> bytes:
    return b"{" + b",".join(b'"k%d":1' % number for number in range(size // 11)) + b"}"


def _same_keys(size: int) -> bytes:
    return b"{" + b",".join([b'"k":1'] * (size // 6)) + b"}"


def _texts(size: int) -> bytes:
    return b'{"a":[' + b",".join([b'"a"'] * (size // 4)) + b"]}"


JSON = {
    "lists in lists": _nested,
    "objects in objects": _objects,
    "deep lists beside each other": _branches,
    "many keys": _keys,
    "the same key again": _same_keys,
    "many texts": _texts,
    "a long number": lambda size: b'{"a":' + b"9" * size + b"}",
    "a long fraction": lambda size: b'{"a":0.' + b"9" * size + b"}",
    "a long key": lambda size: b'{"' + b"k" * size + b'":1}',
    "a key of marks": lambda size: b'{"' + "\u0323\u0301".encode() * (size // 4) + b'":1}',
    "a text of marks": lambda size: b'{"a":"' + "\u0323\u0301".encode() * (size // 4) + b'"}',
    "escapes": lambda size: b'{"a":"' + b"\\u0301" * (size // 6) + b'"}',
}
FORMS = {
    "many fields": lambda size: b"&".join(b"k%d=1" % number for number in range(size // 9)),
    "the same field again": lambda size: b"&".join([b"text=a"] * (size // 7)),
    "empty fields": lambda size: b"&" * size,
    "a long name": lambda size: b"k" * size + b"=1",
    "percent signs": lambda size: b"text=" + b"%CC%A3%CC%81" * (size // 12),
}
BODIES = {"json": JSON, "form": FORMS}
"""Of about so many bytes, and made for no call."""
NOTHING = {"json": b"{}", "form": b""}
