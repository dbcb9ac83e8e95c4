"""Reads mentions, hashtags and addresses character by character: slow, and with no pattern at all.

What `pigeon.domain.tokens` finds by patterns must be what this finds, on every Python.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

Found = tuple[str, str]
"""Kind and text of a token, as typed."""

PARTICLES = (
    *("에서는", "에서", "에게", "에는", "에도", "에", "으로", "로", "까지", "부터", "이랑", "랑"),
    *("처럼", "보다", "입니다", "이에요", "예요", "이고", "이며", "이나"),
    *"을를이가은는과와의도만",
)
MEDIAL = "·・･־״་༌"
VIRAMAS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
SUB_DELIMITERS = "!$&'()*+,;=:%~.-"
ASCII_STOPS = '<>"\\^`{}'


def read(text: str) -> list[Found]:
    found: list[Found] = []
    at = 0
    while at < len(text):
        at = _step(text, at, found)
    return found


def _step(text: str, at: int, found: list[Found]) -> int:
    """Reads what begins here, if anything does; answers where to go on."""
    end = _email(text, at)
    if end:
        return end
    host = _host(text, at)
    if host:
        end = _address_end(text, at, *host)
        if end:
            found.append(("url", text[at:end]))
        return end or host[0]
    end = _bare_address(text, at)
    if end:
        return end
    end = _handle(text, at)
    if end:
        found.append(("mention", text[at:end]))
        return end
    return _tags(text, at, found) or at + 1


# -- characters --------------------------------------------------------------------------------


def char(text: str, at: int) -> str:
    return text[at] if 0 <= at < len(text) else ""


def is_word(one: str) -> bool:
    return one != "" and (one.isalnum() or one == "_")


def is_mark(one: str) -> bool:
    return "\u0300" <= one < "\ufe00" and unicodedata.category(one) in ("Mn", "Mc")


def is_ascii_letter(one: str) -> bool:
    return one != "" and one.isascii() and one.isalpha()


def is_ascii_word(one: str) -> bool:
    return one != "" and one.isascii() and one.isalnum()


def is_arabic(one: str) -> bool:
    return "\u0620" <= one <= "\u06ff" or "\u0750" <= one <= "\u077f"


def is_joiner(text: str, at: int) -> bool:
    """Whether this invisible character is one that spelling needs here."""
    one, before, after = char(text, at), char(text, at - 1), char(text, at + 1)
    if one == "":
        return False
    if one in "\u200c\u200d" and before and before in VIRAMAS:
        return True
    return one == "\u200c" and is_arabic(before) and is_arabic(after)


def run(text: str, at: int, belongs: Callable[[str], bool]) -> int:
    while at < len(text) and belongs(text[at]):
        at += 1
    return at


# -- what is skipped ---------------------------------------------------------------------------


def _email(text: str, at: int) -> int:
    def is_local(one: str) -> bool:
        return is_word(one) or (one != "" and one in ".+%-")

    end = run(text, at, is_local)
    if end == at or is_local(char(text, at - 1)) or not any(map(is_word, text[at:end])):
        return 0
    if text[end - 1] == "." or char(text, end) != "@":
        return 0
    dots, end = -1, end
    while end < len(text) and (dots < 0 or text[end] == "."):
        after = run(text, end + 1, lambda one: is_word(one) or one == "-")
        if after == end + 1:
            break
        dots, end = dots + 1, after
    return end if dots > 0 else 0


def _bare_address(text: str, at: int) -> int:
    before = char(text, at - 1)
    if is_word(before) or (before and before in "@.-"):
        return 0
    end = run(text, at, lambda one: is_ascii_word(one) or one in ".-")
    labels = text[at:end].split(".")
    is_host = len(labels) > 1 and all(labels) and len(labels[-1]) > 1 and labels[-1].isalpha()
    if not is_host or char(text, end) != "/":
        return 0
    return run(text, end, lambda one: not one.isspace())


# -- addresses ---------------------------------------------------------------------------------


def _host(text: str, at: int) -> tuple[int, int] | None:
    """Start and end of the host of an address that begins here."""
    head = next((s for s in ("https://", "http://") if text[at : at + len(s)].lower() == s), None)
    if head is None or not text[at : at + len(head)].isascii() or is_ascii_word(char(text, at - 1)):
        return None
    start = end = at + len(head)
    while True:
        after = _label(text, end)
        if after == end:
            break
        end = after
        if char(text, end) != "." or _label(text, end + 1) == end + 1:
            break
        end += 1
    return (start, end) if end > start else None


def _label(text: str, at: int) -> int:
    if not is_word(char(text, at)):
        return at
    while at < len(text):
        one = text[at]
        is_own = is_word(one) or is_mark(one) or one == "-"
        is_between = (one in MEDIAL or is_joiner(text, at)) and is_word(char(text, at + 1))
        if not is_own and not is_between:
            break
        at += 1
    return at


def _address_end(text: str, start: int, host: int, end: int) -> int:
    name = text[host:end]
    if not name.strip("._-") or _leads_elsewhere(text, end):
        return 0
    glued = _glued(name)
    if glued:
        return host + glued
    digits = run(text, end + 1, lambda one: one in "0123456789")
    ported = digits if char(text, end) == ":" and 0 < digits - end - 1 <= 5 else end
    if char(text, ported) in ("/", "?", "#"):
        return _trim(text, start, _balanced(text, ported, _path(text, ported)), ".,:;!?'*~|‐‑‒–")
    return ported if ported > end else _trim(text, start, end, "._-")


def _leads_elsewhere(text: str, at: int) -> bool:
    if char(text, at) == "@":
        return True
    rest = text[at:]
    if rest[:1] == ":":
        user = rest[1 : run(rest, 1, lambda one: not one.isspace() and one not in "/@") + 1]
        if user.endswith("@"):
            return True
    end = run(rest, 0, lambda one: is_word(one) or one in SUB_DELIMITERS)
    if char(rest, end) == "@" and _is_dotted(rest, end + 1):
        return True
    if rest[:1] == "%" and len(rest) > 2 and set(rest[1:3]) <= set("0123456789abcdefABCDEF"):
        return True
    if char(rest, 0) in ("。", "．", "｡") and is_ascii_word(char(rest, 1)):
        return True
    if rest and not rest[0].isascii() and not is_punctuation(rest[0]):
        end = run(rest, 0, _is_of_a_host)
        return char(rest, end) == "." and is_word(char(rest, end + 1))
    return False


def _is_of_a_host(one: str) -> bool:
    if one.isascii():
        return is_ascii_word(one) or one in "_-"
    return not is_punctuation(one)


def _is_dotted(text: str, at: int) -> bool:
    end = run(text, at, lambda one: is_word(one) or one == "-")
    return end > at and char(text, end) == "." and is_word(char(text, end + 1))


def is_punctuation(one: str) -> bool:
    """What ends a path though it is no ASCII; `\\u2010` to `\\u2013` do not."""
    code = ord(one)
    if one.isspace() or one in ASCII_STOPS or code < 0x20 or 0x7F <= code <= 0xA0:
        return True
    if 0x2000 <= code <= 0x206F:
        return one not in "\u200b\u200c\u200d\u2010\u2011\u2012\u2013\u2060"
    if 0x3000 <= code <= 0x303F:
        return code in (0x3000, 0x3001, 0x3002, 0x3004, 0x3030, 0x3036, 0x3037) or (
            0x3008 <= code <= 0x3020 or code >= 0x303D
        )
    if 0xFE10 <= code <= 0xFE1F or 0xFE30 <= code <= 0xFE4F:
        return True
    wide = ((0xFF01, 0xFF0F), (0xFF1A, 0xFF20), (0xFF3B, 0xFF3D), (0xFF5B, 0xFF65))
    return any(first <= code <= last for first, last in wide)


def _path(text: str, at: int) -> int:
    while at < len(text):
        one = text[at]
        if is_punctuation(one) or one in "\xad\u200b\u2060\ufeff":
            break
        if one in "\u200c\u200d" and not is_joiner(text, at):
            break
        if one == "|" and text[at + 1 :].startswith(("http://", "https://")):
            break
        at += 1
    return at


def _balanced(text: str, start: int, end: int) -> int:
    """Before the first bracket that has no partner, tried from each bracket anew."""
    at = start
    while at < end:
        if text[at] in ")]":
            return at
        if text[at] in "([":
            close = _partner(text, at, end)
            if close is None:
                return at
            at = close
        at += 1
    return end


def _partner(text: str, at: int, end: int) -> int | None:
    wanted: list[str] = []
    for place in range(at, end):
        if text[place] in "([":
            wanted.append(")" if text[place] == "(" else "]")
        elif text[place] in ")]":
            if wanted.pop() != text[place]:
                return None
            if not wanted:
                return place
    return None


def _trim(text: str, start: int, end: int, closing: str) -> int:
    while text[end - 1] in closing:
        end -= 1
    for particle in PARTICLES:
        at = end - len(particle)
        if at < start or text[at:end] != particle:
            continue
        before = text[at - 1]
        if is_ascii_word(before) or before in "_-" or (before == "/" and text[at - 2] != "/"):
            return at
    return end


def _glued(host: str) -> int:
    before, dot, last = host.rpartition(".")
    end = run(last, 0, lambda one: is_ascii_word(one) or one == "-")
    if not dot or not end or last[end - 1] == "-" or not is_unspaced(char(last, end)):
        return 0
    return len(before) + 1 + end


def is_unspaced(one: str) -> bool:
    """Of a script that is written without spaces, or with particles."""
    if one == "":
        return False
    if one in "·〃〄々〆〇･":
        return True
    names = (
        "HANGUL",
        "CJK",
        "HIRAGANA",
        "KATAKANA",
        "THAI",
        "LAO",
        "MYANMAR",
        "KHMER",
        "HALFWIDTH",
    )
    return unicodedata.name(one, "").startswith(names)


# -- people and hashtags -----------------------------------------------------------------------


def is_name(one: str) -> bool:
    wide = "\uff10" <= one <= "\uff19" or "\uff21" <= one <= "\uff3a" or "\uff41" <= one <= "\uff5a"
    return is_ascii_word(one) or wide or (one != "" and one in "_＿")


def _handle(text: str, at: int) -> int:
    before = char(text, at - 1)
    if char(text, at) not in ("@", "＠") or is_word(before) or (before and before in "@＠"):
        return 0
    if _is_scheme(text, at + 1):
        return 0
    end = run(text, at + 1, is_name)
    if end == at + 1:
        return 0
    while char(text, end) in (".", "．") and is_name(char(text, end + 1)):
        end = run(text, end + 1, is_name)
    after = char(text, end)
    if after and (after in "@＠" or "\u00c0" <= after <= "\u024f" or "\u0300" <= after <= "\u036f"):
        return 0
    if 3 <= end - at - 1 <= 30:
        return end
    return _sentence_end(text, at + 1, end)


def _sentence_end(text: str, start: int, end: int) -> int:
    for place in range(end - 1, start, -1):
        after = char(text, place + 1)
        is_capital = "A" <= after <= "Z" or "\uff21" <= after <= "\uff3a"
        if text[place] in ".．" and is_capital and 3 <= place - start <= 30:
            return place
    return 0


def _is_scheme(text: str, at: int) -> bool:
    end = run(text, at, is_ascii_letter)
    return end > at and text[end : end + 3] == "://"


def _tags(text: str, at: int, found: list[Found]) -> int:
    before = char(text, at - 1)
    if is_word(before) or (before and before in "&#＃"):
        return 0
    start = at
    while char(text, at) in ("#", "＃") and not _is_scheme(text, at + 1):
        end = _tag_end(text, at + 1)
        if end == at + 1:
            break
        word = text[at + 1 : end]
        if _is_tag(word):
            found.append(("tag", text[at:end]))
        at = end
    return at if at > start else 0


def _tag_end(text: str, at: int) -> int:
    def belongs(one: str) -> bool:
        return is_word(one) or is_mark(one) or (one != "" and one in "〃׳")

    end = run(text, at, belongs)
    while end > at:
        between = char(text, end)
        is_between = bool(between) and (between in MEDIAL or is_joiner(text, end))
        if not is_between or not belongs(char(text, end + 1)):
            break
        end = run(text, end + 1, belongs)
    return end


def _is_tag(word: str) -> bool:
    folded = word
    while (again := _folded(folded)) != folded:
        folded = again
    return (
        len(folded) <= 50
        and _tag_end(folded, 0) == len(folded)
        and any(one.isalpha() for one in folded)
    )


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
