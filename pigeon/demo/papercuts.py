"""Cut paper in layers."""

import math

import numpy as np
from PIL import ImageDraw

from pigeon.demo.canvas import Canvas, Point, shifted, soften
from pigeon.demo.details import Brush, Features
from pigeon.demo.noise import Plane
from pigeon.demo.palettes import gradient, rgb

Outline = list[Point]


def draw_papercut(canvas: Canvas, features: Features) -> None:
    """A hollow of stacked sheets, leaves growing into it from every side."""
    palette = canvas.palette
    canvas.fill(palette.sky)
    centre: Point = (canvas.uniform(0.42, 0.58), canvas.uniform(0.38, 0.5))
    canvas.focus = centre
    canvas.glow(centre, radius=0.5, colour=rgb(palette.light), strength=0.5)
    if "moon" in features or "sun" in features:
        code = palette.accents[3] if "sun" in features else palette.light
        disc = _circle(canvas, centre, canvas.uniform(0.13, 0.18))
        _lay(canvas, canvas.silhouette(painter([disc])), rgb(code), drop=0.01)
    if "birds" in features:
        flock = [_paper_bird(canvas, centre) for _ in range(4)]
        _lay(canvas, canvas.silhouette(painter(flock)), rgb(palette.accents[0]), drop=0.006)
    sheets = 5
    for index in range(sheets):
        near = (index + 1) / sheets
        colours = (
            palette.haze,
            palette.accents[2],
            palette.accents[1],
            palette.accents[4],
            palette.near,
        )
        mask = _sheet(canvas, features, centre, near=near)
        _lay(canvas, mask, gradient(colours, 0.9 * near), drop=0.008 + 0.012 * near)
    if "berries" in features:
        dots = [
            _circle(canvas, _rim(canvas, centre), canvas.uniform(0.008, 0.014)) for _ in range(26)
        ]
        _lay(canvas, canvas.silhouette(painter(dots)), rgb(palette.accents[0]), drop=0.005)


