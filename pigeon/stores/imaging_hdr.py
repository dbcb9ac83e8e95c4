"""Pictures brighter than white (PQ and HLG) to sRGB: decision 0190.

Light in BT.2020, 1 where a page's white is (203 cd/m²); HLG as a display of 1,000 cd/m² shows it.
The brightest of the three is halved up to white and bent towards 1 above, the others along with
it, so that hues stay. The result is a table over the stored values.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, sqrt

from PIL import ImageFilter

from pigeon.stores.imaging_curves import (
    PQ,
    PRIMARIES,
    Primaries,
    Vector,
    between,
    srgb_of,
    times,
)

SIDE = 65
"""Nodes of the table a channel: half as many would be wrong by five steps of 255 between two."""

WHITE = 203.0
BRIGHTEST = 1_000.0 / WHITE
AT_WHITE = 0.5
BEND = 0.65
SYSTEM_GAMMA = 1.2
WIDE = PRIMARIES[9]
LUMA = (0.2627, 0.6780, 0.0593)
DARK = 1e-9


@lru_cache(maxsize=8)
def table(primaries: Primaries, transfer: int) -> ImageFilter.Color3DLUT:
    """For `Image.filter` over an RGB image."""
    last = SIDE - 1
    decode = _pq if transfer == PQ else _hlg
    lights = [decode(node / last) for node in range(SIDE)]
    gain = _as_stored if transfer == PQ else _on_a_display
    widen, narrow = between(primaries, WIDE), between(WIDE, PRIMARIES[1])

    def shown(red: float, green: float, blue: float) -> Vector:
        stored = (
            lights[round(red * last)],
            lights[round(green * last)],
            lights[round(blue * last)],
        )
        light = gain(times(widen, stored))
        most = max(*light, DARK)
        part = bent(most) / most
        return _written(times(narrow, (light[0] * part, light[1] * part, light[2] * part)))

    return ImageFilter.Color3DLUT.generate(SIDE, shown)


def bent(light: float) -> float:
    """The curve of SMPTE ST 2094-50 for a screen without room above white: a parabola that goes
    on from the straight part and ends level at the brightest."""
    if light <= 1:
        return AT_WHITE * light
    if light >= BRIGHTEST:
        return 1.0
    middle = 1 - BEND + BEND / AT_WHITE, (1 - BEND) * AT_WHITE + BEND
    square, line = 1 - 2 * middle[0] + BRIGHTEST, 2 * (middle[0] - 1)
    t = (sqrt(line * line + 4 * square * (light - 1)) - line) / (2 * square)
    rise = 2 * (middle[1] - AT_WHITE)
    return (AT_WHITE - 2 * middle[1] + 1) * t * t + rise * t + AT_WHITE


def _written(light: Vector) -> Vector:
    return srgb_of(light[0]), srgb_of(light[1]), srgb_of(light[2])


def _as_stored(light: Vector) -> Vector:
    return light


def _on_a_display(light: Vector) -> Vector:
    luminance = sum(part * value for part, value in zip(LUMA, light, strict=True))
    gain = max(luminance, 0.0) ** (SYSTEM_GAMMA - 1) * BRIGHTEST
    return light[0] * gain, light[1] * gain, light[2] * gain


def _pq(value: float) -> float:
    """SMPTE ST 2084."""
    power = value ** (32 / 2523)
    above = max(power - 3424 / 4096, 0.0)
    return float((above / (2413 / 128 - 2392 / 128 * power)) ** (16384 / 2610) * 10_000 / WHITE)


def _hlg(value: float) -> float:
    """ITU-R BT.2100: the light before the camera."""
    if value <= 0.5:
        return value * value / 3
    return (exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
