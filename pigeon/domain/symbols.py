"""Classes of characters that neither `str` nor `re` knows: marks, graphemes, invisible ones.

An approximation of Unicode's text segmentation (UAX 29), good for names and captions.
"""

import re
import unicodedata

# `\w` lacks combining marks, without which Hindi or Thai words fall apart. Below the
# variation selectors, which are marks too but no part of any word.
MARKS = "".join(
    char for char in map(chr, range(0x300, 0xFE00)) if unicodedata.category(char) in ("Mn", "Mc")
)

# Between letters these belong to a word: l·l in Catalan, the dots of Japanese titles, the Hebrew
# quote in abbreviations and hyphen, the Tibetan dot between syllables.
MEDIAL = "\u00b7\u30fb\uff65\u05be\u05f4\u0f0b\u0f0c"
# After a letter these do, too: the Japanese ditto, the Hebrew apostrophe.
TRAILING = "\u3003\u05f3"

_JOINER = "\u200d"
_TONE = "[\U0001f3fb-\U0001f3ff]"
_FLAG_LETTER = "[\U0001f1e6-\U0001f1ff]"
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_EMOJI = f"{_PICTURE}[\ufe0e\ufe0f]?{_TONE}?"
_EMOJI_SEQUENCE = (
    "\U0001f3f4[\U000e0020-\U000e007e]{3,7}\U000e007f"  # the flags of Scotland, Wales, England
    "|[0-9#*]\ufe0f?\u20e3"
    f"|{_FLAG_LETTER}{{2}}"
    f"|{_EMOJI}(?:{_JOINER}{_EMOJI})*"
)
_SYLLABLE = "[\u1100-\u115f\ua960-\ua97c]*[가-힣\u1160-\u11a7\ud7b0-\ud7c6][\u1160-\u11ff]*"
_EXTEND = (
    f"[{MARKS}\u0488\u0489\u20dd-\u20e4\u200c\u200d\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)
GRAPHEME = re.compile(
    f"(?:{_EMOJI_SEQUENCE}|{_SYLLABLE}|[\u1100-\u115f\ua960-\ua97c]+|(?s:.)){_EXTEND}*"
)
EMOJI = re.compile(f"(?:{_EMOJI_SEQUENCE}){_EXTEND}*")
PLAIN = re.compile("[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u22ff](?!\ufe0f)")
"""Signs that are drawn as letters unless a selector asks for a picture: ©, ™, →."""

_VIRAMA = "[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]"
_ARABIC = "[\u0620-\u06ff\u0750-\u077f]"
# What Indic and Persian spelling needs though nobody sees it.
SPELLING_JOINER = f"(?<={_VIRAMA})[\u200c\u200d]|(?<={_ARABIC})\u200c(?={_ARABIC})"
_NEEDED = (
    f"{_EMOJI_SEQUENCE}|{SPELLING_JOINER}"
    "|(?<=[\u3400-\u9fff])[\U000e0100-\U000e01ef]"  # the variant of a character in a family name
)
INVISIBLE = re.compile(
    f"(?P<kept>{_NEEDED})|"
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff]"
)
