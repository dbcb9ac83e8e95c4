"""The city through a wet window."""

import numpy as np
import numpy.typing as npt

from pigeon.demo.canvas import Canvas, Point
from pigeon.demo.details import Features
from pigeon.demo.noise import Plane, enlarge, field, smoothstep
from pigeon.demo.palettes import rgb


def draw_rain(canvas: Canvas, features: Features) -> None:
    """Street lights out of focus behind glass; every drop holds the street upside down."""
    shape = (canvas.height // 2, canvas.width // 2)
    street = _draw_street(canvas, features, shape)
    drops, shade = _draw_drops(canvas, shape, heavy="heavy" in features)
    slope_y: Plane = np.gradient(drops, axis=0)
    slope_x: Plane = np.gradient(drops, axis=1)
    behind = _refract(shape, slope_y, slope_x, bend=0.32 * canvas.unit)
    wet = smoothstep(0.0, 0.02, drops)
    for k in range(3):
        clear = street[k].ravel()[behind]
        glass = street[k] * np.float32(0.9) + np.float32(0.018)
        plane = glass + wet * (clear * (1.08 + 0.3 * shade) - glass)
        canvas.pixels[k] = enlarge(plane, canvas.shape)
    sparkle = smoothstep(0.45, 0.95, -slope_y * 9 - slope_x * 5) * wet
    canvas.screen(rgb(canvas.palette.light), enlarge(sparkle * 0.55, canvas.shape).clip(0, 1))
    dark = smoothstep(0.3, 1.0, slope_y * 7 + slope_x * 3) * wet
    canvas.multiply(1 - enlarge(dark * 0.45, canvas.shape).clip(0, 1))
    canvas.focus = (0.5, 0.5)


def _refract(
    shape: tuple[int, int], slope_y: Plane, slope_x: Plane, *, bend: float
) -> npt.NDArray[np.int32]:
    """The flat index of what every pixel shows through the water; mirrored at the edges."""
    y = np.abs(np.arange(shape[0], dtype=np.float32)[:, None] - slope_y * np.float32(bend))
    x = np.abs(np.arange(shape[1], dtype=np.float32)[None, :] - slope_x * np.float32(bend))
    y, x = y % (2 * shape[0] - 2), x % (2 * shape[1] - 2)
    row = np.minimum(y, 2 * shape[0] - 2 - y).astype(np.int32)
    column = np.minimum(x, 2 * shape[1] - 2 - x).astype(np.int32)
    return np.asarray(row * shape[1] + column, dtype=np.int32)


def _draw_street(canvas: Canvas, features: Features, shape: tuple[int, int]) -> Plane:
    """Blurred lamps (large soft discs with a bright rim) over a dark gradient."""
    stage = Canvas(
        width=shape[1],
        height=shape[0],
        seed=int(canvas.rng.integers(1 << 30)),
        palette=canvas.palette,
    )
    stage.fill(canvas.palette.sky)
    haze = stage.noise(cells=(3, 3), octaves=3)
    stage.screen(rgb(canvas.palette.haze), smoothstep(-0.3, 2.5, haze) * 0.55)
    horizon = canvas.uniform(0.45, 0.62)
    stage.glow(
        (canvas.uniform(0.3, 0.7), horizon),
        radius=0.35,
        colour=rgb(canvas.palette.accents[0]),
        strength=0.4,
    )
    count = 70 if "heavy" in features else 50
    for _ in range(count):
        _draw_bokeh(stage, horizon)
    return stage.pixels


def _draw_bokeh(stage: Canvas, horizon: float) -> None:
    rng = stage.rng
    at = (stage.uniform(-0.05, 1.05), horizon + float(rng.normal(0, 0.15)))
    radius = stage.uniform(0.016, 0.062) * (1.25 - abs(at[1] - horizon))
    r = radius * stage.unit
    cx, cy = at[0] * stage.width, at[1] * stage.height
    top, left = max(0, int(cy - r - 3)), max(0, int(cx - r - 3))
    bottom, right = min(stage.height, int(cy + r + 3)), min(stage.width, int(cx + r + 3))
    if bottom - top < 2 or right - left < 2:
        return
    distance = np.hypot(stage.across[:, left:right] - cx, stage.down[top:bottom] - cy) / r
    mask = smoothstep(1.04, 0.94, distance) * (0.62 + 0.38 * distance**4)
    code = stage.palette.accents[int(rng.choice(5, p=(0.34, 0.16, 0.2, 0.22, 0.08)))]
    stage.screen(
        rgb(code), (mask * stage.uniform(0.3, 0.95)).astype(np.float32), top=top, left=left
    )


def _draw_drops(canvas: Canvas, shape: tuple[int, int], *, heavy: bool) -> tuple[Plane, Plane]:
    """The height of the water on the glass (0 to about 1) and a little random brightness."""
    rng, unit = canvas.rng, min(shape)
    height = np.zeros(shape, dtype=np.float32)
    shade = field(rng, shape, cells=(6, 6), octaves=2) * np.float32(0.3)
    sizes = np.concatenate(
        [
            rng.uniform(0.0028, 0.008, 900 if heavy else 560),
            rng.uniform(0.009, 0.02, 150 if heavy else 90),
            rng.uniform(0.022, 0.036, 22 if heavy else 13),
        ]
    )
    spots = [(float(rng.random()), float(rng.random()), float(size)) for size in sizes]
    for _ in range(7 if heavy else 4):
        spots += _trail(canvas)
    for x, y, size in spots:
        stretch = 1 + min(0.5, size * 18) * float(rng.random())
        _add_drop(height, (x * shape[1], y * shape[0]), size * unit, stretch)
    return height, shade


def _trail(canvas: Canvas) -> list[tuple[float, float, float]]:
    """One drop ran down and left smaller ones behind."""
    x, start, end = canvas.uniform(0.05, 0.95), canvas.uniform(-0.1, 0.3), canvas.uniform(0.5, 0.95)
    spots = [(x, end, canvas.uniform(0.02, 0.028))]
    y = start
    while y < end - 0.03:
        x += float(canvas.rng.normal(0, 0.0015))
        spots.append((x, y, canvas.uniform(0.003, 0.0085)))
        y += canvas.uniform(0.008, 0.03)
    return spots


def _add_drop(height: Plane, at: Point, radius: float, stretch: float) -> None:
    tall = radius * stretch
    top, left = max(0, int(at[1] - tall - 1)), max(0, int(at[0] - radius - 1))
    bottom = min(height.shape[0], int(at[1] + tall + 2))
    right = min(height.shape[1], int(at[0] + radius + 2))
    if bottom <= top or right <= left:
        return
    dy = (np.arange(top, bottom, dtype=np.float32)[:, None] - at[1]) / tall
    dx = (np.arange(left, right, dtype=np.float32)[None, :] - at[0]) / radius
    dx = dx * (1 + np.float32(0.22) * np.clip(-dy, -0.4, 1))
    dome = np.sqrt(np.clip(1 - dx * dx - dy * dy, 0, 1)) * np.float32(radius / 26)
    view = height[top:bottom, left:right]
    np.maximum(view, dome, out=view)
