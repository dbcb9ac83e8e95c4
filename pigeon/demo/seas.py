"""The sea."""

import numpy as np
from PIL import ImageDraw

from pigeon.demo.canvas import Canvas, Point
from pigeon.demo.details import Features, draw_birds, draw_light, draw_veil
from pigeon.demo.noise import Plane, field, line, smoothstep
from pigeon.demo.palettes import mix, rgb


def draw_sea(canvas: Canvas, features: Features) -> None:
    """A horizon, and light walking over the waves towards the viewer."""
    horizon = canvas.uniform(0.42, 0.58)
    light: Point = (canvas.uniform(0.3, 0.7), horizon - canvas.uniform(0.07, 0.16))
    canvas.fill(canvas.palette.sky, until=horizon + 0.02)
    draw_veil(canvas, strength=0.75, until=horizon)
    draw_light(canvas, features, light)
    _draw_water(canvas, light[0], top=int(horizon * canvas.height))
    if "lighthouse" in features:
        _draw_lighthouse(canvas, horizon)
    if "sails" in features:
        _draw_sail(canvas, (canvas.uniform(0.15, 0.85), horizon + 0.012))
    if "gulls" in features:
        draw_birds(canvas, at=(canvas.uniform(0.3, 0.7), horizon * 0.55), count=7, size=0.02)


def _draw_water(canvas: Canvas, sun_x: float, *, top: int) -> None:
    rows, palette = canvas.height - top, canvas.palette
    waves = _waves(canvas, (rows, canvas.width))
    depth = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    far, deep = mix(palette.sky[-2], palette.sky[0], 0.45), mix(palette.sky[0], palette.near, 0.72)
    base = far + (deep - far) * np.sqrt(depth)
    canvas.blend(base.astype(np.float32), np.ones_like(waves), top=top)
    crests = smoothstep(0.2, 2.2, waves) * (0.3 - 0.12 * depth)
    canvas.screen(mix(palette.sky[-2], palette.sky[1], 0.4), crests, top=top)
    canvas.multiply(1 - smoothstep(-0.2, -2.2, waves) * (0.1 + 0.2 * depth), top=top)
    x = (canvas.across / canvas.width - sun_x) * canvas.width / canvas.unit
    path = np.exp(-((x / (0.05 + 0.2 * depth)) ** 2)) * (1 - 0.5 * depth)
    glitter = smoothstep(1.5 - 1.1 * 0.9, 2.3, waves + 0.9 * path) * path
    canvas.screen(rgb(palette.light), np.clip(glitter * 1.1 + 0.22 * path, 0, 1), top=top)
    haze = np.exp(-depth * 26) * np.float32(0.55)
    canvas.blend(mix(palette.sky[-1], palette.haze, 0.5), haze + 0 * waves, top=top)


def _waves(canvas: Canvas, shape: tuple[int, int]) -> Plane:
    """Noise on a plane seen from a low cliff: fine at the horizon, long swells at the foot."""
    rows, columns = shape
    total = np.zeros(shape, dtype=np.float32)
    y = np.linspace(0.035, 1, rows, dtype=np.float32)[:, None]
    x = np.arange(columns, dtype=np.float32)[None, :] - columns * np.float32(0.37)
    for size, weight in ((1.1, 1.0), (2.7, 0.75), (6.2, 0.5)):
        texture = field(canvas.rng, (512, 512), cells=(72, 22), octaves=3, coarse=1)
        v = (size * 150 / (y + 0.08) + 20 * size).astype(np.int32) % 1022
        u = (x * size * (560 / canvas.unit) * 0.42 / (y + 0.03) + 9000).astype(np.int32) % 1022
        total += weight * texture[511 - np.abs(v - 511), 511 - np.abs(u - 511)]
    return np.asarray(total / total.std(), dtype=np.float32)


