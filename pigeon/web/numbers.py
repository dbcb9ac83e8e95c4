"""Numbers as people say them."""

from __future__ import annotations

KOREAN = ((100_000_000, 100_000_000, "억"), (10_000, 10_000, "만"))
ENGLISH = ((1_000_000, 1_000_000, "M"), (10_000, 1_000, "K"))


def compact(number: int, language: str) -> str:
    """1,234 · 12.3K · 1.2M; in Korean 1,234 · 1.2만 · 1.2억. The same in js/ui/numbers.js."""
    for least, unit, sign in KOREAN if language == "ko" else ENGLISH:
        if number >= least:
            tenths = number * 10 // unit
            return f"{tenths // 10}.{tenths % 10}{sign}" if tenths % 10 else f"{tenths // 10}{sign}"
    return f"{number:,}"
