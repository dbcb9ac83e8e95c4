"""Small pictures in SVG: for light and dark ground, the same bytes from the same figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

STYLE = """\
text{font:13px system-ui,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR",sans-serif}
text{fill:#16191d}
.ground{fill:#fff}.small{font-size:11px;fill:#5c6470}.title{font-weight:600;font-size:15px}
.line{stroke:#d9dce1}.even{stroke:#5c6470;stroke-dasharray:4 3}
.a{stroke:#0b7a75;fill:#0b7a75}.b{stroke:#b4451f;fill:#b4451f}.c{stroke:#6b3fc9;fill:#6b3fc9}
.d{stroke:#8a6a00;fill:#8a6a00}.null{stroke:#8a919c;fill:#8a919c}
.path{fill:none;stroke-width:2}.thin{stroke-width:1.5}text.a,text.b,text.c,text.d{stroke:none}
@media(prefers-color-scheme:dark){text{fill:#f1f3f5}.ground{fill:#121417}.small{fill:#a3abb6}
.line{stroke:#2b3037}.even{stroke:#a3abb6}.a{stroke:#3fd0c0;fill:#3fd0c0}
.b{stroke:#ff9a70;fill:#ff9a70}.c{stroke:#b59aff;fill:#b59aff}.d{stroke:#e0bd4a;fill:#e0bd4a}
.path{fill:none}}"""
COLOURS = ("a", "b", "c", "d")
HEIGHT_OF_ROW = 40


class Canvas:
    """Elements in the order in which they are drawn; sizes in pixels."""

    def __init__(self, width: int, height: int, title: str, described: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" role="img" aria-labelledby="t d">',
            f'<title id="t">{escape(title)}</title><desc id="d">{escape(described)}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="ground" width="{width}" height="{height}" rx="12"/>',
        ]

    def text(self, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
        self._parts.append(
            f'<text x="{_at(x)}" y="{_at(y)}" class="{kind}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def upright(self, x: float, y: float, words: str) -> None:
        """Read from below, its middle there."""
        place = f"{_at(x)} {_at(y)}"
        self._parts.append(
            f'<text class="small" text-anchor="middle" transform="translate({place}) rotate(-90)">'
            f"{escape(words)}</text>"
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        ends = f'x1="{_at(x1)}" y1="{_at(y1)}" x2="{_at(x2)}" y2="{_at(y2)}"'
        self._parts.append(f'<line {ends} class="{kind}"/>')

    def dot(self, x: float, y: float, kind: str, radius: float = 4) -> None:
        self._parts.append(f'<circle cx="{_at(x)}" cy="{_at(y)}" r="{radius}" class="{kind}"/>')

    def ring(self, x: float, y: float, kind: str) -> None:
        self._parts.append(
            f'<circle cx="{_at(x)}" cy="{_at(y)}" r="9" class="path {kind}" fill="none"/>'
        )

    def path(self, points: Iterable[tuple[float, float]], kind: str) -> None:
        places = " ".join(f"{_at(x)},{_at(y)}" for x, y in points)
        self._parts.append(f'<polyline points="{places}" class="path {kind}"/>')

    def __str__(self) -> str:
        return "\n".join([*self._parts, "</svg>", ""])


class Scale:
    """By factors: from values to pixels between two ends."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        low, high = math.log10(min(values)), math.log10(max(values))
        margin = max((high - low) * 0.06, 0.08)
        self._low, self._high = low - margin, high + margin
        self._begin, self._end = begin, end

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._begin + share * (self._end - self._begin)

    def ticks(self) -> list[float]:
        """Powers of ten; with too few of them, twos and fives between."""
        for steps in ((1,), (1, 3), (1, 2, 5), (1, 1.2, 1.5, 2, 3, 4, 5, 6, 8)):
            found = [
                step * 10.0**power
                for power in range(math.floor(self._low), math.ceil(self._high) + 1)
                for step in steps
                if self._low <= math.log10(step * 10.0**power) <= self._high
            ]
            if len(found) >= 3:
                break
        return found[:: math.ceil(len(found) / 9)]


def named(value: float) -> str:
    """A number at an axis."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.4g}{letter}"
    return f"{value:.3g}" if value >= 0.001 else f"{value:.0e}"


def _at(value: float) -> str:
    return f"{value:.1f}"
