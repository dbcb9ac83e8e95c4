"""Sunlight cut by blinds and windows, on a plain wall."""

import math
from collections.abc import Callable

import numpy as np
from PIL import ImageDraw

from pigeon.demo.canvas import Canvas, Point, soften
from pigeon.demo.details import Features
from pigeon.demo.noise import Plane, line, smoothstep
from pigeon.demo.palettes import mix, rgb
from pigeon.demo.papercuts import Outline, fern, painter
from pigeon.demo.vessels import BOTTLE, JUG, draw_vessel


def draw_light_on_wall(canvas: Canvas, features: Features) -> None:
    """Late sun through slats on a plain wall; what stands in the way is only a shadow."""
    palette = canvas.palette
    canvas.fill(palette.sky)
    plaster = canvas.noise(cells=(4, 4), octaves=7, coarse=2)
    canvas.multiply(0.86 + plaster * np.float32(0.014))
    cool = mix(palette.near, palette.accents[0], 0.5)
    slant = canvas.across / canvas.width * 0.6 + canvas.down / canvas.height * 0.5
    canvas.blend(cool, np.asarray(0.3 * slant + 0.08, dtype=np.float32))
    sun = _slats(canvas, whole="arch" in features)
    if "plant" in features:
        sun *= 1 - _leaf_shadow(canvas)
    if "curtain" in features:
        folds = smoothstep(-0.6, 0.7, line(canvas.rng, canvas.width, cells=9, octaves=2))
        sun *= 0.35 + 0.65 * folds[None, :]
    fade = np.asarray(1.15 - 0.5 * slant, dtype=np.float32)
    canvas.screen(
        mix(palette.light, palette.sky[2], 0.25), np.clip(sun * fade, 0, 1) * np.float32(0.78)
    )
    canvas.focus = (0.5, 0.5)
    if "vase" in features:
        _draw_ledge(canvas)


def _slats(canvas: Canvas, *, whole: bool) -> Plane:
    """The bright patch; blurrier away from the window, as half-shadows are."""
    x, y = canvas.uniform(0.14, 0.3), canvas.uniform(0.06, 0.16)
    wide, tall = canvas.uniform(0.5, 0.62), canvas.uniform(0.72, 0.85)
    lean, tilt = canvas.uniform(-0.22, 0.22), canvas.uniform(0.12, 0.34)
    bars = int(canvas.rng.integers(11, 17))

    def place(a: float, b: float, scale: float) -> Point:
        px = (x + wide * a + lean * (b - 0.5)) * canvas.width
        py = (y + tall * b) * canvas.height + (a - 0.5) * tilt * canvas.unit
        return px * scale, py * scale

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        if whole:
            _draw_arch(brush, lambda a, b: place(a, b, scale))
            return
        for k in range(bars):
            high, low = (k + 0.2) / bars, (k + 0.78) / bars
            for left, right in ((0.0, 0.485), (0.515, 1.0)):
                corners = ((left, high), (right, high), (right, low), (left, low))
                brush.polygon([place(a, b, scale) for a, b in corners], fill=255)

    sharp = canvas.silhouette(draw)
    near, far = soften(sharp, 0.0022 * canvas.unit), soften(sharp, 0.012 * canvas.unit)
    share = np.clip(canvas.across / canvas.width * 0.9 + 0.1, 0, 1)
    return np.asarray(near + (far - near) * share, dtype=np.float32)


def _draw_arch(brush: ImageDraw.ImageDraw, place: Callable[[float, float], Point]) -> None:
    """A tall round-headed window with glazing bars."""
    turns = np.linspace(math.pi, 2 * math.pi, 40)
    head = [place(0.5 + 0.5 * math.cos(t), 0.34 + 0.34 * math.sin(t)) for t in turns]
    brush.polygon([place(0, 1), *head, place(1, 1)], fill=255)
    for a in (0.33, 0.67):
        bar = [place(a - 0.012, 0), place(a + 0.012, 0), place(a + 0.012, 1), place(a - 0.012, 1)]
        brush.polygon(bar, fill=0)
    for b in (0.34, 0.56, 0.78):
        bar = [place(0, b - 0.009), place(1, b - 0.009), place(1, b + 0.009), place(0, b + 0.009)]
        brush.polygon(bar, fill=0)


def _leaf_shadow(canvas: Canvas) -> Plane:
    """Palm and sprig shadows that reach in from one lower corner."""
    side = 1 if canvas.rng.random() < 0.5 else -1
    corner = (canvas.width * (0.5 - side * canvas.uniform(0.18, 0.42)), canvas.height * 1.02)
    outlines: list[Outline] = []
    for _ in range(5):
        angle = -math.pi / 2 + side * canvas.uniform(-0.25, 0.75)
        size = canvas.uniform(0.42, 0.72) * canvas.unit
        outlines += fern(corner, angle, size, bend=side * canvas.uniform(0.2, 0.9))
    shadow = canvas.silhouette(painter(outlines))
    return soften(shadow, 0.005 * canvas.unit) * np.float32(0.88)


def _draw_ledge(canvas: Canvas) -> None:
    """A shelf across the foot of the picture, with a bottle and a jug in the sun."""
    palette, top = canvas.palette, int(0.86 * canvas.height)
    rows = canvas.height - top
    edge = np.clip((canvas.down[top:] - top) / 2, 0, 1) + 0 * canvas.across
    canvas.blend(mix(palette.sky[0], palette.near, 0.3), edge.astype(np.float32), top=top)
    sheen = np.linspace(0.22, 0.02, rows, dtype=np.float32)[:, None]
    canvas.screen(rgb(palette.light), np.broadcast_to(sheen, edge.shape), top=top)
    middle, ratio = canvas.uniform(0.36, 0.6), canvas.unit / canvas.width
    draw_vessel(
        canvas, BOTTLE, (middle + 0.2 * ratio, 0.9), size=0.15, code=palette.accents[1], gloss=0.5
    )
    jug = (middle, 0.93)
    draw_vessel(canvas, JUG, jug, size=0.13, code=palette.accents[0], inside=palette.near)
    canvas.focus = (middle, 0.75)
