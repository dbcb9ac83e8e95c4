"""The pictures beside a table: its ratios against the plain way, and its curves."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path

from bench.results import Spread, figure
from bench.tables.declared import NOTHING_PROVED, Axes, Seven, Words, in_korean
from bench.tables.found import RATIO, Found
from bench.tables.svg import COLOURS, HEIGHT_OF_ROW, Canvas, Scale, named

WIDTH, LEFT, RIGHT = 760, 330, 736
TOP, BOTTOM = 64, 56
CURVE_HEIGHT = 400
TIMES = Words("times better than the plain way", "단순한 방식보다 몇 배 나은가")


@dataclass(frozen=True, kw_only=True)
class Bar:
    number: str
    what: Words
    value: Spread
    is_unsteady: bool


def write(folder: Path, table: Seven, found: Found) -> list[tuple[str, Words]]:
    """Draw all of a table; the files' names and what each shows."""
    drawn: list[tuple[str, str, Words]] = []
    if bars := _bars(table, found):
        title = Words("Ours against the plain way", "단순한 방식과의 비교")
        drawn.append((f"v1-v2-{table.number}.svg", _draw_bars(bars, title), title))
    for axes in table.curves:
        if series := found.curves.get(axes.curve):
            name = f"v1-v2-{table.number}-{axes.curve.replace(' ', '-')}.svg"
            drawn.append((name, _draw_curves(axes, series), axes.title))
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    for name, picture, _ in drawn:
        (images / name).write_text(picture)
    return [(name, title) for name, _, title in drawn]


def numbered(table: Seven, found: Found) -> list[tuple[str, int, int]]:
    """The number of each line in the order of the page, and where it stands: line and figure."""
    places = [
        (at, nth) for at, line in enumerate(table.lines) for nth in range(len(found.of_line(line)))
    ]
    return [(f"{table.number}.{n}", at, nth) for n, (at, nth) in enumerate(places, 1)]


def _bars(table: Seven, found: Found) -> list[Bar]:
    bars = []
    for number, at, nth in numbered(table, found):
        line = table.lines[at]
        one = found.of_line(line)[nth]
        if one.unit == RATIO and one.value.low > 0:
            words = line.what.fill(one.known, in_korean(one.known))
            bars.append(
                Bar(number=number, what=words, value=one.value, is_unsteady=one.is_unsteady)
            )
    return bars


def _draw_bars(bars: list[Bar], title: Words) -> str:
    height = TOP + HEIGHT_OF_ROW * len(bars) + BOTTOM
    described = "; ".join(
        f"{bar.number} {bar.what.en}: {figure(bar.value.median)}×" for bar in bars
    )
    canvas = Canvas(WIDTH, height, title.en, described)
    canvas.text(24, 34, f"{title.en} · {title.ko}", "title")
    ends = [edge for bar in bars for edge in (bar.value.low, bar.value.high)]
    scale = Scale([1.0, *ends], LEFT, RIGHT - 60)
    _grid(canvas, scale, height - BOTTOM)
    canvas.text((LEFT + RIGHT) / 2, height - 14, f"{TIMES.en} · {TIMES.ko}", "small", "middle")
    for nth, bar in enumerate(bars):
        _draw_bar(canvas, scale, bar, TOP + HEIGHT_OF_ROW * (nth + 0.5))
    return str(canvas)


def _grid(canvas: Canvas, scale: Scale, bottom: float) -> None:
    for tick in scale.ticks():
        canvas.line(scale(tick), TOP - 8, scale(tick), bottom, "line")
        canvas.text(scale(tick), bottom + 18, f"{named(tick)}×", "small", "middle")
    canvas.line(scale(1), TOP - 8, scale(1), bottom, "even")


def _draw_bar(canvas: Canvas, scale: Scale, bar: Bar, y: float) -> None:
    proves = bar.value.low > NOTHING_PROVED or bar.value.high < 1 / NOTHING_PROVED
    kind = ("a" if bar.value.median > 1 else "b") if proves else "null"
    canvas.text(24, y - 3, f"{bar.number}  {_short(bar.what.en)}")
    canvas.text(24, y + 13, _short(bar.what.ko), "small")
    canvas.line(scale(bar.value.low), y, scale(bar.value.high), y, f"thin {kind}")
    for edge in (bar.value.low, bar.value.high):
        canvas.line(scale(edge), y - 5, scale(edge), y + 5, f"thin {kind}")
    canvas.dot(scale(bar.value.median), y, kind)
    said = f"{figure(bar.value.median)}×" + (" ~" if bar.is_unsteady else "")
    canvas.text(scale(bar.value.high) + 8, y + 4, said, "small")


def _short(words: str, most: int = 44) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


# -- curves ----------------------------------------------------------------------------------------


def _draw_curves(axes: Axes, series: dict[str, list[tuple[float, list[float]]]]) -> str:
    bottom = CURVE_HEIGHT - BOTTOM
    canvas = Canvas(WIDTH, CURVE_HEIGHT, axes.title.en, _described(axes, series))
    canvas.text(24, 34, f"{axes.title.en} · {axes.title.ko}", "title")
    every = [point for points in series.values() for point in points]
    across = Scale([x for x, _ in every], 80, 560)
    up = Scale([y for _, rounds in every for y in rounds], bottom, TOP)
    _axes(canvas, across, up, axes, bottom)
    levels: list[float] = []
    for (name, points), kind in zip(series.items(), COLOURS, strict=False):
        words = axes.series.get(name, Words(name, name))
        _draw_series(canvas, across, up, points, kind, marks_least=axes.marks_least)
        level = up(statistics.median(points[-1][1])) + 4
        while any(abs(level - other) < 32 for other in levels):
            level += 4
        levels.append(level)
        canvas.text(574, level - 5, words.en, kind)
        canvas.text(574, level + 10, words.ko, "small")
    return str(canvas)


def _axes(canvas: Canvas, across: Scale, up: Scale, axes: Axes, bottom: float) -> None:
    for tick in across.ticks():
        canvas.line(across(tick), TOP, across(tick), bottom, "line")
        canvas.text(across(tick), bottom + 18, named(tick), "small", "middle")
    for tick in up.ticks():
        canvas.line(80, up(tick), 560, up(tick), "line")
        canvas.text(74, up(tick) + 4, named(tick), "small", "end")
    canvas.text(320, CURVE_HEIGHT - 14, f"{axes.x.en} · {axes.x.ko}", "small", "middle")
    canvas.upright(22, (TOP + bottom) / 2, f"{axes.y.en} · {axes.y.ko}")


def _draw_series(
    canvas: Canvas,
    across: Scale,
    up: Scale,
    points: list[tuple[float, list[float]]],
    kind: str,
    *,
    marks_least: bool,
) -> None:
    middle = [(x, statistics.median(rounds)) for x, rounds in points]
    canvas.path([(across(x), up(y)) for x, y in middle], kind)
    for x, rounds in points:
        canvas.line(across(x), up(min(rounds)), across(x), up(max(rounds)), f"thin {kind}")
        canvas.dot(across(x), up(statistics.median(rounds)), kind, 3)
    if marks_least:
        x, y = min(middle, key=lambda point: point[1])
        canvas.ring(across(x), up(y), kind)


def _described(axes: Axes, series: dict[str, list[tuple[float, list[float]]]]) -> str:
    said = [
        f"{name}: " + ", ".join(f"{named(x)} → {figure(statistics.median(r))}" for x, r in points)
        for name, points in series.items()
    ]
    return f"{axes.x.en}, {axes.y.en}. " + "; ".join(said)
