"""Mountains, lakes and woods."""

import numpy as np
from PIL import ImageDraw

from pigeon.demo.canvas import Canvas, Point, soften
from pigeon.demo.details import (
    Features,
    draw_birds,
    draw_light,
    draw_mist,
    draw_pines,
    draw_ridge,
    draw_veil,
    ridge,
)
from pigeon.demo.noise import Plane, enlarge, field, line, smoothstep
from pigeon.demo.palettes import mix, rgb


def draw_mountains(canvas: Canvas, features: Features) -> None:
    """Range behind range, each darker and sharper than the one behind it."""
    first = canvas.uniform(0.3, 0.56)
    light: Point = (canvas.uniform(0.18, 0.82), first - canvas.uniform(0.06, 0.18))
    canvas.fill(canvas.palette.sky, until=first + 0.08)
    draw_veil(canvas, strength=0.35, until=first)
    draw_light(canvas, features, light)
    layers, wide = int(canvas.rng.integers(4, 8)), (canvas.width / canvas.height) ** 0.7
    skyline = np.zeros(canvas.width, dtype=np.float32)
    for index in range(layers):
        near = (index + 0.6) / layers
        base = first + (0.96 - first) * (index / (layers - 1)) ** 1.15
        skyline = ridge(
            canvas,
            base=base,
            height=0.07 + 0.07 * near,
            cells=(4.6 - 2.2 * near) * wide,
            ridged=0.5,
        )
        draw_ridge(canvas, skyline, near=near**1.25, mist=0.9)
        if index == 1 and "sun" in features:
            canvas.glow(light, radius=0.3, colour=rgb(canvas.palette.light), strength=0.4)
        if "mist" in features and index < layers - 1:
            draw_mist(canvas, at=base + 0.09, thickness=0.05, strength=0.75 - 0.4 * near)
    if "pines" in features:
        draw_pines(canvas, skyline, count=90, height=0.17, near=1.0)
    if "birds" in features:
        draw_birds(canvas, at=(1 - light[0], light[1] + 0.03), count=9)


def draw_lake(canvas: Canvas, features: Features) -> None:
    """Hills doubled in still water."""
    shore = canvas.uniform(0.5, 0.62)
    light: Point = (canvas.uniform(0.25, 0.75), shore - canvas.uniform(0.2, 0.28))
    canvas.fill(canvas.palette.sky, until=shore)
    draw_veil(canvas, strength=0.5, until=shore)
    draw_light(canvas, features, light)
    layers = 4
    for index in range(layers):
        near = (index + 0.7) / layers
        skyline = ridge(
            canvas, base=shore - 0.1 * (1 - near), height=0.15 - 0.11 * near, cells=3, ridged=0.5
        )
        draw_ridge(canvas, skyline, near=0.15 + 0.6 * near, mist=1.0)
    if "pines" in features:
        treeline = np.full(canvas.width, shore * canvas.height, dtype=np.float32)
        draw_pines(canvas, treeline, count=110, height=0.11, near=0.8)
    if "mist" in features:
        draw_mist(canvas, at=shore - 0.01, thickness=0.035, strength=0.9)
    draw_reflection(canvas, top=int(shore * canvas.height), calm=0.75)
    if features & {"sun", "moon"}:
        _draw_light_path(canvas, light[0], top=int(shore * canvas.height))
    if "boat" in features:
        _draw_boat(canvas, (canvas.uniform(0.3, 0.7), shore + canvas.uniform(0.16, 0.24)))


def draw_reflection(canvas: Canvas, *, top: int, calm: float) -> None:
    """Turns everything below `top` into water that mirrors what stands above it."""
    rows = canvas.height - top
    depth = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    ripples = _ripples(canvas, (rows, canvas.width))
    sway = ripples * (1.5 + 26 * depth**1.4) * np.float32((1.2 - calm) * canvas.unit / 1000)
    source = top - 1 - np.arange(rows, dtype=np.float32)[:, None] * 0.86 + 2.5 * sway
    y = np.clip(source, 0, top - 1).astype(np.int32)
    x = np.clip(canvas.across + sway * 0.6, 0, canvas.width - 1).astype(np.int32)
    flat = y * canvas.width + x
    for k in range(3):
        canvas.pixels[k, top:] = canvas.pixels[k, :top].ravel()[flat]
    water = mix(canvas.palette.sky[0], canvas.palette.near, 0.55)
    canvas.blend(water, np.broadcast_to(0.1 + 0.42 * depth, flat.shape), top=top)
    shine = smoothstep(1.1, 2.6, ripples) * (0.22 - 0.1 * depth)
    canvas.screen(rgb(canvas.palette.light), shine, top=top)
    edge = np.exp(-((depth * rows / (0.004 * canvas.height)) ** 2)) * np.float32(0.35)
    canvas.screen(rgb(canvas.palette.light), np.broadcast_to(edge, flat.shape), top=top)


