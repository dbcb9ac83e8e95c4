"""Turned forms: bowls, bottles and, near enough, fruit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import ImageDraw

from pigeon.demo.canvas import Canvas, Point
from pigeon.demo.noise import Plane, field, smoothstep
from pigeon.demo.palettes import gradient, mix, rgb

Profile = Sequence[Point]
TILT = 0.17  # how far from above everything is seen

BOWL: Profile = ((0, 0.42), (0.05, 0.46), (0.12, 0.62), (0.3, 0.85), (0.55, 1.0), (0.78, 1.06))
CUP: Profile = ((0, 0.62), (0.06, 0.72), (0.5, 0.78), (1.0, 0.8), (1.45, 0.82))
JUG: Profile = (
    (0, 0.62),
    (0.1, 0.72),
    (0.5, 0.98),
    (0.95, 1.02),
    (1.4, 0.8),
    (1.75, 0.52),
    (2.0, 0.5),
    (2.2, 0.58),
)
BOTTLE: Profile = (
    (0, 0.5),
    (0.08, 0.58),
    (0.7, 0.62),
    (1.3, 0.58),
    (1.65, 0.34),
    (1.9, 0.2),
    (2.5, 0.18),
    (2.6, 0.22),
)
MOON_JAR: Profile = (
    (0, 0.45),
    (0.08, 0.52),
    (0.4, 0.9),
    (0.85, 1.08),
    (1.3, 0.98),
    (1.65, 0.66),
    (1.78, 0.5),
    (1.86, 0.52),
)
PEAR: Profile = (
    (0, 0.2),
    (0.06, 0.5),
    (0.3, 0.82),
    (0.65, 0.85),
    (1.0, 0.62),
    (1.3, 0.4),
    (1.55, 0.3),
    (1.66, 0.08),
)
BALL: Profile = (
    (0, 0.25),
    (0.06, 0.5),
    (0.2, 0.78),
    (0.5, 0.98),
    (0.85, 0.98),
    (1.2, 0.78),
    (1.4, 0.45),
    (1.46, 0.1),
)


@dataclass(frozen=True, kw_only=True)
class _Form:
    """A turned form over its box of pixels: 0 to 1 up its height, -1 to 1 across, and its slope."""

    top: int
    left: int
    rise: Plane
    level: Plane
    side: Plane
    slope: Plane
    cover: Plane


def draw_vessel(
    canvas: Canvas,
    profile: Profile,
    foot: Point,
    *,
    size: float,
    code: str,
    inside: str | None = None,
    gloss: float = 0.35,
) -> None:
    """A turned form lit from the left; `inside` fills its mouth, None leaves it closed."""
    heights, radii = np.array(profile, dtype=np.float32).T
    scale = size * canvas.unit
    x, y = foot[0] * canvas.width, foot[1] * canvas.height
    _draw_shadow(canvas, x, y, scale, float(radii.max()), float(heights.max()))
    form = _turn(canvas, heights, radii, (x, y), scale)
    if form is None:
        return
    _glaze(canvas, form, code, gloss)
    if inside is not None:
        mouth = y - float(heights.max()) * scale
        _draw_mouth(canvas, x, mouth, float(radii[-1]) * scale, code, inside)


def _turn(canvas: Canvas, heights: Plane, radii: Plane, foot: Point, scale: float) -> _Form | None:
    """None when the form stands outside the picture."""
    x, y = foot
    tall, reach = float(heights.max()) * scale, float(radii.max()) * scale
    sag = TILT * float(radii[0])
    top, bottom = max(0, int(y - tall - 3)), min(canvas.height, int(y + sag * scale + 3))
    left, right = max(0, int(x - reach - 3)), min(canvas.width, int(x + reach + 3))
    if bottom - top < 4 or right - left < 4:
        return None
    columns = canvas.across[:, left:right] - x
    # The foot is an ellipse seen from a little above: lower rows hang by the front of it.
    front = sag * np.sqrt(np.clip(1 - (columns / reach) ** 2, 0, 1))
    level = (y - canvas.down[top:bottom]) / scale + front
    rise = level / heights.max()
    outline = _profile_table(heights, radii)
    step = np.clip(rise * 511, 0, 511).astype(np.int32)
    steepness = np.gradient(outline) * 511 / float(heights.max())
    radius = outline[step] * scale
    inside = np.clip(radius - np.abs(columns) + 0.5, 0, 1)
    return _Form(
        top=top,
        left=left,
        rise=rise,
        level=level,
        side=np.clip(columns / np.maximum(radius, 1e-3), -1, 1),
        slope=np.clip(-steepness[step], -1.6, 1.6),
        cover=inside * (level > 0) * (rise <= 1),
    )


def _glaze(canvas: Canvas, form: _Form, code: str, gloss: float) -> None:
    """Body colour by the light on it, the dark where it stands, a gleam down the lit side."""
    side, top, left = form.side, form.top, form.left
    facing = np.sqrt(np.clip(1 - side * side, 0, 1))
    light = (-0.62 * side + 0.58 * facing + 0.3 * form.slope) / np.sqrt(1 + form.slope**2)
    grit = field(canvas.rng, (side.shape[0], side.shape[1]), cells=(30, 30), octaves=3, coarse=1)
    _shade(canvas, light + 0.02 * grit, form.cover, code, top, left)
    ground = np.exp(-np.clip(form.level, 0, None) * 7) * 0.4 * form.cover
    canvas.multiply(1 - ground, top=top, left=left)
    gleam = np.exp(-(((side + 0.5) / 0.13) ** 2)) * smoothstep(0.1, 0.5, form.rise)
    gleam = gleam * smoothstep(0.98, 0.8, form.rise) * form.cover * gloss
    canvas.screen(rgb(canvas.palette.light), gleam, top=top, left=left)


def _profile_table(heights: Plane, radii: Plane) -> Plane:
    """The profile without its corners, at 512 heights."""
    raw = np.interp(np.linspace(0, heights.max(), 512), heights, radii)
    padded = np.pad(raw, 80, mode="reflect", reflect_type="odd")
    bell = np.hanning(131)
    smooth = np.convolve(padded, bell / bell.sum(), mode="same")[80:-80]
    return np.asarray(smooth, dtype=np.float32)


def _shade(canvas: Canvas, light: Plane, cover: Plane, code: str, top: int, left: int) -> None:
    """Glaze from its shadow through its own colour to a warm light."""
    tones = gradient(
        (_deep(canvas, code, 0.7), _deep(canvas, code, 0.3), code, _pale(canvas, code)),
        np.linspace(0, 1, 256),
    )
    index = np.clip((light * 0.52 + 0.37) * 255, 0, 255).astype(np.int32)
    canvas.blend(tones[index], cover.astype(np.float32), top=top, left=left)


def _hex(colour: Plane) -> str:
    return "#" + "".join(f"{round(float(value) * 255):02x}" for value in np.clip(colour, 0, 1))


def _deep(canvas: Canvas, code: str, share: float) -> str:
    return _hex(mix(code, canvas.palette.near, share))


def _pale(canvas: Canvas, code: str) -> str:
    return _hex(mix(code, canvas.palette.light, 0.6))


def _draw_shadow(
    canvas: Canvas, x: float, y: float, scale: float, reach: float, tall: float
) -> None:
    """A long soft shadow to the right, and a tight dark one where the thing stands."""

    def cast(brush: ImageDraw.ImageDraw, k: float) -> None:
        length = scale * (0.9 + 0.75 * tall)
        r = reach * scale * 0.78
        box = (x - r * 0.5, y - r * 0.26, x + r * 0.5 + length, y + r * 0.3)
        brush.ellipse([k * value for value in box], fill=255)

    def contact(brush: ImageDraw.ImageDraw, k: float) -> None:
        r = reach * scale * 0.72
        box = (x - r * 0.94, y - r * 0.14, x + r * 1.12, y + r * 0.22)
        brush.ellipse([k * value for value in box], fill=255)

    canvas.multiply(1 - canvas.soft_silhouette(cast, blur=0.018) * np.float32(0.3))
    canvas.multiply(1 - canvas.soft_silhouette(contact, blur=0.007) * np.float32(0.42))


def _draw_mouth(canvas: Canvas, x: float, y: float, radius: float, code: str, inside: str) -> None:
    """The rim, the inner wall (dark on the lit side) and what the vessel holds."""
    flat = TILT * radius

    def ring(share: float, drop: float) -> Plane:
        dx = (canvas.across - x) / (radius * share)
        dy = (canvas.down - y - drop * radius) / (flat * share)
        edge = 1.6 / (flat * share)
        return smoothstep(1 + edge / 2, 1 - edge / 2, np.sqrt(dx * dx + dy * dy))

    canvas.blend(mix(code, canvas.palette.light, 0.45), ring(1.0, 0))
    wall = ring(0.93, 0.008)
    canvas.blend(mix(code, canvas.palette.near, 0.5), wall)
    turn = np.clip((canvas.across - x) / radius * 0.5 + 0.5, 0, 1)
    canvas.blend(rgb(code), wall * turn * np.float32(0.75))
    liquid = ring(0.84, 0.05) * wall
    canvas.blend(rgb(inside), liquid)
    canvas.screen(rgb(canvas.palette.light), liquid * (1 - turn) ** 2 * np.float32(0.3))
