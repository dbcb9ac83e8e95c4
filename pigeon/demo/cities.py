"""The city at dusk."""

from dataclasses import dataclass

import numpy as np
from PIL import ImageDraw

from pigeon.demo.canvas import Canvas, Point
from pigeon.demo.details import Features, draw_light, draw_mist, draw_ridge, draw_veil, ridge
from pigeon.demo.landscapes import draw_reflection
from pigeon.demo.noise import Plane
from pigeon.demo.palettes import mix, rgb


@dataclass(frozen=True, kw_only=True)
class _Block:
    left: int
    right: int
    top: int


def draw_city(canvas: Canvas, features: Features) -> None:
    """Roofs in three depths; windows come on as one looks nearer."""
    street = canvas.uniform(0.66, 0.72) if "river" in features else 1.02
    roofs = canvas.uniform(0.44, 0.54)
    light: Point = (canvas.uniform(0.2, 0.8), roofs - canvas.uniform(0.14, 0.24))
    canvas.fill(canvas.palette.sky, until=min(street, 0.8))
    draw_veil(canvas, strength=0.4, until=roofs)
    draw_light(canvas, features, light)
    hills = ridge(canvas, base=roofs + 0.03, height=0.06, cells=2.5, ridged=0.4)
    draw_ridge(canvas, hills, near=0.22, mist=0.8)
    if "tower" in features:
        column = int(canvas.uniform(0.3, 0.7) * canvas.width)
        _draw_tower(canvas, (column / canvas.width, float(hills[column]) / canvas.height))
    for index, near in enumerate((0.34, 0.6, 0.95)):
        _draw_blocks(canvas, near=near, roofs=roofs + 0.06 + 0.1 * index, street=street)
        draw_mist(canvas, at=min(street, 0.95), thickness=0.07, strength=0.4 - 0.3 * near)
    if "river" in features:
        draw_reflection(canvas, top=int(street * canvas.height), calm=0.6)
    if "bridge" in features:
        _draw_bridge(canvas, street)


def _draw_tower(canvas: Canvas, at: Point) -> None:
    """The tower on the hill: a slim mast, a lit lookout, a needle."""
    size = 0.2 * canvas.unit
    x, y = at[0] * canvas.width, at[1] * canvas.height
    canvas.focus = (at[0], at[1] - 0.6 * size / canvas.height)
    half = (
        (0.05, -0.1),
        (0.034, 0.3),
        (0.034, 0.44),
        (0.1, 0.49),
        (0.11, 0.55),
        (0.085, 0.6),
        (0.05, 0.62),
        (0.03, 0.68),
        (0.014, 0.7),
        (0.012, 0.84),
        (0.004, 0.86),
        (0.003, 1.12),
    )

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        sides = [*half, *((-a, b) for a, b in reversed(half))]
        brush.polygon([(scale * (x + size * a), scale * (y - size * b)) for a, b in sides], 255)

    canvas.blend(mix(canvas.palette.haze, canvas.palette.near, 0.62), canvas.silhouette(draw))
    for height, reach in ((0.53, 0.1), (0.575, 0.09)):
        canvas.blend(
            rgb(canvas.palette.accents[3]),
            _bar(canvas, x - reach * size, y - height * size, 2 * reach * size, 0.014 * size),
        )
    lamp = (at[0], at[1] - 0.55 * size / canvas.height)
    canvas.glow(lamp, radius=0.05, colour=rgb(canvas.palette.accents[0]), strength=0.6)


def _bar(canvas: Canvas, left: float, top: float, width: float, height: float) -> Plane:
    x = np.clip(canvas.across - left, 0, 1) * np.clip(left + width - canvas.across, 0, 1)
    y = np.clip(canvas.down - top, 0, 1) * np.clip(top + height - canvas.down, 0, 1)
    return np.asarray(x * y, dtype=np.float32)


def _draw_blocks(canvas: Canvas, *, near: float, roofs: float, street: float) -> None:
    bottom = min(canvas.height, int(street * canvas.height))
    blocks = _plan_blocks(canvas, near=near, roofs=roofs, bottom=bottom)
    colour = mix(canvas.palette.haze, canvas.palette.near, near)
    foot = mix(canvas.palette.haze, canvas.palette.near, near * 0.72)
    for block in blocks:
        rows = bottom - block.top
        if rows < 4:
            continue
        share = np.linspace(0, 1, rows, dtype=np.float32)[:, None] ** 1.5
        tint = float(canvas.rng.uniform(-0.012, 0.02))
        face = colour + (foot - colour) * share + tint
        wall = np.ones((rows, block.right - block.left), dtype=np.float32)
        canvas.blend(face.astype(np.float32), wall, top=block.top, left=block.left)
        if canvas.rng.random() < 0.5:
            _draw_roof(canvas, block, colour)
        _draw_windows(canvas, block, near=near, bottom=bottom)


