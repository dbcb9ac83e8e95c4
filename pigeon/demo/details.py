"""What several scenes share: sun and moon, pines, birds, ridges, mist."""

import math
from collections.abc import Callable

import numpy as np
from PIL import ImageDraw

from pigeon.demo.canvas import Canvas, Point
from pigeon.demo.noise import Plane, enlarge, field, line, smoothstep
from pigeon.demo.palettes import mix, rgb

Features = frozenset[str]
Brush = Callable[[ImageDraw.ImageDraw, float], None]


def draw_light(canvas: Canvas, features: Features, at: Point, *, radius: float = 0.045) -> None:
    """The sun, a full moon or a crescent with its glow, where the picture has one."""
    light = rgb(canvas.palette.light)
    if "sun" in features:
        warm = mix(canvas.palette.light, canvas.palette.sky[-2], 0.35)
        canvas.glow(at, radius=radius * 5.5, colour=warm, strength=0.62)
        canvas.disc(at, radius=radius, colour=mix(canvas.palette.light, "#ffffff", 0.55), soft=4)
    if "moon" in features:
        canvas.glow(at, radius=radius * 4, colour=light, strength=0.35)
        _draw_moon(canvas, at, radius=radius * 0.9)
    if "crescent" in features:
        canvas.glow(at, radius=radius * 2.4, colour=light, strength=0.3)
        _draw_crescent(canvas, at, radius=radius * 0.75)
    if features & {"sun", "moon", "crescent"}:
        canvas.focus = at


def _draw_moon(canvas: Canvas, at: Point, *, radius: float) -> None:
    pale = mix(canvas.palette.light, "#ffffff", 0.6)
    mask = canvas.disc(at, radius=radius, colour=pale)
    r = mask.shape[0] // 2
    top, left = int(at[1] * canvas.height) - r, int(at[0] * canvas.width) - r
    if top < 0 or left < 0:
        return
    seas = canvas.rng.standard_normal((3, 3)).astype(np.float32)
    shade = 0.06 * smoothstep(-1.5, 1.5, enlarge(seas, mask.shape)) * mask
    room = canvas.pixels[0, top : top + mask.shape[0], left : left + mask.shape[1]].shape
    canvas.multiply(1 - shade[: room[0], : room[1]], top=top, left=left)


def _draw_crescent(canvas: Canvas, at: Point, *, radius: float) -> None:
    r = radius * canvas.unit
    cx, cy = at[0] * canvas.width, at[1] * canvas.height
    outer = np.hypot(canvas.across - cx, canvas.down - cy)
    inner = np.hypot(canvas.across - cx - 0.42 * r, canvas.down - cy + 0.2 * r)
    mask = smoothstep(r + 1.2, r - 1.2, outer) * smoothstep(0.92 * r - 1.5, 0.92 * r + 1.5, inner)
    canvas.blend(mix(canvas.palette.light, "#ffffff", 0.4), mask)


def draw_veil(canvas: Canvas, *, strength: float, until: float = 0.6) -> None:
    """Thin high cloud, lit from the horizon."""
    streaks = smoothstep(0.1, 2.2, canvas.noise(cells=(7, 1.6), octaves=5))
    streaks *= strength * smoothstep(until, until * 0.3, canvas.down / canvas.height)
    canvas.screen(mix(canvas.palette.light, canvas.palette.sky[-2], 0.45), streaks)


def ridge(canvas: Canvas, *, base: float, height: float, cells: float, ridged: float) -> Plane:
    """The y of a skyline in pixels for every column."""
    profile = line(canvas.rng, canvas.width, cells=cells, octaves=8, gain=0.46, ridged=ridged)
    return (base - height * profile) * np.float32(canvas.height)


def draw_ridge(canvas: Canvas, skyline: Plane, *, near: float, mist: float) -> None:
    """One range: its colour by distance (`near` 0 to 1), slopes lit softly, its foot in `mist`."""
    palette = canvas.palette
    top = max(0, int(skyline.min()) - 2)
    if top >= canvas.height - 2:
        return
    rows = canvas.height - top
    y = canvas.down[top:]
    mask = np.clip(y - skyline[None, :] + 0.5, 0, 1)
    depth = np.clip((y[:, 0] - y[0, 0]) / (0.32 * canvas.height), 0, 1)
    body, foot = mix(palette.haze, palette.near, near), mix(palette.haze, palette.near, near * 0.45)
    colour = body + (foot - body) * (depth * mist)[:, None]
    canvas.blend(colour.astype(np.float32), mask, top=top)
    slopes = field(canvas.rng, (rows, canvas.width), cells=(9, 14), octaves=5)
    sheen = smoothstep(0.0, 2.4, slopes) * mask * np.float32(0.05 + 0.07 * near)
    sheen *= (1 - depth * np.float32(0.8))[:, None]
    canvas.screen(mix(palette.haze, palette.light, 0.3), sheen, top=top)


