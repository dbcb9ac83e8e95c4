"""Cut stems: bent twigs that carry leaves, blossom or cotton, and their shadow on the wall."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from pigeon.demo.canvas import Canvas, Point, shifted, soften
from pigeon.demo.palettes import mix, rgb

Colour = tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class _Bearing:
    """A place on a twig: where, which way it grows, how far along (0 to 1)."""

    x: float
    y: float
    angle: float
    share: float


def draw_stems(canvas: Canvas, mouth: Point, *, kind: str) -> None:
    """Stems fanning out of `mouth`; `kind` is eucalyptus, blossom or cotton."""
    layer = Image.new("RGBA", (canvas.width * 2, canvas.height * 2), (0, 0, 0, 0))
    brush = ImageDraw.Draw(layer)
    count = int(canvas.rng.integers(4, 7))
    for index in range(count):
        fan = (index / (count - 1) - 0.5) * 1.5 + float(canvas.rng.normal(0, 0.1))
        length = canvas.uniform(0.36, 0.56) * canvas.unit * (1 - 0.22 * abs(fan))
        start = (mouth[0] * canvas.width, mouth[1] * canvas.height)
        _draw_twig(canvas, brush, start, fan=fan, length=length, kind=kind)
    pixels = np.asarray(layer.reduce(2), dtype=np.float32) * np.float32(1 / 255)
    cover = pixels[..., 3]
    shift = (int(0.035 * canvas.unit), int(0.075 * canvas.unit))
    shadow = shifted(soften(cover, 0.011 * canvas.unit), down=shift[0], right=shift[1])
    canvas.multiply(1 - shadow * np.float32(0.26))
    canvas.blend(pixels[..., :3], cover)


def _draw_twig(
    canvas: Canvas,
    brush: ImageDraw.ImageDraw,
    start: Point,
    *,
    fan: float,
    length: float,
    kind: str,
) -> None:
    bearings = _grow(canvas, start, fan=fan, length=length)
    bark = _tint(canvas, canvas.palette.accents[2], 0.55 if kind != "eucalyptus" else 0.2)
    for first, second in pairwise(bearings):
        thick = max(2, int(0.009 * canvas.unit * (1.1 - first.share)))
        brush.line((2 * first.x, 2 * first.y, 2 * second.x, 2 * second.y), fill=bark, width=thick)
    for index, bearing in enumerate(bearings[6:]):
        if kind == "eucalyptus" and index % 2 == 0:
            _draw_leaf_pair(canvas, brush, bearing)
        if kind == "blossom" and canvas.rng.random() < 0.55:
            _draw_blossom(canvas, brush, bearing)
        if kind == "cotton" and index % 6 == 2:
            _draw_boll(canvas, brush, bearing)


def _grow(canvas: Canvas, start: Point, *, fan: float, length: float) -> list[_Bearing]:
    """Thirty steps that lean outward and sag a little at the end."""
    x, y = start
    bearings: list[_Bearing] = []
    wiggle = 0.0
    for step in range(31):
        share = step / 30
        wiggle += float(canvas.rng.normal(0, 0.035))
        angle = fan * (0.35 + 0.75 * share) + wiggle
        bearings.append(_Bearing(x=x, y=y, angle=angle, share=share))
        x += math.sin(angle) * length / 30
        y -= math.cos(angle) * length / 30
    return bearings


def _tint(canvas: Canvas, code: str, dark: float) -> Colour:
    red, green, blue = (round(float(v) * 255) for v in mix(code, canvas.palette.near, dark))
    return red, green, blue, 255


def _draw_leaf_pair(canvas: Canvas, brush: ImageDraw.ImageDraw, bearing: _Bearing) -> None:
    for side in (-1, 1):
        size = canvas.uniform(0.026, 0.038) * canvas.unit * (1.15 - 0.55 * bearing.share)
        angle = bearing.angle + side * canvas.uniform(0.7, 1.25)
        turn = canvas.uniform(0.35, 0.95)
        code = canvas.palette.accents[0] if canvas.rng.random() < 0.6 else canvas.palette.accents[2]
        dark = 0.12 + (0.2 if side > 0 else 0.0) + canvas.uniform(0, 0.14)
        _draw_leaf(brush, (bearing.x, bearing.y), angle, size, turn, _tint(canvas, code, dark))


def _draw_leaf(
    brush: ImageDraw.ImageDraw, at: Point, angle: float, size: float, turn: float, fill: Colour
) -> None:
    """A round leaf on a short stalk; `turn` is how much of its face is shown."""
    along, across = (math.sin(angle), -math.cos(angle)), (math.cos(angle), math.sin(angle))
    outline: list[Point] = []
    for t in np.linspace(0, 2 * math.pi, 28):
        u = size * (1.15 - math.cos(t))
        v = size * 0.9 * turn * math.sin(t)
        outline.append(
            (
                2 * (at[0] + along[0] * u + across[0] * v),
                2 * (at[1] + along[1] * u + across[1] * v),
            )
        )
    brush.polygon(outline, fill=fill)
    red, green, blue, _ = fill
    lit = (min(255, red + 22), min(255, green + 22), min(255, blue + 18), 255)
    brush.polygon([*outline[:15]], fill=lit)


def _draw_blossom(canvas: Canvas, brush: ImageDraw.ImageDraw, bearing: _Bearing) -> None:
    """Five round petals and a warm heart; buds near the tip."""
    size = canvas.uniform(0.01, 0.0175) * canvas.unit * (1.25 - 0.6 * bearing.share)
    x = 2 * bearing.x + float(canvas.rng.normal(0, 0.014)) * canvas.unit
    y = 2 * bearing.y + float(canvas.rng.normal(0, 0.014)) * canvas.unit
    turn, squash = canvas.uniform(0, 6.28), canvas.uniform(0.6, 1.0)
    for k in range(5):
        angle = turn + k * 2 * math.pi / 5
        cx, cy = x + math.cos(angle) * size * 1.5, y + math.sin(angle) * size * 1.5 * squash
        pale = mix(canvas.palette.accents[1], canvas.palette.light, canvas.uniform(0.05, 0.65))
        shade = 0.93 if math.sin(angle) > 0.2 else 1.0
        red, green, blue = (round(float(v) * 255 * shade) for v in pale)
        r = size * 1.35
        brush.ellipse((cx - r, cy - r * squash, cx + r, cy + r * squash), (red, green, blue, 255))
    r = size * 0.6
    brush.ellipse((x - r, y - r, x + r, y + r), _tint(canvas, canvas.palette.accents[4], 0.15))


def _draw_boll(canvas: Canvas, brush: ImageDraw.ImageDraw, bearing: _Bearing) -> None:
    """Cotton: a brown cup and four soft lobes."""
    size = canvas.uniform(0.03, 0.042) * canvas.unit
    x, y = 2 * bearing.x, 2 * bearing.y
    cup = _tint(canvas, "#7a5a3e", 0.25)
    for k in (-1, 0, 1):
        tip = (x + k * size * 1.5, y + size * 0.2)
        brush.polygon([(x - size * 0.4, y + size), tip, (x + size * 0.4, y + size)], fill=cup)
    for dx, dy, share in ((-0.62, -0.1, 1), (0.62, -0.1, 0.97), (0, -0.7, 1.0), (0, 0.05, 1.02)):
        colour = rgb("#f7f2e8") * (share - (0.07 if dx > 0 else 0.0))
        red, green, blue = (min(255, round(float(v) * 255)) for v in colour)
        r = size * 0.82
        cx, cy = x + dx * size, y + dy * size
        brush.ellipse((cx - r, cy - r, cx + r, cy + r), (red, green, blue, 255))
