"""Primaries and transfers of pictures by their numbers in ITU-T H.273, and what is done with them.

All light is relative to a white of 1, but for `PQ` and `HLG`, which `imaging_hdr` reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Point = tuple[float, float]
Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]
"""Three columns: what red, green and blue make."""

Curve = Callable[[float], float]

D65, C, E, DCI = (0.3127, 0.3290), (0.310, 0.316), (1 / 3, 1 / 3), (0.314, 0.351)
D50 = (0.9642, 1.0, 0.8249)
PQ, HLG, SRGB = 16, 18, 13
VIDEO = frozenset({1, 6, 14, 15})
BRADFORD: Matrix = ((0.8951, -0.7502, 0.0389), (0.2664, 1.7135, -0.0685), (-0.1614, 0.0367, 1.0296))


class Primaries(NamedTuple):
    """x and y of each."""

    red: Point
    green: Point
    blue: Point
    white: Point

    def is_possible(self) -> bool:
        """Whether they enclose colours: files may say anything."""
        (x1, y1), (x2, y2), (x3, y3) = self[:3]
        area = (x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)
        return abs(area) > 1e-4 and self.white[1] > 1e-3 and max(map(max, self)) <= 2


PRIMARIES = {
    1: Primaries((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65),
    4: Primaries((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), C),
    5: Primaries((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), D65),
    6: Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    7: Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), D65),
    8: Primaries((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), C),
    9: Primaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),
    10: Primaries((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), E),
    11: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), DCI),
    12: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),
    22: Primaries((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), D65),
}


def _video(value: float) -> float:
    """A screen in a studio (BT.1886), not the inverse of a camera's curve."""
    return float(value**2.4)


def _smpte_240(value: float) -> float:
    return value / 4 if value < 0.0913 else ((value + 0.1115) / 1.1115) ** (1 / 0.45)


def _srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


CURVES: dict[int, Curve] = {
    1: _video,
    4: lambda value: value**2.2,
    5: lambda value: value**2.8,
    6: _video,
    7: _smpte_240,
    8: lambda value: value,
    11: _video,
    13: _srgb,
    14: _video,
    15: _video,
    17: lambda value: 52.37 / 48 * value**2.6,
}


def srgb_of(light: float) -> float:
    """The value in 0-1 that shows this light; what is out of range is clipped."""
    if light <= 0.0031308:
        return max(0.0, 12.92 * light)
    return float(min(1.0, 1.055 * light ** (1 / 2.4) - 0.055))


def to_xyz(primaries: Primaries) -> Matrix:
    columns = tuple((x, y, 1 - x - y) for x, y in primaries[:3])
    matrix: Matrix = (columns[0], columns[1], columns[2])
    parts = times(inverse(matrix), _white(primaries.white))
    return scaled(matrix, parts)


def to_d50(primaries: Primaries) -> Matrix:
    """As ICC profiles have it: adapted to their own white (Bradford)."""
    there, here = times(BRADFORD, D50), times(BRADFORD, _white(primaries.white))
    ratio = (there[0] / here[0], there[1] / here[1], there[2] / here[2])
    adapted = [times(BRADFORD, column) for column in to_xyz(primaries)]
    back = inverse(BRADFORD)
    red, green, blue = (
        times(back, (c[0] * ratio[0], c[1] * ratio[1], c[2] * ratio[2])) for c in adapted
    )
    return red, green, blue


def between(source: Primaries, target: Primaries) -> Matrix:
    """From the light of one set of primaries to that of another with the same white."""
    back = inverse(to_xyz(target))
    red, green, blue = (times(back, column) for column in to_xyz(source))
    return red, green, blue


def _white(point: Point) -> Vector:
    x, y = point
    return x / y, 1.0, (1 - x - y) / y


def times(matrix: Matrix, vector: Vector) -> Vector:
    (a, b, c), (x, y, z) = matrix, vector
    return (
        a[0] * x + b[0] * y + c[0] * z,
        a[1] * x + b[1] * y + c[1] * z,
        a[2] * x + b[2] * y + c[2] * z,
    )


def scaled(matrix: Matrix, parts: Vector) -> Matrix:
    red, green, blue = (
        (column[0] * part, column[1] * part, column[2] * part)
        for column, part in zip(matrix, parts, strict=True)
    )
    return red, green, blue


def inverse(matrix: Matrix) -> Matrix:
    (a, d, g), (b, e, h), (c, f, i) = matrix
    by = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return (
        ((e * i - f * h) / by, (f * g - d * i) / by, (d * h - e * g) / by),
        ((c * h - b * i) / by, (a * i - c * g) / by, (b * g - a * h) / by),
        ((b * f - c * e) / by, (c * d - a * f) / by, (a * e - b * d) / by),
    )
