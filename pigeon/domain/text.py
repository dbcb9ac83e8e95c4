"""What people write: cleaned, cut, and read for mentions, hashtags and web addresses.

Text is kept as it was typed; nothing here makes HTML. `segments` is what a page links by.

- A handle (`@ann`) follows no word character, `@` or `/…` of an address, so that e-mail addresses
  and `@ann@elsewhere` are none; Korean particles may follow it directly (`@ann님`), a dot that ends
  a sentence is not part of it.
- A hashtag is letters, digits, marks and `_` of any script, at most 50 after folding, with at least
  one letter (`#2026` is none, `#2026년` is one). Hashtags may touch: `#민들레#서울`.
- A web address is http or https without user name; closing punctuation, brackets without partner
  and a Korean particle at its end are left out.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pigeon.domain import limits, symbols
from pigeon.domain.names import canonical_username, fold

Kind = Literal["text", "mention", "tag", "url"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """Canonical usernames and folded tags (without #), in order of appearance, once each."""

    mentions: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A stretch of text as typed; `target` is a username, a folded tag, an address, or None."""

    kind: Kind
    text: str
    target: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Token:
    kind: Kind
    start: int
    end: int
    target: str


_EMAIL = r"(?<![\w.+%-])(?=[.+%-]*+\w)[\w.+%-]++(?<!\.)@[\w-]++(?:\.[\w-]++)++"
# One label is ASCII or not, never both: in `https://a.com에서` the host ends before the particle.
_LABEL = r"(?:[A-Za-z0-9][A-Za-z0-9-]*+|(?:(?![\x00-\x7f])\w)++)"
_PATH = (
    r"[^\s<>\"\\^`{|}\x00-\x1f\x7f-\xa0\xad\u2000-\u206f\u3000-\u303f\ufe10-\ufe1f\ufe30-\ufe4f"
    r"\ufeff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3d\uff5b-\uff65]*+"
)
_HOST = rf"{_LABEL}(?:\.{_LABEL})*+(?!@|:[^\s/@]*@)(?::\d{{1,5}})?"
_URL = rf"(?<![A-Za-z0-9])(?ai:https?)://{_HOST}(?:[/?#]{_PATH})?"
# `medium.com/@ann` without a scheme: not linked, but no mention either.
_ADDRESS = r"(?<![\w@.-])(?:[A-Za-z0-9-]++\.)++[A-Za-z]{2,}+/\S*+"
_NAME = r"[A-Za-z0-9_\uff10-\uff19\uff21-\uff3a\uff3f\uff41-\uff5a]++"
_MENTION = (
    rf"(?<![\w@\uff20])[@\uff20](?P<handle>{_NAME}(?:[.\uff0e]{_NAME})*+)"
    r"(?![@\uff20\u00c0-\u024f\u0300-\u036f])"
)
_WORD = rf"[\w{symbols.MARKS}]"
_TAGS = rf"(?<![\w&#\uff03])(?:[#\uff03]{_WORD}++)++"
_TOKEN = re.compile(
    f"(?P<skip>{_EMAIL})|(?P<url>{_URL})|(?P<address>{_ADDRESS})|{_MENTION}|(?P<tags>{_TAGS})"
)
_ONE_TAG = re.compile(rf"[#\uff03]({_WORD}+)")
_TAG = re.compile(rf"{_WORD}{{1,{limits.TAG}}}")
_PARTICLE = re.compile(
    r"(?:(?<=[A-Za-z0-9_-])|(?<=[^/]/))(?:에서는|에서|에게|에는|에도|에|으로|로|까지|부터|이랑|랑|처럼|보다|입니다"
    r"|이에요|예요|이고|이며|이나|을|를|이|가|은|는|과|와|의|도|만)$"
)
_PARTNERS = {")": "(", "]": "["}


def clean(text: str) -> str:
    """Text as it is stored: NFC, line ends as `\\n`, outer white space gone; idempotent.

    ValueError on NUL and lone surrogates, which no database or encoder takes.
    """
    if re.search("[\x00\ud800-\udfff]", text):
        raise ValueError("text holds NUL or a lone surrogate")
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unix).strip()


def clean_line(text: str) -> str:
    """A one-line field, such as a display name, that looks like what it holds; idempotent.

    White space becomes single spaces; control, bidi and invisible characters go, fillers too
    (U+3164 makes a blank name), except where emoji and Indic or Persian spelling need a joiner.
    """
    visible = symbols.INVISIBLE.sub(lambda found: found["kept"] or "", clean(text))
    line = " ".join(unicodedata.normalize("NFC", visible).split())
    return line if line == text else clean_line(line)


def length(text: str) -> int:
    """Code points of the text as it would be stored; the unit of all limits."""
    return len(clean(text))


def excerpt(text: str, limit: int) -> str:
    """One line of at most `limit` (≥ 1) code points, cut after a word and ended by `…`.

    A first word longer than that is cut between graphemes.
    """
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    kept = ""
    for found in symbols.GRAPHEME.finditer(line):
        if found.end() >= limit:
            break
        kept = line[: found.end()]
    if line[len(kept)] != " " and " " in kept:
        kept = kept.rpartition(" ")[0]
    return kept.rstrip() + "…"


def first_grapheme(text: str) -> str:
    """What a reader sees as the first character: 민, é, 🇰🇷, 👩‍👩‍👧; `""` of blank text."""
    found = symbols.GRAPHEME.match(text.strip())
    return found[0] if found else ""


def canonical_tag(text: str) -> str | None:
    """The folded tag of `#Seoul` or `Seoul`, None of what cannot be one."""
    folded = fold(text.removeprefix("#").removeprefix("\uff03"))
    if not _TAG.fullmatch(folded) or not any(char.isalpha() for char in folded):
        return None
    return folded


def parse(text: str) -> Parsed:
    """The mentions and hashtags of a text; a mention need not be anybody's username."""
    found: dict[Kind, dict[str, None]] = {"mention": {}, "tag": {}}
    for token in _tokens(text):
        found.get(token.kind, {})[token.target] = None
    return Parsed(mentions=tuple(found["mention"]), tags=tuple(found["tag"]))


def segments(text: str, mentioned: Mapping[str, str]) -> list[Segment]:
    """The text cut into links and what lies between; their texts joined are the text.

    `mentioned` maps canonical handles as typed to current usernames; other handles stay text.
    """
    cut: list[Segment] = []
    at = 0
    for token in _tokens(text):
        target = mentioned.get(token.target) if token.kind == "mention" else token.target
        if target is None:
            continue
        if token.start > at:
            cut.append(Segment(kind="text", text=text[at : token.start]))
        cut.append(Segment(kind=token.kind, text=text[token.start : token.end], target=target))
        at = token.end
    if at < len(text):
        cut.append(Segment(kind="text", text=text[at:]))
    return cut


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        if found["url"]:
            address = _trim(found["url"])
            at = found.start() + len(address)
            yield _Token(kind="url", start=found.start(), end=at, target=address)
        elif found["handle"]:
            yield from _mention(found)
        elif found["tags"]:
            yield from _hashtags(text, found)


def _mention(found: re.Match[str]) -> Iterator[_Token]:
    handle = canonical_username(found["handle"])
    if limits.USERNAME_MIN <= len(handle) <= limits.USERNAME_MAX:
        yield _Token(kind="mention", start=found.start(), end=found.end(), target=handle)


def _hashtags(text: str, found: re.Match[str]) -> Iterator[_Token]:
    for one in _ONE_TAG.finditer(text, found.start(), found.end()):
        tag = canonical_tag(one[1])
        if tag is not None:
            yield _Token(kind="tag", start=one.start(), end=one.end(), target=tag)


def _trim(address: str) -> str:
    """The address without what belongs to the sentence around it."""
    bare = _balanced(address).rstrip(".,:;!?'*~")
    return _PARTICLE.sub("", bare)


def _balanced(address: str) -> str:
    """Up to the first bracket that has no partner: `(https://a.com/b_(c))` keeps `_(c)`."""
    opened: list[int] = []
    for at, char in enumerate(address):
        if char in _PARTNERS.values():
            opened.append(at)
        elif char in _PARTNERS:
            if not opened or address[opened[-1]] != _PARTNERS[char]:
                return address[: min([*opened, at])]
            opened.pop()
    return address[: opened[0]] if opened else address