def _lay(canvas: Canvas, mask: Plane, colour: Plane, *, drop: float) -> None:
    """Puts a sheet down: its shadow first, then the paper, its cut edge catching the light."""
    step = max(2, int(drop * canvas.unit))
    shadow = shifted(soften(mask, 1.3 * step), down=step, right=step // 2)
    canvas.multiply(1 - shadow * np.float32(0.36))
    canvas.blend(colour, mask)
    fibre = canvas.noise(cells=(60, 60), octaves=3, coarse=2)
    canvas.multiply(1 + fibre * mask * np.float32(0.016))
    edge = np.clip(mask - shifted(mask, down=2, right=2), 0, 1)
    canvas.screen(rgb(canvas.palette.light), edge * np.float32(0.28))


def painter(outlines: list[Outline]) -> Brush:
    """Fills every outline."""

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        for outline in outlines:
            brush.polygon([(scale * x, scale * y) for x, y in outline], fill=255)

    return draw


def _sheet(canvas: Canvas, features: Features, centre: Point, *, near: float) -> Plane:
    """One sheet with an organic hole, and the leaves that grow from the hole's rim inward."""
    hole = _hole(canvas, centre, radius=0.25 + 0.33 * near)
    leaves: list[Outline] = []
    count = int(16 - 7 * near)
    for index in range(count):
        if canvas.rng.random() < 0.25:
            continue
        root = hole[int((index + canvas.uniform(0, 0.6)) / count * len(hole)) % len(hole)]
        inward = math.atan2(centre[1] * canvas.height - root[1], centre[0] * canvas.width - root[0])
        angle = inward + float(canvas.rng.normal(0, 0.45))
        leaves += _plant(canvas, features, root, angle, size=(0.11 + 0.11 * near) * canvas.unit)

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        size = (0, 0, canvas.width * scale, canvas.height * scale)
        brush.rectangle(size, fill=255)
        brush.polygon([(scale * x, scale * y) for x, y in hole], fill=0)
        for outline in leaves:
            brush.polygon([(scale * x, scale * y) for x, y in outline], fill=255)

    return canvas.silhouette(draw)


def _hole(canvas: Canvas, centre: Point, *, radius: float) -> Outline:
    waves = [
        (k, canvas.uniform(0, 6.28), canvas.uniform(0.2, 1.0) * 0.13 / k) for k in (2, 3, 4, 5)
    ]
    stretch_x = (canvas.width / canvas.unit) ** 0.9
    stretch_y = (canvas.height / canvas.unit) ** 0.9
    outline: Outline = []
    for t in np.linspace(0, 2 * math.pi, 240):
        swell = 1 + sum(size * math.sin(k * t + phase) for k, phase, size in waves)
        r = radius * canvas.unit * swell
        x = centre[0] * canvas.width + r * math.cos(t) * stretch_x
        y = centre[1] * canvas.height + r * math.sin(t) * stretch_y
        outline.append((x, y))
    return outline


def _plant(
    canvas: Canvas, features: Features, root: Point, angle: float, *, size: float
) -> list[Outline]:
    if "fern" in features:
        return fern(root, angle, size * canvas.uniform(0.9, 1.4), bend=canvas.uniform(-0.7, 0.7))
    if "palm" in features:
        return _palm(root, angle, size * canvas.uniform(0.8, 1.2))
    return _sprig(root, angle, size * canvas.uniform(0.8, 1.25), bend=canvas.uniform(-0.6, 0.6))


def _leaf(root: Point, angle: float, length: float, width: float) -> Outline:
    """A pointed oval from its root to its tip."""
    outline: Outline = []
    for side in (1, -1):
        for t in np.linspace(0, 1, 16)[::side]:
            bulge = side * width * math.sin(math.pi * t**0.8) * (1 - 0.15 * t)
            x = root[0] + math.cos(angle) * length * t - math.sin(angle) * bulge
            y = root[1] + math.sin(angle) * length * t + math.cos(angle) * bulge
            outline.append((x, y))
    return outline


def _spine(
    root: Point, angle: float, size: float, bend: float, steps: int
) -> list[tuple[float, ...]]:
    x, y = root[0] - math.cos(angle) * size * 0.12, root[1] - math.sin(angle) * size * 0.12
    points: list[tuple[float, ...]] = []
    for step in range(steps + 1):
        share = step / steps
        turn = angle + bend * share
        points.append((x, y, turn, share))
        x += math.cos(turn) * size * 1.12 / steps
        y += math.sin(turn) * size * 1.12 / steps
    return points


def _stalk(points: list[tuple[float, ...]], thick: float) -> Outline:
    upper = [
        (x - math.sin(a) * thick * (1.05 - s), y + math.cos(a) * thick * (1.05 - s))
        for x, y, a, s in points
    ]
    lower = [
        (x + math.sin(a) * thick * (1.05 - s), y - math.cos(a) * thick * (1.05 - s))
        for x, y, a, s in points
    ]
    return upper + lower[::-1]


def _sprig(root: Point, angle: float, size: float, *, bend: float) -> list[Outline]:
    points = _spine(root, angle, size, bend, 6)
    leaves = [_stalk(points, size * 0.018)]
    for x, y, turn, share in points[1:]:
        length = size * (0.46 - 0.2 * share)
        sides = (0.85, -0.85) if share < 0.99 else (0.0,)
        leaves += [_leaf((x, y), turn + side, length, length * 0.24) for side in sides]
    return leaves


def fern(root: Point, angle: float, size: float, *, bend: float) -> list[Outline]:
    """A frond with its leaflets; `bend` curls it, in radians from root to tip."""
    points = _spine(root, angle, size, bend, 18)
    leaves = [_stalk(points, size * 0.014)]
    for x, y, turn, share in points[2:]:
        length = size * 0.36 * math.sin(math.pi * (0.16 + 0.8 * share)) + size * 0.03
        leaves += [_leaf((x, y), turn + side, length, size * 0.022) for side in (1.05, -1.05)]
    return leaves


def _palm(root: Point, angle: float, size: float) -> list[Outline]:
    points = _spine(root, angle, size * 0.55, 0.0, 5)
    x, y = points[-1][:2]
    fingers = [
        _leaf((x, y), angle + side, size * (0.85 - 0.16 * abs(side)), size * 0.06)
        for side in np.linspace(-1.9, 1.9, 11)
    ]
    return [_stalk(points, size * 0.02), *fingers]


def _circle(canvas: Canvas, at: Point, radius: float) -> Outline:
    r, x, y = radius * canvas.unit, at[0] * canvas.width, at[1] * canvas.height
    turns = np.linspace(0, 2 * math.pi, 120)
    return [(x + r * math.cos(t), y + r * math.sin(t)) for t in turns]


def _rim(canvas: Canvas, centre: Point) -> Point:
    """Somewhere around the hollow."""
    turn, reach = canvas.uniform(0, 6.28), canvas.uniform(0.3, 0.52)
    return centre[0] + math.cos(turn) * reach, centre[1] + math.sin(turn) * reach


def _paper_bird(canvas: Canvas, centre: Point) -> Outline:
    """A swallow of one cut: two swept wings, a forked tail."""
    size, turn = canvas.uniform(0.035, 0.06) * canvas.unit, canvas.uniform(-0.5, 0.3)
    x = (centre[0] + canvas.uniform(-0.14, 0.14)) * canvas.width
    y = (centre[1] + canvas.uniform(-0.1, 0.1)) * canvas.height
    shape = (
        (1, -0.1),
        (0.55, 0.06),
        (0.2, 0.08),
        (-0.5, 0.85),
        (-0.15, 0.16),
        (-0.6, 0.2),
        (-1.1, 0.42),
        (-0.75, 0.12),
        (-1.15, 0.0),
        (-0.5, 0.02),
        (-0.1, -0.08),
        (-0.35, -0.8),
        (0.3, -0.1),
        (0.6, -0.16),
    )
    cos, sin = math.cos(turn), math.sin(turn)
    return [(x + size * (a * cos - b * sin), y + size * (a * sin + b * cos)) for a, b in shape]
