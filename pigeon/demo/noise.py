"""Smooth random fields and lines; drawn small and enlarged, since nature has few sharp noises."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Plane = npt.NDArray[np.floating[Any]]
Shape = tuple[int, int]


def smoothstep(low: float, high: float, value: Plane) -> Plane:
    """0 below `low`, 1 above `high`, a soft S between; `low` may exceed `high` to turn it round."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def enlarge(plane: Plane, shape: Shape) -> Plane:
    height, width = shape
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def field(
    rng: np.random.Generator,
    shape: Shape,
    *,
    cells: tuple[float, float],
    octaves: int = 5,
    gain: float = 0.5,
    coarse: int = 4,
) -> Plane:
    """Fractal noise of mean 0 and deviation 1; `cells` are lumps down and across the picture.

    `coarse` divides the working resolution: clouds are fine at 4, sand needs 1.
    """
    small = (max(8, shape[0] // coarse), max(8, shape[1] // coarse))
    total = np.zeros(small, dtype=np.float32)
    for octave in range(octaves):
        grid = tuple(
            min(int(cell * 2**octave) + 3, 2 * side)
            for cell, side in zip(cells, small, strict=True)
        )
        lumps = rng.standard_normal(grid, dtype=np.float32)
        total += np.float32(gain**octave) * enlarge(lumps, small)
    total = (total - total.mean()) / (total.std() + np.float32(1e-6))
    return total if coarse == 1 else enlarge(total, shape)


def line(
    rng: np.random.Generator,
    width: int,
    *,
    cells: float,
    octaves: int = 6,
    gain: float = 0.5,
    ridged: float = 0.0,
) -> Plane:
    """A wandering line of mean 0 and height about ±1; `ridged` folds it into peaks."""
    total = np.zeros(width, dtype=np.float32)
    for octave in range(octaves):
        count = int(cells * 2**octave) + 4
        knots = rng.standard_normal((1, count), dtype=np.float32)
        bend = enlarge(knots, (1, width))[0]
        folded = 1 - 2 * np.abs(bend)
        total += np.float32(gain**octave) * ((1 - ridged) * bend + ridged * folded)
    return np.asarray((total - total.mean()) / (np.abs(total).max() + 1e-6), dtype=np.float32)
