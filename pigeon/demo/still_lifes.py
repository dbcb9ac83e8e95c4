"""Pots, fruit and stems on a table beside a window."""

import numpy as np
from PIL import ImageDraw

from pigeon.demo.canvas import Canvas, Point, shifted, soften
from pigeon.demo.details import Features
from pigeon.demo.noise import field
from pigeon.demo.palettes import gradient, mix, rgb
from pigeon.demo.stems import draw_stems
from pigeon.demo.vessels import (
    BALL,
    BOTTLE,
    BOWL,
    CUP,
    JUG,
    MOON_JAR,
    PEAR,
    Profile,
    draw_vessel,
)

# Form, size, colour, and where each stands: right, nearer, how large.
FRUIT: dict[str, tuple[Profile, float, str, tuple[tuple[float, float, float], ...]]] = {
    "pears": (PEAR, 0.108, "#b9a955", ((0.3, 0.03, 1.0), (0.42, 0.085, 0.92))),
    "persimmons": (
        BALL,
        0.09,
        "#d9722f",
        ((0.29, 0.03, 0.95), (0.44, 0.02, 0.9), (0.36, 0.09, 1.05)),
    ),
}


def draw_room(canvas: Canvas, *, table: float) -> None:
    """Wall and table in the light of a window on the left."""
    palette = canvas.palette
    canvas.fill(palette.sky)
    plaster = canvas.noise(cells=(5, 5), octaves=6, coarse=2)
    canvas.multiply(1 + plaster * np.float32(0.012))
    slant = canvas.across / canvas.width * 0.8 + canvas.down / canvas.height * 0.45
    canvas.multiply(np.asarray(1.05 - 0.2 * slant, dtype=np.float32))
    _draw_window(canvas, table)
    top = int(table * canvas.height)
    rows = canvas.height - top
    board = gradient((_tan(palette.haze), palette.haze), np.linspace(0, 1, rows, dtype=np.float32))
    edge = np.clip((canvas.down[top:] - top) / 3, 0, 1) + 0 * canvas.across
    canvas.blend(board, edge.astype(np.float32), top=top)
    weave = field(canvas.rng, (rows, canvas.width), cells=(46, 5), octaves=4, coarse=2)
    canvas.multiply(1 + weave * np.float32(0.02), top=top)
    canvas.multiply(np.asarray(1.08 - 0.2 * slant[top:], dtype=np.float32), top=top)
    crease = np.exp(-np.abs(canvas.down - top) / (0.012 * canvas.unit)) * np.float32(0.16)
    canvas.multiply(np.broadcast_to(1 - crease, canvas.shape))


def _tan(code: str) -> str:
    """A shade deeper, for the far edge of the table."""
    return "#" + "".join(f"{int(int(code[k : k + 2], 16) * 0.86):02x}" for k in (1, 3, 5))


def _draw_window(canvas: Canvas, table: float) -> None:
    """Four panes of sun thrown on the wall."""
    x, y = canvas.uniform(0.2, 0.55), canvas.uniform(0.06, 0.2)
    wide, tall, lean = canvas.uniform(0.3, 0.42), table - y - 0.1, canvas.uniform(0.1, 0.2)

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        w, h = canvas.width * scale, canvas.height * scale
        for column in range(2):
            for row in range(3):
                left, right = x + wide * (column + 0.04) / 2, x + wide * (column + 0.96) / 2
                high, low = y + tall * (row + 0.03) / 3, y + tall * (row + 0.97) / 3
                corners = [(left, high), (right, high), (right, low), (left, low)]
                brush.polygon([((a + lean * b) * w, (b + 0.16 * a) * h) for a, b in corners], 255)

    sun = canvas.soft_silhouette(draw, blur=0.008) * (canvas.down < table * canvas.height)
    canvas.screen(rgb(canvas.palette.light), sun * np.float32(0.55))


