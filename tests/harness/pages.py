"""What a reader sees of a page."""

from __future__ import annotations

import re
from html import unescape

HANGUL = re.compile("[가-힣]")


def visible_text(page: str) -> str:
    without_scripts = re.sub(r"<(script|style|template).*?</\1>", "", page, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", without_scripts))


def button_of(html: str, post_id: int) -> dict[str, str]:
    """The attributes of a post's heart."""
    (found,) = re.findall(rf'<button [^>]*data-kind="post" data-id="{post_id}"[^>]*>', html)
    return dict(re.findall(r'([\w-]+)="([^"]*)"', found))
