"""What people write: cleaned, cut, and read for mentions, hashtags and web addresses.

Text is kept as it was typed; nothing here makes HTML. `segments` is what a page links by.

- A handle (`@ann`) follows no word character, `@` or `/…` of an address, so that e-mail addresses
  and `@ann@elsewhere` are none; Korean particles may follow it directly (`@ann님`), a dot that ends
  a sentence is not part of it. `@ann.See` names `ann.see`, or `ann` when nobody is called that.
- A hashtag is letters, digits, marks and `_` of any script, at most 50 after folding, with at least
  one letter (`#2026` is none, `#2026년` is one); signs that spelling needs between letters belong
  to it (`#il·lusió`). Hashtags may touch: `#민들레#서울`.
- A web address is http or https without user name; closing punctuation, brackets without partner
  and a Korean particle at its end are left out.

Every function takes time that grows with the text, given what `bounds` lets through.
"""

import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass

from pigeon.domain import bounds, symbols
from pigeon.domain.tokens import Kind, Token, find_all
from pigeon.domain.tokens import canonical_tag as canonical_tag


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """Canonical usernames and folded tags (without #), in order of appearance, once each.

    `handles` are all that a mention may mean; `named` tells which of those that exist it does.
    """

    mentions: tuple[str, ...]
    handles: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A stretch of text as typed; `target` is a username, a folded tag, an address, or None."""

    kind: Kind
    text: str
    target: str | None = None


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
    line = _look(text)
    while line != text:
        text, line = line, _look(line)
    return line


def _look(text: str) -> str:
    """One round; what is joined by it may have to be composed or dropped in the next."""
    visible = symbols.INVISIBLE.sub(lambda found: found["kept"] or "", clean(text))
    return " ".join(unicodedata.normalize("NFC", bounds.thin(visible)).split())


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
    end = 0
    for found in symbols.GRAPHEME.finditer(line):
        if found.end() >= limit:
            break
        end = found.end()
    space = line.rfind(" ", 0, end + 1)
    return line[: space if space > 0 else end].rstrip() + "…"


def first_grapheme(text: str) -> str:
    """What a reader sees as the first character: 민, é, 🇰🇷, 👩‍👩‍👧; `""` of blank text."""
    found = symbols.GRAPHEME.match(text.strip())
    return found[0] if found else ""


def count_emoji(text: str, limit: int) -> int:
    """How many emoji the text consists of; 0 when it holds anything else, or more than `limit`."""
    found = 0
    at = 0
    while at < len(text) and found < limit:
        emoji = symbols.EMOJI.match(text, at)
        if emoji is None or symbols.PLAIN.match(text, at):
            return 0
        at, found = emoji.end(), found + 1
    return found if at == len(text) else 0


def parse(text: str) -> Parsed:
    """The mentions and hashtags of a text; a mention need not be anybody's username."""
    mentions: dict[str, None] = {}
    handles: dict[str, None] = {}
    tags: dict[str, None] = {}
    for token in find_all(text):
        if token.kind == "mention":
            mentions[token.target] = None
            handles.update((handle, None) for handle, _ in token.spellings)
        elif token.kind == "tag":
            tags[token.target] = None
    return Parsed(mentions=tuple(mentions), handles=tuple(handles), tags=tuple(tags))


def named(text: str, known: Container[str]) -> tuple[str, ...]:
    """The handles that the text names, out of those that exist; in order, once each."""
    found = (_meant(token, known) for token in find_all(text) if token.kind == "mention")
    return tuple(dict.fromkeys(handle for handle, _ in found if handle in known))


def segments(text: str, mentioned: Mapping[str, str]) -> list[Segment]:
    """The text cut into links and what lies between; their texts joined are the text.

    `mentioned` maps canonical handles as typed to current usernames; other handles stay text.
    """
    cut: list[Segment] = []
    at = 0
    for token in find_all(text):
        target, end = token.target, token.end
        if token.kind == "mention":
            handle, end = _meant(token, mentioned)
            if handle not in mentioned:
                continue
            target = mentioned[handle]
        if token.start > at:
            cut.append(Segment(kind="text", text=text[at : token.start]))
        cut.append(Segment(kind=token.kind, text=text[token.start : end], target=target))
        at = end
    if at < len(text):
        cut.append(Segment(kind="text", text=text[at:]))
    return cut


def _meant(token: Token, known: Container[str]) -> tuple[str, int]:
    """The longest spelling that somebody has, with its end; else the longest."""
    return next((one for one in token.spellings if one[0] in known), token.spellings[0])
