"""Dunes and meadows."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pigeon.demo.canvas import Canvas, Point
from pigeon.demo.details import Features, draw_birds, draw_light, draw_ridge, draw_veil, ridge
from pigeon.demo.noise import Plane, line, smoothstep
from pigeon.demo.palettes import gradient, mix, rgb


def draw_dunes(canvas: Canvas, features: Features) -> None:
    """Sand in raking light: every crest parts a lit face from a shaded one."""
    first = canvas.uniform(0.36, 0.5)
    side = 1.0 if canvas.rng.random() < 0.5 else -1.0
    light: Point = (0.5 - side * canvas.uniform(0.1, 0.3), first - canvas.uniform(0.08, 0.18))
    canvas.fill(canvas.palette.sky, until=first + 0.04)
    draw_veil(canvas, strength=0.3, until=first)
    draw_light(canvas, features, light, radius=0.05)
    layers = 5
    for index in range(layers):
        near = (index + 0.5) / layers
        base = first + 0.03 + (0.82 - first) * (index / (layers - 1)) ** 1.4
        _draw_dune(canvas, base=base, near=near, side=side)
    canvas.glow(light, radius=0.4, colour=rgb(canvas.palette.light), strength=0.22)
    if "birds" in features:
        draw_birds(canvas, at=(1 - light[0], first * 0.6), count=6)


def _draw_dune(canvas: Canvas, *, base: float, near: float, side: float) -> None:
    width, height = canvas.shape[1], canvas.height
    wide = width / height
    swell = line(canvas.rng, width, cells=(3.2 - 1.6 * near) * wide, octaves=2, gain=0.25)
    crest = (base - (0.05 + 0.09 * near) * swell) * height
    top = max(0, int(crest.min()) - 2)
    y = canvas.down[top:]
    mask = np.clip(y - crest[None, :] + 0.5, 0, 1)
    depth = (y - crest[None, :]) / height
    slope = np.gradient(crest) * side
    facing = np.convolve(slope, np.ones(41) / 41, mode="same").astype(np.float32)
    spine = line(canvas.rng, height, cells=3, octaves=2)[top:, None] * (0.05 + 0.1 * near)
    drift = (side * (0.9 + 0.5 * near) * np.sqrt(np.clip(depth, 0, 1)) + spine) * 0.62 * depth * 6
    columns = np.clip(canvas.across - drift * canvas.unit * 0.55, 0, width - 1).astype(np.int32)
    lit = smoothstep(-0.1, 0.1, facing[columns] + depth * 0.35)
    lit = lit * smoothstep(0.75, -0.05, depth) * (1 - 0.25 * near) + 0.1
    palette = canvas.palette
    bright = gradient((palette.haze, palette.accents[0], palette.accents[0]), near)
    dark = gradient((palette.haze, palette.accents[1], palette.near), near)
    sand = dark + (bright - dark) * np.clip(lit, 0, 1)[..., None]
    canvas.blend(sand.astype(np.float32), mask, top=top)
    ripples = _sand_ripples(canvas, depth, near=near, top=top)
    canvas.screen(rgb(palette.light), ripples * mask * (0.25 + lit) * np.float32(0.2), top=top)
    rim = np.exp(-((depth * height / (1.2 + 2.2 * near)) ** 2)) * mask * lit
    canvas.screen(rgb(palette.light), (rim * 0.4).astype(np.float32), top=top)


def _sand_ripples(canvas: Canvas, depth: Plane, *, near: float, top: int) -> Plane:
    bend = canvas.noise(cells=(4, 4), octaves=3)[top:]
    x = canvas.across / canvas.unit
    phase = x * 24 + (depth * canvas.height / canvas.unit) * (250 - 130 * near) + bend * 5
    strength = smoothstep(-0.6, 1.2, canvas.noise(cells=(5, 5), octaves=2)[top:])
    wave = np.sin(phase).astype(np.float32) * np.float32(0.5) + np.float32(0.5)
    return np.asarray(wave * strength * near**2, dtype=np.float32)


def draw_meadow(canvas: Canvas, features: Features) -> None:
    """Flowers to the horizon; the camera is sharp in the middle of the field."""
    first = canvas.uniform(0.3, 0.46)
    light: Point = (canvas.uniform(0.25, 0.75), first - canvas.uniform(0.05, 0.14))
    canvas.fill(canvas.palette.sky, until=first + 0.03)
    draw_veil(canvas, strength=0.6, until=first)
    draw_light(canvas, features, light)
    for near, base in ((0.22, first), (0.42, first + 0.035)):
        skyline = ridge(canvas, base=base, height=0.035, cells=2.2, ridged=0.1)
        draw_ridge(canvas, skyline, near=near, mist=0.6)
    if "sun" in features:
        canvas.glow(light, radius=0.35, colour=rgb(canvas.palette.light), strength=0.4)
    _draw_grass(canvas, top=first + 0.06)
    bands = 7
    for index in range(bands):
        near = index / (bands - 1)
        _draw_flowers(canvas, features, y=first + 0.07 + (0.98 - first) * near**1.9, near=near)
    if "birds" in features:
        draw_birds(canvas, at=(1 - light[0], first * 0.5), count=6)


def _draw_grass(canvas: Canvas, *, top: float) -> None:
    start = int(top * canvas.height)
    y = canvas.down[start:]
    edge = line(canvas.rng, canvas.width, cells=40, octaves=3) * 0.004 * canvas.height
    mask = np.clip((y - start - 4 - edge[None, :]) / 10, 0, 1)
    palette = canvas.palette
    share = np.linspace(0, 1, canvas.height - start, dtype=np.float32)
    green = gradient((mix_code(palette.haze, palette.near, 0.35), palette.near), share**0.8)
    canvas.blend(green, mask, top=start)
    blades = canvas.noise(cells=(24, 120), octaves=3, coarse=2)[start:]
    canvas.screen(rgb(palette.haze), smoothstep(0.3, 2.4, blades) * mask * 0.22, top=start)
    canvas.multiply(1 - smoothstep(-0.3, -2.4, blades) * mask * np.float32(0.28), top=start)


@lru_cache(maxsize=512)
def mix_code(first: str, second: str, share: float) -> str:
    """The mixed colour as a hex code again."""
    return "#" + "".join(f"{round(float(value) * 255):02x}" for value in mix(first, second, share))


def _draw_flowers(canvas: Canvas, features: Features, *, y: float, near: float) -> None:
    """One band of depth, blurred by its distance from the sharp one."""
    size = (0.0035 + 0.05 * near**2.4) * canvas.unit
    tall = size * (2.2 + 3.2 * near)
    top = int(max(0, y * canvas.height - tall * 1.7 - size * 2))
    bottom = min(canvas.height, int(y * canvas.height + tall))
    if bottom - top < 6:
        return
    layer = Image.new("RGBA", (canvas.width, bottom - top), _rgba(canvas.palette.near, 0))
    brush = ImageDraw.Draw(layer)
    spread = 0.05 * canvas.height * (1.1 - near) + tall * 0.45
    count = int(canvas.width / size * (1.5 - 0.85 * near))
    for _ in range(count):
        x = canvas.uniform(-0.02, 1.02) * canvas.width
        foot = y * canvas.height - top + canvas.uniform(-1, 1) * spread
        _draw_flower(canvas, brush, features, (x, foot - tall), size, tall)
    blur = abs(near - 0.62) ** 1.5 * 0.022 * canvas.unit * (1 if near > 0.62 else 0.25)
    pixels = np.asarray(layer.filter(ImageFilter.GaussianBlur(blur)), dtype=np.float32) / 255
    canvas.blend(pixels[..., :3], pixels[..., 3], top=top)


def _rgba(code: str, alpha: int) -> tuple[int, int, int, int]:
    red, green, blue = (int(code[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue, alpha


def _draw_flower(
    canvas: Canvas,
    brush: ImageDraw.ImageDraw,
    features: Features,
    at: Point,
    size: float,
    tall: float,
) -> None:
    rng, palette = canvas.rng, canvas.palette
    size *= float(rng.uniform(0.6, 1.15))
    x, y = at[0], at[1] + float(rng.uniform(-0.25, 0.35)) * tall
    stem = mix_code(palette.near, palette.haze, float(rng.integers(1, 5)) / 10)
    sway = float(rng.normal(0, 0.12)) * tall
    for share in (0.0, 0.5):
        ends = (
            x + sway * share,
            y + tall * share,
            x + sway * (share + 0.5),
            y + tall * (share + 0.6),
        )
        brush.line(ends, fill=_rgba(stem, 255), width=max(1, int(size * 0.16)))
    colours = palette.accents[:2] if "poppies" in features else palette.accents[2:]
    if rng.random() < 0.1:
        colours = palette.accents
    code = colours[int(rng.integers(len(colours)))]
    _draw_petals(canvas, brush, (x, y), size, code)


def _draw_petals(
    canvas: Canvas, brush: ImageDraw.ImageDraw, at: Point, size: float, code: str
) -> None:
    rng, palette = canvas.rng, canvas.palette
    squash = float(rng.uniform(0.55, 0.9))
    turn = float(rng.uniform(0, 6.28))
    petals = 5
    for k in range(petals):
        angle = turn + k * 2 * np.pi / petals
        cx, cy = at[0] + np.cos(angle) * size * 0.42, at[1] + np.sin(angle) * size * 0.42 * squash
        shade = mix_code(code, palette.near if np.sin(angle) > 0 else palette.light, 0.14)
        r = size * 0.52
        brush.ellipse((cx - r, cy - r * squash, cx + r, cy + r * squash), fill=_rgba(shade, 255))
    r = size * 0.2
    heart = mix_code(code, palette.near, 0.75)
    brush.ellipse((at[0] - r, at[1] - r * squash, at[0] + r, at[1] + r * squash), _rgba(heart, 255))