def _plan_blocks(canvas: Canvas, *, near: float, roofs: float, bottom: int) -> list[_Block]:
    blocks: list[_Block] = []
    left = -int(canvas.uniform(0, 0.05) * canvas.width)
    while left < canvas.width:
        width = int(canvas.uniform(0.035, 0.1) * canvas.unit * (0.7 + near))
        height = canvas.uniform(-0.05, 0.075) * (1.7 if canvas.rng.random() < 0.16 else 1)
        top = int((roofs - height) * canvas.height)
        right = min(canvas.width, left + width)
        if right - max(0, left) > 3 and top < bottom:
            blocks.append(_Block(left=max(0, left), right=right, top=top))
        gap = canvas.rng.random() < 0.3
        left += width + (int(0.012 * canvas.unit) if gap else 0)
    return blocks


def _draw_roof(canvas: Canvas, block: _Block, colour: Plane) -> None:
    """A lift house, sometimes with an aerial."""
    width = block.right - block.left
    inset = int(width * canvas.uniform(0.2, 0.45))
    rise = int(canvas.uniform(0.008, 0.02) * canvas.unit)
    house = np.ones((rise, max(2, width - 2 * inset)), dtype=np.float32)
    canvas.blend(
        colour,
        house[:, : block.right - block.left - inset],
        top=block.top - rise,
        left=block.left + inset,
    )
    if canvas.rng.random() < 0.35:
        mast = np.full((int(0.035 * canvas.unit), 2), 0.8, dtype=np.float32)
        canvas.blend(colour, mast, top=block.top - mast.shape[0], left=block.left + width // 2)


def _draw_windows(canvas: Canvas, block: _Block, *, near: float, bottom: int) -> None:
    """A grid of panes, some lit; each household likes its own lamp."""
    rng = canvas.rng
    pane = max(2, int((0.0028 + 0.0052 * near) * canvas.unit))
    step_x, step_y = int(pane * rng.uniform(2.0, 2.6)), int(pane * rng.uniform(2.1, 2.9))
    columns = (block.right - block.left - pane) // step_x
    rows = (bottom - block.top - 2 * pane) // step_y
    if columns < 1 or rows < 1:
        return
    lit = rng.random((rows, columns)) < rng.uniform(0.08, 0.42)
    warmth = rng.choice(4, (rows, columns), p=(0.55, 0.04, 0.05, 0.36))
    power = rng.uniform(0.3, 1.0, (rows, columns)) * (0.45 + 0.5 * near) * lit
    cell = np.zeros((step_y, step_x), dtype=np.float32)
    cell[step_y - int(pane * 1.3) :, step_x - pane :] = 1
    cell[-1] *= np.float32(0.5)
    shine = np.kron(power.astype(np.float32), cell)
    tints = np.stack([rgb(code) for code in canvas.palette.accents[:4]])[warmth]
    colour = np.stack([np.kron(tints[..., k], np.ones_like(cell)) for k in range(3)], axis=-1)
    width = min(shine.shape[1], canvas.width - block.left)
    height = min(shine.shape[0], canvas.height - block.top - pane)
    canvas.blend(
        colour[:height, :width].astype(np.float32),
        shine[:height, :width],
        top=block.top + pane,
        left=block.left,
    )


def _draw_bridge(canvas: Canvas, street: float) -> None:
    """A cable-stayed span across the foreground water, lamps along its deck."""
    deck = (street + 0.075) * canvas.height
    sag = 0.02 * canvas.height
    pylon = canvas.uniform(0.3, 0.7) * canvas.width
    tall = 0.24 * canvas.unit

    def y_at(x: float) -> float:
        return deck - sag * (1 - ((x / canvas.width - 0.5) * 2) ** 2)

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        xs = np.linspace(-5, canvas.width + 5, 60)
        upper = [(scale * x, scale * y_at(x)) for x in xs]
        lower = [(scale * x, scale * (y_at(x) + 0.012 * canvas.unit)) for x in xs[::-1]]
        brush.polygon(upper + lower, fill=255)
        foot, w = y_at(pylon), 0.007 * canvas.unit
        outline = [
            (pylon - w, foot + 0.07 * canvas.height),
            (pylon - w * 0.6, foot - tall),
            (pylon + w * 0.6, foot - tall),
            (pylon + w, foot + 0.07 * canvas.height),
        ]
        brush.polygon([(scale * a, scale * b) for a, b in outline], fill=255)
        for k in range(1, 13):
            for side in (-1, 1):
                end = pylon + side * k * 0.055 * canvas.unit
                top = foot - tall * (0.5 + 0.5 * k / 12)
                ends = (scale * pylon, scale * top, scale * end, scale * y_at(end))
                brush.line(ends, fill=190, width=max(1, int(0.0016 * canvas.unit * scale)))

    canvas.blend(mix(canvas.palette.near, canvas.palette.haze, 0.08), canvas.silhouette(draw))
    lamps = np.linspace(0.02, 0.98, 26)
    for share in lamps:
        y = (y_at(share * canvas.width) - 0.006 * canvas.unit) / canvas.height
        canvas.disc((share, y), radius=0.0022, colour=rgb(canvas.palette.accents[3]), soft=1.5)
