"""Clouds and the night."""

import numpy as np
from PIL import ImageDraw

from pigeon.demo.canvas import Canvas, Point
from pigeon.demo.details import (
    Features,
    draw_birds,
    draw_light,
    draw_pines,
    draw_ridge,
    draw_veil,
    ridge,
)
from pigeon.demo.noise import Plane, enlarge, field, line, smoothstep
from pigeon.demo.palettes import gradient, mix, rgb


def draw_clouds(canvas: Canvas, features: Features) -> None:
    """Heaped clouds lit from one side, small and flat towards the horizon."""
    light: Point = (canvas.uniform(0.2, 0.8), canvas.uniform(0.62, 0.8))
    canvas.fill(canvas.palette.sky)
    draw_veil(canvas, strength=0.45, until=0.9)
    if "crescent" in features:
        draw_light(canvas, features, (1 - light[0], canvas.uniform(0.14, 0.26)))
    else:
        draw_light(canvas, features, light)
    _draw_heap(canvas, light)
    if "sun" in features:
        canvas.glow(light, radius=0.34, colour=rgb(canvas.palette.light), strength=0.45)
    if "birds" in features:
        draw_birds(canvas, at=(canvas.uniform(0.35, 0.65), canvas.uniform(0.2, 0.34)), count=11)