def draw_mist(canvas: Canvas, *, at: float, thickness: float, strength: float) -> None:
    """A drifting bank whose middle lies at `at` of the height."""
    top = max(0, int((at - 2 * thickness) * canvas.height))
    bottom = min(canvas.height, int((at + 2 * thickness) * canvas.height))
    if bottom - top < 8:
        return
    y = canvas.down[top:bottom] / canvas.height - at
    drift = canvas.noise(cells=(5, 2.2), octaves=5)[top:bottom]
    bank = np.exp(-((y / thickness) ** 2)) * smoothstep(-1.4, 1.6, drift) * strength
    canvas.blend(mix(canvas.palette.haze, canvas.palette.light, 0.45), bank, top=top)


def pine(canvas: Canvas, foot: Point, *, height: float) -> Brush:
    """A conifer standing at `foot`, `height` of the short edge tall."""
    rng, tall = canvas.rng, height * canvas.unit
    x, y = foot[0] * canvas.width, foot[1] * canvas.height
    levels = int(rng.integers(13, 19))
    lean, girth = rng.normal(0, 0.012) * tall, rng.uniform(0.15, 0.21)
    left = rng.uniform(0.6, 1.15, levels)
    right = rng.uniform(0.6, 1.15, levels)

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        brush.polygon([(scale * px, scale * py) for px, py in _trunk()], fill=255)
        for k in range(levels):
            share = (k + 1) / levels
            reach = girth * tall * share**0.85
            cy = y - tall * (1 - share * 0.9)
            drop = tall / levels * (1.3 + 0.9 * share)
            tip = (scale * (x + lean * (1 - share)), scale * (cy - drop * 0.9))
            a = (scale * (x - reach * left[k]), scale * (cy + drop * 0.45))
            b = (scale * (x + reach * right[k]), scale * (cy + drop * 0.45))
            middle = (scale * x, scale * (cy + drop * 0.1))
            brush.polygon([tip, a, middle, b], fill=255)

    def _trunk() -> list[Point]:
        half = tall * 0.012
        return [(x - half, y + 3), (x + half, y + 3), (x + lean, y - tall)]

    return draw


def draw_pines(canvas: Canvas, skyline: Plane, *, count: int, height: float, near: float) -> None:
    """A stand of conifers rooted a little below a skyline; thicker in some places."""
    groves = line(canvas.rng, canvas.width, cells=3, octaves=3)
    brushes: list[Brush] = []
    while len(brushes) < count:
        column = int(canvas.rng.integers(0, canvas.width))
        if groves[column] < canvas.rng.uniform(-0.9, 0.5):
            continue
        size = height * float(canvas.rng.uniform(0.45, 1.0)) * (0.8 + 0.3 * float(groves[column]))
        foot = (column / canvas.width, float(skyline[column]) / canvas.height + 0.012)
        brushes.append(pine(canvas, foot, height=size))

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        for paint in brushes:
            paint(brush, scale)

    canvas.blend(mix(canvas.palette.haze, canvas.palette.near, near), canvas.silhouette(draw))


def draw_birds(canvas: Canvas, *, at: Point, count: int, size: float = 0.014) -> None:
    """A loose flock around `at`, wings at every stage of the beat."""
    rng = canvas.rng
    spots = [
        (at[0] + rng.normal(0, 0.075), at[1] + rng.normal(0, 0.035), rng.uniform(0.55, 1.1))
        for _ in range(count)
    ]
    beats = rng.uniform(-0.15, 0.7, count)

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        for (x, y, share), beat in zip(spots, beats, strict=True):
            span = size * canvas.unit * share * scale
            cx, cy = x * canvas.width * scale, y * canvas.height * scale
            brush.polygon(_wings(cx, cy, span, float(beat)), fill=255)

    canvas.blend(mix(canvas.palette.haze, canvas.palette.near, 0.85), canvas.silhouette(draw))


def _wings(cx: float, cy: float, span: float, beat: float) -> list[Point]:
    upper: list[Point] = []
    lower: list[Point] = []
    for t in np.linspace(-1, 1, 21):
        lift = beat * (abs(t) ** 0.7 - 0.9 * abs(t) ** 2.6) * 1.5
        thick = 0.11 * math.exp(-((t * 5) ** 2)) + 0.05 * (1 - abs(t))
        upper.append((cx + t * span, cy - (lift + thick) * span))
        lower.append((cx + t * span, cy - (lift - thick * 0.6) * span))
    return upper + lower[::-1]