def draw_table(canvas: Canvas, features: Features) -> None:
    """Two to five things that have stood beside each other for years."""
    table = canvas.uniform(0.56, 0.64)
    draw_room(canvas, table=table)
    accents = canvas.palette.accents
    crowded_right = features & {"pears", "persimmons"} and "cup" not in features
    shift = canvas.uniform(-0.04, 0.04) - (0.07 if crowded_right else 0)
    ratio = canvas.unit / canvas.width
    middle: Point = (0.5 + shift, table + 0.17)
    canvas.focus = (middle[0], middle[1] - 0.1)
    if "bottle" in features:
        spot = (middle[0] + 0.24 * ratio, table + 0.07)
        draw_vessel(canvas, BOTTLE, spot, size=0.24, code=accents[4], gloss=0.5)
    if "jug" in features:
        spot = (middle[0] - 0.2 * ratio, table + 0.09)
        draw_vessel(canvas, JUG, spot, size=0.2, code=accents[3], inside=accents[4], gloss=0.25)
    if "bowl" in features:
        spot = (middle[0] + 0.04 * ratio, middle[1])
        draw_vessel(canvas, BOWL, spot, size=0.23, code=accents[1], inside=canvas.palette.near)
    if "cup" in features:
        spot = (middle[0] - 0.32 * ratio, middle[1] + 0.06)
        draw_vessel(canvas, CUP, spot, size=0.12, code=accents[0], inside="#3a2418")
        _draw_steam(canvas, (spot[0], spot[1] - 1.45 * 0.12 * canvas.unit / canvas.height))
    for name, (profile, size, code, places) in FRUIT.items():
        for dx, dy, share in places if name in features else ():
            spot = (middle[0] + dx * ratio, middle[1] + dy)
            _draw_fruit(canvas, profile, spot, size=size * share, code=code)


def _draw_fruit(canvas: Canvas, profile: Profile, foot: Point, *, size: float, code: str) -> None:
    draw_vessel(canvas, profile, foot, size=size, code=code, gloss=0.22)
    tall = max(height for height, _ in profile) * size * canvas.unit
    x, y = foot[0] * canvas.width, foot[1] * canvas.height - tall
    lean = canvas.uniform(-0.2, 0.35) * size * canvas.unit

    def stalk(brush: ImageDraw.ImageDraw, k: float) -> None:
        ends = (k * x, k * (y + 4), k * (x + lean), k * (y - 0.3 * size * canvas.unit))
        brush.line(ends, fill=255, width=int(k * 0.07 * size * canvas.unit) + 1)

    canvas.blend(mix("#4a3a22", canvas.palette.near, 0.4), canvas.silhouette(stalk))


def _draw_steam(canvas: Canvas, at: Point) -> None:
    """Two threads of warm air, all but invisible."""
    x, y = at[0] * canvas.width, at[1] * canvas.height

    def draw(brush: ImageDraw.ImageDraw, k: float) -> None:
        for side in (-1, 1):
            for t in np.linspace(0, 1, 60):
                sway = np.sin(t * 5 + side) * 0.02 * canvas.unit * t
                r = (0.004 + 0.013 * t) * canvas.unit * k
                cx = k * (x + side * 0.012 * canvas.unit + sway)
                cy = k * (y - t * 0.19 * canvas.unit)
                brush.ellipse((cx - r, cy - r, cx + r, cy + r), fill=int(190 * (1 - t) ** 0.8))

    steam = canvas.soft_silhouette(draw, blur=0.011)
    canvas.screen(rgb(canvas.palette.light), steam * np.float32(0.3))


def draw_vase(canvas: Canvas, features: Features) -> None:
    """A pale jar and what was cut for it this morning."""
    table = canvas.uniform(0.7, 0.77)
    draw_room(canvas, table=table)
    middle: Point = (canvas.uniform(0.36, 0.62), table + 0.1)
    tall = "bottle" in features
    size = 0.13 if tall else 0.17
    profile = BOTTLE if tall else MOON_JAR
    height = max(level for level, _ in profile) * size * canvas.unit
    mouth = (middle[0], middle[1] - 0.95 * height / canvas.height)
    canvas.focus = (middle[0], middle[1] - 0.24)
    kinds = features & {"eucalyptus", "blossom", "cotton"}
    draw_stems(canvas, mouth, kind=min(kinds, default="blossom"))
    accents = canvas.palette.accents
    draw_vessel(
        canvas, profile, middle, size=size, code=accents[0] if tall else accents[3], gloss=0.3
    )
    if "petals" in features:
        _draw_fallen(canvas, middle)


def _draw_fallen(canvas: Canvas, foot: Point) -> None:
    rng = canvas.rng
    for _ in range(7):
        x = (foot[0] + float(rng.normal(0.06, 0.14))) * canvas.width
        y = (foot[1] + float(rng.uniform(0.0, 0.09))) * canvas.height
        r = canvas.uniform(0.008, 0.013) * canvas.unit

        def draw(
            brush: ImageDraw.ImageDraw, k: float, x: float = x, y: float = y, r: float = r
        ) -> None:
            brush.ellipse(
                (k * (x - r), k * (y - r * 0.4), k * (x + r), k * (y + r * 0.4)), fill=255
            )

        petal = canvas.silhouette(draw)
        canvas.multiply(1 - shifted(soften(petal, 3), down=2, right=4) * np.float32(0.3))
        canvas.blend(
            mix(canvas.palette.accents[1], canvas.palette.light, canvas.uniform(0, 0.5)), petal
        )
