"""What a reader sees of a page."""

from __future__ import annotations

import re
from html import unescape

HANGUL = re.compile("[가-힣]")


def visible_text(page: str) -> str:
    without_scripts = re.sub(r"<(script|style|template).*?</\1>", "", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", without_scripts))