def _draw_light_path(canvas: Canvas, x: float, *, top: int) -> None:
    """The broken column of light under the sun or the moon."""
    rows = canvas.height - top
    depth = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    ripples = _ripples(canvas, (rows, canvas.width))
    off = (canvas.across - x * canvas.width) / canvas.unit
    path = np.exp(-((off / (0.022 + 0.075 * depth)) ** 2)) * (0.8 - 0.45 * depth)
    sparkle = smoothstep(-0.4, 1.6, ripples) * path
    canvas.screen(rgb(canvas.palette.light), sparkle * np.float32(0.62), top=top)


def _ripples(canvas: Canvas, shape: tuple[int, int]) -> Plane:
    """Waves that grow towards the viewer: the same noise, read through perspective."""
    rows, columns = shape
    texture = np.zeros((512, 512), dtype=np.float32)
    for cells, weight in ((10, 1.0), (34, 0.55), (80, 0.3)):
        lumps = canvas.rng.standard_normal((cells * 3, cells)).astype(np.float32)
        texture += weight * enlarge(lumps, (512, 512))
    texture /= texture.std()
    depth = 1 / (np.linspace(0.05, 1, rows // 2, dtype=np.float32)[:, None])
    x = np.arange(columns // 2, dtype=np.float32)[None, :] - columns / 4
    v = (depth * 95).astype(np.int32) % 512
    u = 511 - np.abs((x * depth * (420 / columns) + 4343).astype(np.int32) % 1022 - 511)
    return enlarge(texture[np.broadcast_to(v, u.shape), u], shape)


def _draw_boat(canvas: Canvas, at: Point) -> None:
    length = 0.085 * canvas.unit
    x, y = at[0] * canvas.width, at[1] * canvas.height
    canvas.focus = at

    def hull(flip: float, squeeze: float) -> list[Point]:
        t = np.linspace(-1, 1, 25)
        rim = [(x + length * k, y - flip * length * (0.02 + 0.13 * abs(k) ** 3)) for k in t]
        keel = [
            (x + length * k * 0.96, y + flip * squeeze * length * 0.17 * (1 - abs(k) ** 3.2))
            for k in t
        ]
        return rim + keel[::-1]

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        brush.polygon([(px * scale, py * scale) for px, py in hull(1, 1)], fill=255)
        _draw_rower(brush, scale, x, y, length)

    def mirror(brush: ImageDraw.ImageDraw, scale: float) -> None:
        below = [(px * scale, (2 * y + length * 0.24 - py) * scale) for px, py in hull(1, 1)]
        brush.polygon(below, fill=150)

    canvas.blend(rgb(canvas.palette.near), canvas.silhouette(mirror, blur=0.003))
    canvas.blend(rgb(canvas.palette.near), canvas.silhouette(draw))


def _draw_rower(
    brush: ImageDraw.ImageDraw, scale: float, x: float, y: float, length: float
) -> None:
    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, ...]:
        return tuple(
            scale * value
            for value in (
                x + left * length,
                y + top * length,
                x + right * length,
                y + bottom * length,
            )
        )

    brush.ellipse(box(-0.13, -0.38, 0.09, 0.12), fill=255)
    brush.ellipse(box(-0.06, -0.53, 0.09, -0.37), fill=255)
    oar = (x - 0.02 * length, y - 0.2 * length, x + 0.75 * length, y + 0.2 * length)
    brush.line([scale * value for value in oar], fill=255, width=int(0.03 * length * scale) + 1)


def draw_woods(canvas: Canvas, features: Features) -> None:
    """Trunks fading into lit haze."""
    light: Point = (canvas.uniform(0.3, 0.7), canvas.uniform(0.16, 0.34))
    canvas.focus = (light[0], 0.45)
    canvas.fill((*canvas.palette.sky[:2], canvas.palette.haze), until=0.85)
    canvas.glow(light, radius=0.42, colour=rgb(canvas.palette.light), strength=0.95)
    ground = canvas.uniform(0.74, 0.84)
    layers = 6
    for index in range(layers):
        near = (index + 0.4) / layers
        _draw_trunks(canvas, near=near, ground=ground + 0.22 * near**2)
        _draw_ground(canvas, near=near, base=ground + 0.2 * near**1.6)
        if "mist" in features and index < 4:
            draw_mist(canvas, at=ground - 0.02, thickness=0.09, strength=0.42 * (1 - near))
        if index in (1, 3, 4):
            _draw_canopy(canvas, light, near=near)
        if index == 3:
            canvas.glow(light, radius=0.32, colour=rgb(canvas.palette.light), strength=0.6)
        if index == 4 and "rays" in features:
            _draw_rays(canvas, light)
    if "birds" in features:
        draw_birds(canvas, at=(light[0], light[1] + 0.06), count=5, size=0.012)


def _draw_trunks(canvas: Canvas, *, near: float, ground: float) -> None:
    count = int((20 - 16.5 * near) * (canvas.width / canvas.height) ** 0.6)
    width = (0.006 + 0.055 * near**1.8) * canvas.unit
    places = (np.arange(count) + canvas.rng.uniform(-0.4, 0.4, count) + 0.5) / count
    leans = canvas.rng.normal(0, 0.02, count)
    girths = width * canvas.rng.uniform(0.6, 1.25, count)
    bends = [line(canvas.rng, 24, cells=2, octaves=2) * 0.25 for _ in range(count)]
    branches = canvas.rng.uniform(0.05, 0.55, (count, 5))

    def draw(brush: ImageDraw.ImageDraw, scale: float) -> None:
        trees = zip(places, leans, girths, bends, branches, strict=True)
        for place, lean, girth, bend, forks in trees:
            y = np.linspace(ground + 0.03, -0.05, 24)
            centre = place * canvas.width + lean * (ground - y) * canvas.width + bend * girth
            half = girth * (0.38 + 0.22 * y + 0.5 * np.exp((y - ground - 0.03) * 40))
            sides = [
                *zip(centre - half, y, strict=True),
                *zip((centre + half)[::-1], y[::-1], strict=True),
            ]
            outline = [(px * scale, py * canvas.height * scale) for px, py in sides]
            brush.polygon(outline, fill=255)
            _draw_branches(brush, scale, canvas, centre, girth, forks)

    canvas.blend(mix(canvas.palette.haze, canvas.palette.near, near**0.9), canvas.silhouette(draw))


def _draw_branches(
    brush: ImageDraw.ImageDraw,
    scale: float,
    canvas: Canvas,
    centre: Plane,
    girth: float,
    forks: Plane,
) -> None:
    """Thin arms that rise from the trunk, alternating sides."""
    for index, y in enumerate(forks):
        side = 1 if index % 2 else -1
        x = float(centre[int((1 - y) * 20)])
        reach = girth * (2.2 + 3 * float(y))
        points = [
            (
                scale * (x + side * reach * t),
                scale * (y * canvas.height - reach * (0.5 * t + 0.35 * t * t)),
            )
            for t in np.linspace(0, 1, 9)
        ]
        for k in range(8):
            thick = max(1, int(scale * girth * 0.13 * (1 - k / 8)))
            brush.line([points[k], points[k + 1]], fill=255, width=thick)


def _draw_canopy(canvas: Canvas, light: Point, *, near: float) -> None:
    """Leaves overhead: gold where the light comes through them, green elsewhere."""
    wide, fine = canvas.width / canvas.height, 78 - 30 * near
    shape = (canvas.height // 2, canvas.width)
    leaves = field(canvas.rng, shape, cells=(fine / 2, fine * wide), octaves=3, coarse=2)
    boughs = field(canvas.rng, shape, cells=(2, 4 * wide), octaves=3)
    y = canvas.down[: shape[0]] / canvas.height
    cover = smoothstep(0.1, 0.55, leaves * 0.55 + boughs * 0.75 + 0.55 - y * 3.4)
    palette = canvas.palette
    off = np.hypot(canvas.across / canvas.width - light[0], y - light[1])
    lit = np.exp(-((off / 0.34) ** 2)) * np.float32(0.85 - 0.3 * near)
    canvas.blend(mix(palette.accents[1], palette.near, near * 0.7), cover * np.float32(0.85))
    canvas.blend(mix(palette.accents[0], palette.light, 0.25), cover * lit * np.float32(0.8))


def _draw_ground(canvas: Canvas, *, near: float, base: float) -> None:
    swell = line(canvas.rng, canvas.width, cells=2, octaves=3) * 0.02
    ferns = np.abs(line(canvas.rng, canvas.width, cells=60, octaves=4, gain=0.7))
    skyline = (base - swell - ferns * (0.008 + 0.03 * near)) * canvas.height
    draw_ridge(canvas, skyline.astype(np.float32), near=0.1 + 0.88 * near, mist=0.15)


def _draw_rays(canvas: Canvas, source: Point) -> None:
    """Shafts that fan out from the light and lose themselves on the way down."""
    small = (canvas.height // 6, canvas.width // 6)
    y = np.linspace(0, 1, small[0], dtype=np.float32)[:, None] - np.float32(source[1] - 0.3)
    x = np.linspace(0, 1, small[1], dtype=np.float32)[None, :] - np.float32(source[0])
    angle = np.arctan2(x * canvas.width / canvas.height, y)
    shafts = line(canvas.rng, 1024, cells=36, octaves=2)
    rays = smoothstep(0.05, 0.8, shafts[((angle + 3.2) * 160).astype(np.int32)])
    rays *= np.exp(-(y**2) * 1.1) * smoothstep(1.1, 0.2, np.abs(angle))
    rays = enlarge(soften(rays, 2), canvas.shape)
    warm = mix(canvas.palette.light, canvas.palette.accents[0], 0.3)
    canvas.screen(warm, np.clip(rays, 0, 1) * np.float32(0.62))