def _draw_heap(canvas: Canvas, light: Point) -> None:
    """Round puffs heaped from back to front, each shaded like a ball, frayed by one noise."""
    shape = (canvas.height // 3, canvas.width // 3)
    paint = np.zeros((4, *shape), dtype=np.float32)
    wide = canvas.width / canvas.height
    fray = field(canvas.rng, shape, cells=(14, 14 * wide), octaves=6, gain=0.62, coarse=1)
    base = canvas.uniform(0.88, 1.08)
    for near in (0.0, 0.3, 0.65, 1.0):
        puffs = _puffs(canvas, base=base + 0.2 * near**2, near=near)
        for x, y, radius in puffs[np.argsort(puffs[:, 1] - 0.6 * puffs[:, 2])].tolist():
            _draw_puff(canvas, paint, fray, light, (x, y), radius)
    paint[:3] /= paint[3] + np.float32(1e-4)  # painted over nothing, so weighted by cover
    colour = np.stack([enlarge(plane, canvas.shape) for plane in paint[:3]], axis=-1)
    canvas.blend(colour, np.clip(enlarge(paint[3], canvas.shape), 0, 1) * np.float32(0.96))


def _puffs(canvas: Canvas, *, base: float, near: float) -> Plane:
    """(x, y, radius) rows; towers stand where a wandering line is high."""
    rng, count = canvas.rng, int((230 - 80 * near) * max(1, canvas.width / canvas.height) ** 0.6)
    wide = canvas.width / canvas.height
    towers = line(rng, 256, cells=(3.5 - 1.5 * near) * wide, octaves=3)
    x = rng.uniform(-0.08, 1.08, count)
    tall = (0.12 + 0.23 * near) * (1.05 + towers[np.clip(x * 255, 0, 255).astype(int)])
    rise = rng.random(count) ** 0.8
    radius = (0.028 + 0.052 * near) * (1.3 - 0.85 * rise) * rng.uniform(0.6, 1.3, count)
    return np.stack([x, base - 0.06 - rise * tall, radius], axis=1).astype(np.float32)


def _draw_puff(
    canvas: Canvas, paint: Plane, fray: Plane, light: Point, at: Point, radius: float
) -> None:
    rows, columns = paint.shape[1:]
    r = radius * rows * 1.25
    cx, cy, reach = at[0] * columns, at[1] * rows, r * 1.5
    top, left = max(0, int(cy - reach)), max(0, int(cx - reach))
    bottom, right = min(rows, int(cy + reach)), min(columns, int(cx + reach))
    if bottom - top < 2 or right - left < 2:
        return
    dy = (np.arange(top, bottom, dtype=np.float32)[:, None] - cy) / r
    dx = (np.arange(left, right, dtype=np.float32)[None, :] - cx) / r
    rough = fray[top:bottom, left:right]
    distance = np.sqrt(dx * dx + dy * dy) + 0.13 * rough
    mask = smoothstep(1.05, 0.62, distance)
    sun = 0.55 if light[0] > at[0] else -0.55
    facing = dx * sun - dy * 0.8 + 0.1 * rough
    bright = smoothstep(-0.7, 0.75, facing) * np.clip(1.5 - 0.75 * at[1], 0.4, 1)
    palette = canvas.palette
    dark = gradient((palette.accents[1], palette.haze, palette.sky[-2]), at[1] ** 2.2)
    pale = mix(palette.light, palette.sky[-2], 0.25 * at[1])
    for k in range(3):
        plane = paint[k, top:bottom, left:right]
        plane += mask * (dark[k] + (pale[k] - dark[k]) * bright - plane)
    alpha = paint[3, top:bottom, left:right]
    alpha += mask * (1 - alpha)


def draw_night(canvas: Canvas, features: Features) -> None:
    """Stars over a dark horizon, with whatever else the night had."""
    canvas.fill(canvas.palette.sky, until=0.95)
    if "milkyway" in features:
        _draw_milky_way(canvas)
    _draw_stars(canvas, count=1500)
    if "aurora" in features:
        for _ in range(3):
            _draw_aurora(canvas)
    if "meteor" in features:
        _draw_meteor(canvas)
    skyline = ridge(canvas, base=0.84, height=0.07, cells=3, ridged=0.6)
    draw_ridge(canvas, skyline, near=0.45, mist=0.9)
    skyline = ridge(canvas, base=0.93, height=0.04, cells=2, ridged=0.2)
    draw_ridge(canvas, skyline, near=0.97, mist=0.0)
    canvas.focus = (0.5, 0.45)
    if "pines" in features:
        draw_pines(canvas, skyline, count=60, height=0.2, near=1.0)
    if "tent" in features:
        column = int(canvas.uniform(0.3, 0.7) * canvas.width)
        _draw_tent(canvas, (column / canvas.width, float(skyline[column]) / canvas.height + 0.015))


def _draw_stars(canvas: Canvas, *, count: int) -> None:
    rng, palette = canvas.rng, canvas.palette
    x = rng.integers(2, canvas.width - 2, count)
    y = (rng.random(count) ** 1.2 * canvas.height * 0.92).astype(np.int64) + 2
    power = 0.12 + 0.9 * rng.random(count) ** 5
    tints = np.stack([rgb(palette.light), rgb(palette.accents[3]), rgb("#b8d0ff")])
    tint = tints[rng.choice(3, count, p=(0.6, 0.15, 0.25))]
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            share = power * np.exp(-(dx * dx + dy * dy) * (1.5 - 1.1 * power))
            for k in range(3):
                plane = canvas.pixels[k]
                plane[y + dy, x + dx] += (share * tint[:, k] * (1 - plane[y + dy, x + dx])).astype(
                    np.float32
                )
    for index in np.argsort(power)[-7:]:
        at = (float(x[index]) / canvas.width, float(y[index]) / canvas.height)
        canvas.disc(at, radius=0.0016, colour=tint[index], soft=1.2)
        _halo(canvas, at, tint[index])


def _halo(canvas: Canvas, at: Point, colour: Plane) -> None:
    reach = int(0.02 * canvas.unit)
    cx, cy = int(at[0] * canvas.width), int(at[1] * canvas.height)
    top, left = max(0, cy - reach), max(0, cx - reach)
    bottom, right = min(canvas.height, cy + reach), min(canvas.width, cx + reach)
    distance = np.hypot(canvas.across[:, left:right] - cx, canvas.down[top:bottom] - cy) / reach
    canvas.screen(colour, 0.5 * np.exp(-((distance * 4) ** 1.1)), top=top, left=left)


def _draw_milky_way(canvas: Canvas) -> None:
    small = (canvas.height // 3, canvas.width // 3)
    angle = canvas.uniform(0.5, 1.1) * (1 if canvas.rng.random() < 0.5 else -1)
    y = np.linspace(-0.5, 0.5, small[0], dtype=np.float32)[:, None] + 0.08
    x = np.linspace(-0.5, 0.5, small[1], dtype=np.float32)[None, :] * canvas.width / canvas.height
    across = x * np.cos(angle) + y * np.sin(angle)
    wide = canvas.width / canvas.height
    wisps = field(canvas.rng, small, cells=(4, 4 * wide), octaves=7, gain=0.6, coarse=2)
    dust = field(canvas.rng, small, cells=(5, 5 * wide), octaves=6, gain=0.55, coarse=2)
    bend = across + wisps * 0.02
    band = np.exp(-((bend / 0.16) ** 2)) * (0.5 + 0.22 * wisps)
    core = np.exp(-((bend / 0.06) ** 2)) * (0.42 + 0.2 * wisps)
    lane = np.exp(-(((across + 0.015 * dust) / 0.05) ** 2)) * smoothstep(-0.2, 1.4, dust)
    fade = 1 - 0.85 * np.clip(lane, 0, 1)
    palette = canvas.palette
    for colour, glow in (
        (rgb(palette.accents[1]), 0.5 * band),
        (mix(palette.light, palette.accents[2], 0.45), 0.75 * core),
    ):
        canvas.screen(colour, np.clip(enlarge(glow * fade, canvas.shape), 0, 1))
    dusty = canvas.rng.random(canvas.shape, dtype=np.float32)
    near = enlarge(np.clip(band + core, 0, 1) * fade, canvas.shape)
    canvas.screen(rgb(palette.light), smoothstep(0.984, 1.0, dusty) * near * 0.55)


def _draw_aurora(canvas: Canvas) -> None:
    """A curtain: a wandering foot from which light rises and fades, in fine pleats."""
    small = (canvas.height // 2, canvas.width // 2)
    y = np.linspace(0, 1, small[0], dtype=np.float32)[:, None]
    foot = canvas.uniform(0.42, 0.68) + 0.13 * line(canvas.rng, small[1], cells=1.6, octaves=3)
    pleats = line(canvas.rng, small[1], cells=26, octaves=3, gain=0.6)
    strength = smoothstep(-0.9, 0.8, line(canvas.rng, small[1], cells=2.5, octaves=2))
    tall = 0.16 + 0.12 * (pleats + 1) * strength
    rise = (foot[None, :] - y) / tall[None, :]
    curtain = np.exp(-np.clip(rise, 0, None) * 1.7) * smoothstep(-0.09, 0.05, rise)
    curtain *= (strength * (0.75 + 0.35 * pleats))[None, :]
    low = np.clip(curtain * np.exp(-np.clip(rise, 0, None) * 0.8), 0, 1)
    accents = canvas.palette.accents
    canvas.screen(rgb(accents[0]), enlarge(0.62 * low, canvas.shape))
    canvas.screen(rgb(accents[1]), enlarge(np.clip(curtain - low, 0, 1) * 0.8, canvas.shape))


def _draw_meteor(canvas: Canvas) -> None:
    x, y = canvas.uniform(0.25, 0.7) * canvas.width, canvas.uniform(0.12, 0.3) * canvas.height
    length, slope = 0.26 * canvas.unit, canvas.uniform(0.35, 0.7)

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        for k in range(40):
            t0, t1 = k / 40, (k + 1) / 40
            ends = (x + length * t0, y + length * slope * t0)
            start = (x + length * t1, y + length * slope * t1)
            spot = [scale * value for value in (*ends, *start)]
            brush.line(spot, fill=int(250 * t1**2.2), width=max(1, int(3.2 * t1 * scale)))

    canvas.screen(rgb(canvas.palette.light), canvas.silhouette(draw))


def _draw_tent(canvas: Canvas, at: Point) -> None:
    """Lit from within; the light spills on the ground and the air about it."""
    canvas.focus = (at[0], at[1] - 0.08)
    size = 0.085 * canvas.unit
    x, y = at[0] * canvas.width, at[1] * canvas.height
    warm = canvas.palette.accents[3]
    canvas.glow((at[0], at[1] - 0.02), radius=0.13, colour=rgb(warm), strength=0.5)

    def cloth(brush: ImageDraw.ImageDraw, scale: float) -> None:
        points = [(-1.05, 0), (-0.12, -0.92), (0.12, -0.92), (1.05, 0)]
        brush.polygon([(scale * (x + size * a), scale * (y + size * b)) for a, b in points], 255)

    def door(brush: ImageDraw.ImageDraw, scale: float) -> None:
        points = [(-0.3, 0), (0, -0.86), (0.3, 0)]
        brush.polygon([(scale * (x + size * a), scale * (y + size * b)) for a, b in points], 255)

    rows = np.clip((canvas.down[:, 0] - (y - size)) / size, 0, 1)
    canvas.blend(gradient(("#b8612c", warm, "#fff1c9"), rows), canvas.silhouette(cloth))
    canvas.blend(mix("#8a3f1c", warm, 0.35), canvas.silhouette(door) * np.float32(0.55))
