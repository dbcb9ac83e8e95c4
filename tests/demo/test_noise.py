"""Random fields and lines are what painters take them for: the same again, level, and of a size."""

from __future__ import annotations

import numpy as np
import pytest

from pigeon.demo import noise

SHAPE = (120, 200)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_same_seed_gives_the_same_field_and_another_one_another() -> None:
    first, again, other = (noise.field(rng(n), SHAPE, cells=(3, 5)) for n in (1, 1, 2))
    assert (first == again).all() and not (first == other).all()


@pytest.mark.parametrize("coarse", [1, 4])
def test_a_field_is_level_and_has_the_shape_of_the_picture(coarse: int) -> None:
    field = noise.field(rng(), SHAPE, cells=(3, 5), coarse=coarse)
    assert field.shape == SHAPE and field.dtype == np.float32
    assert abs(field.mean()) < 0.1 and 0.8 < field.std() < 1.2


@pytest.mark.parametrize("ridged", [0.0, 1.0])
def test_a_line_wanders_about_the_middle(ridged: float) -> None:
    line = noise.line(rng(), 200, cells=4, ridged=ridged)
    assert line.shape == (200,)
    assert abs(line.mean()) < 1e-3 and 0.3 < np.abs(line).max() < 2


def test_a_soft_step_ends_where_it_is_told_and_may_be_turned_round() -> None:
    at = np.array([-1, 0, 0.5, 1, 2], dtype=np.float32)
    assert noise.smoothstep(0, 1, at).tolist() == [0, 0, 0.5, 1, 1]
    assert noise.smoothstep(1, 0, at).tolist() == [1, 1, 0.5, 0, 0]