def _draw_lighthouse(canvas: Canvas, horizon: float) -> None:
    """A tower on a headland that enters from one side."""
    side = 1.0 if canvas.rng.random() < 0.5 else -1.0
    edge, width, height = (1.0 if side > 0 else 0.0), canvas.width, canvas.height
    tip = edge - side * canvas.uniform(0.34, 0.46)
    along = np.clip((canvas.across[0] / width - tip) * side / 0.4, 0, None)
    rough = line(canvas.rng, width, cells=9, octaves=6) * 0.012
    crown = horizon + 0.035 - 0.1 * np.minimum(along, 1) ** 0.6 + rough * (along > 0)
    skyline = np.where(along > 0, crown, 2.0).astype(np.float32) * height
    rocks = np.clip(canvas.down - skyline[None, :] + 0.5, 0, 1)
    foot = horizon + 0.05 + 0.006 * line(canvas.rng, width, cells=14, octaves=4)
    rocks *= np.clip((foot[None, :] * height - canvas.down) / 3, 0, 1)
    spot = tip + side * 0.13
    _draw_tower(canvas, (spot, float(crown[int(np.clip(spot, 0, 0.99) * width)]) + 0.01))
    slopes = smoothstep(0.2, 2, canvas.noise(cells=(70, 60), octaves=3, coarse=2)) * rocks
    canvas.blend(mix(canvas.palette.near, canvas.palette.haze, 0.14), rocks)
    canvas.screen(mix(canvas.palette.haze, canvas.palette.light, 0.5), slopes * np.float32(0.12))


def _draw_tower(canvas: Canvas, at: Point) -> None:
    size = 0.19 * canvas.unit
    x, y = at[0] * canvas.width, at[1] * canvas.height
    palette = canvas.palette
    lamp: Point = (at[0], at[1] - 0.93 * size / canvas.height)
    canvas.focus = lamp

    def shape(*points: Point) -> Plane:
        def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
            brush.polygon(
                [(scale * (x + size * a), scale * (y - size * b)) for a, b in points], 255
            )

        return canvas.silhouette(draw)

    tower = shape((-0.1, 0), (-0.062, 0.86), (0.062, 0.86), (0.1, 0))
    shade = np.clip((canvas.across - x) / (size * 0.2) + 0.5, 0, 1)
    canvas.blend(rgb(palette.accents[1]), tower)
    canvas.blend(mix(palette.sky[0], palette.near, 0.4), tower * shade * np.float32(0.75))
    for low, high in ((0.22, 0.4), (0.58, 0.74)):
        band = tower * (canvas.down < y - low * size) * (canvas.down > y - high * size)
        canvas.blend(mix(palette.accents[0], palette.near, 0.25), band * (0.9 - 0.45 * shade))
    canvas.blend(
        rgb(palette.near),
        shape((-0.095, 0.85), (-0.095, 0.88), (0.095, 0.88), (0.095, 0.85)),
    )
    canvas.blend(rgb("#fff3c4"), shape((-0.05, 0.88), (-0.05, 0.98), (0.05, 0.98), (0.05, 0.88)))
    canvas.blend(rgb(palette.near), shape((-0.07, 0.98), (0, 1.09), (0.07, 0.98)))
    canvas.glow(lamp, radius=0.06, colour=rgb("#fff0c0"), strength=0.75)


def _draw_sail(canvas: Canvas, at: Point) -> None:
    size = canvas.uniform(0.05, 0.075) * canvas.unit
    x, y = at[0] * canvas.width, at[1] * canvas.height
    canvas.focus = (at[0], at[1] - 0.03)

    def sails(brush: ImageDraw.ImageDraw, scale: float) -> None:
        main = [(0.03, -0.16), (0.03, -1.25), (0.2, -0.75), (0.5, -0.18)]
        jib = [(-0.03, -0.2), (-0.03, -1.1), (-0.2, -0.6), (-0.42, -0.18)]
        for outline in (main, jib):
            brush.polygon(
                [(scale * (x + size * a), scale * (y + size * b)) for a, b in outline], 255
            )

    def hull(brush: ImageDraw.ImageDraw, scale: float) -> None:
        outline = [(-0.5, -0.12), (0.55, -0.12), (0.38, 0.06), (-0.36, 0.06)]
        brush.polygon([(scale * (x + size * a), scale * (y + size * b)) for a, b in outline], 255)

    canvas.blend(
        mix(canvas.palette.light, canvas.palette.accents[1], 0.4), canvas.silhouette(sails)
    )
    canvas.blend(rgb(canvas.palette.near), canvas.silhouette(hull))
