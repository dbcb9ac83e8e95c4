"""Web addresses in running text: where they end, and which are better left alone.

A link leads to the host that was written, or is none. The host is read whole, in any script and
with `_`; only after its last dot a word of a script without spaces is not part of it
(`https://a.com에서`), for no top-level domain mixes the two.
"""

from __future__ import annotations

import re

from pigeon.domain import symbols

_LETTERS = rf"[\w{symbols.MARKS}-]*"
_LABEL = rf"\w{_LETTERS}(?:(?:[{symbols.MEDIAL}]|{symbols.SPELLING_JOINER})(?=\w){_LETTERS})*"
_PORT = r"(?::[0-9]{1,5}(?![0-9]))?"
HEAD = rf"(?<![A-Za-z0-9])(?ai:https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*){_PORT}"
"""Scheme, host and port; nothing may follow it in a pattern, or it would give back some of both."""

_UNSPACED = (
    "\u00b7\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3003-\u3007\u3040-\u318f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff65-\uff9f"
    "\U00020000-\U0003ffff"
)
_GLUED = re.compile(rf"[A-Za-z0-9-]*[A-Za-z0-9](?=[{_UNSPACED}])")

_PUNCTUATION = (
    r"\s<>\"\\^`{}\x00-\x1f\x7f-\xa0\u2000-\u200a\u200e\u200f\u2014-\u205f\u2061-\u206f"
    r"\u3000-\u3002\u3004\u3008-\u3020\u3030\u3036\u3037\u303d-\u303f\ufe10-\ufe1f\ufe30-\ufe4f"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3d\uff5b-\uff65"
)
_NO_DOT = rf"[^\x00-,./:-@\[-^`{{-\x7f{_PUNCTUATION}]"
_UNSEEN = r"\xad\u200b\u2060\ufeff"
_STOP = re.compile(
    rf"[{_PUNCTUATION}{_UNSEEN}]|\|(?=https?://)|(?!{symbols.SPELLING_JOINER})[\u200c\u200d]"
)
# After a host: a user name before the true one, an escaped character, a dot in disguise, or signs
# that no label of ours holds and yet another label follows.
_ELSEWHERE = re.compile(
    r"@|:[^\s/@]*@|[\w!$&'()*+,;=:%~.-]*@[\w-]+\.\w"
    r"|%[0-9A-Fa-f]{2}|[\u3002\uff0e\uff61][A-Za-z0-9]"
    rf"|[^\x00-\x7f{_PUNCTUATION}]{_NO_DOT}*\.\w"
)
_CLOSING = ".,:;!?'*~|\u2010\u2011\u2012\u2013"
_PARTICLE = re.compile(
    r"(?:(?<=[A-Za-z0-9_-])|(?<=[^/]/))(?:에서는|에서|에게|에는|에도|에|으로|로|까지|부터|이랑|랑|처럼|보다|입니다"
    r"|이에요|예요|이고|이며|이나|을|를|이|가|은|는|과|와|의|도|만)$"
)
_BRACKET = re.compile(r"[()\[\]]")
_PARTNERS = {")": "(", "]": "["}


class Reader:
    """Ends the addresses of one text, in time that grows with the text and not with its square."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stop = 0
        self._partners: dict[int, int] | None = None

    def end_of(self, head: re.Match[str]) -> int | None:
        """Where the address ends that begins with this `HEAD`; None when it is none."""
        end_of_host = head.end("host")
        if not head["host"].strip("._-"):
            return None
        if _ELSEWHERE.match(self._text, end_of_host):
            return None
        glued = _glued(head["host"])
        if glued:
            return head.start("host") + glued
        end = head.end()
        if self._text[end : end + 1] in ("/", "?", "#"):
            return self._trim(head.start(), self._balanced(end, self._path_end(end)))
        if end > end_of_host:
            return end
        return self._trim(head.start(), end_of_host, closing="._-")

    def _trim(self, start: int, end: int, closing: str = _CLOSING) -> int:
        """Without what belongs to the sentence around it."""
        bare = self._text[start:end].rstrip(closing)
        return start + len(_PARTICLE.sub("", bare))

    def _path_end(self, at: int) -> int:
        """All addresses before the same stop share it; it is looked for once."""
        if self._stop < at:
            found = _STOP.search(self._text, at)
            self._stop = found.start() if found else len(self._text)
        return self._stop

    def _balanced(self, at: int, end: int) -> int:
        """Up to the first bracket that has no partner: `(https://a.com/b_(c))` keeps `_(c)`."""
        while found := _BRACKET.search(self._text, at, end):
            partner = self._partner_of(found.start())
            if partner is None or partner >= end:
                return found.start()
            at = partner + 1
        return end

    def _partner_of(self, at: int) -> int | None:
        if self._partners is None:
            self._partners = _partners(self._text)
        return self._partners.get(at)


def _glued(host: str) -> int | None:
    """How much of the host is left without the word that is glued to it, if one is."""
    before, dot, last = host.rpartition(".")
    found = _GLUED.match(last) if dot else None
    return len(before) + 1 + found.end() if found else None


def _partners(text: str) -> dict[int, int]:
    """Opening brackets by place, with the place of their partner; nested rightly or not at all."""
    partners: dict[int, int] = {}
    opened: list[int] = []
    for found in _BRACKET.finditer(text):
        wanted = _PARTNERS.get(found[0])
        if wanted is None:
            opened.append(found.start())
        elif opened and text[opened[-1]] == wanted:
            partners[opened.pop()] = found.start()
        else:
            opened.clear()
    return partners
