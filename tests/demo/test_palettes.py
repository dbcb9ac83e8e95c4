"""Colours are mixed as eyes see them, and palettes hold colours that can be mixed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pigeon.demo import palettes
from pigeon.demo.palettes import PALETTES, Palette


def _colours(palette: Palette) -> list[str]:
    return [*palette.sky, palette.haze, palette.near, palette.light, *palette.accents]


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_every_colour_survives_the_way_to_the_eye_and_back(name: str) -> None:
    for code in _colours(PALETTES[name]):
        assert re.fullmatch("#[0-9a-f]{6}", code)
        back = "#" + "".join(f"{round(float(part) * 255):02x}" for part in palettes.rgb(code))
        assert back == code


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_what_is_near_is_darker_than_the_light(name: str) -> None:
    palette = PALETTES[name]
    assert palettes.rgb(palette.near).mean() < palettes.rgb(palette.light).mean() - 0.3


def test_the_ends_of_a_mixture_are_its_colours() -> None:
    assert np.allclose(palettes.mix("#ff0000", "#0000ff", 0), palettes.rgb("#ff0000"), atol=1e-3)
    assert np.allclose(palettes.mix("#ff0000", "#0000ff", 1), palettes.rgb("#0000ff"), atol=1e-3)


def test_the_middle_of_two_colours_is_never_muddy() -> None:
    """Halfway between blue and yellow, mixing light itself would give a flat grey."""
    middle = palettes.mix("#0000ff", "#ffff00", 0.5)
    assert float(middle.max() - middle.min()) > 0.1


def test_a_gradient_has_a_colour_for_every_place() -> None:
    place = np.linspace(0, 1, 12).reshape(3, 4)
    painted = palettes.gradient(("#000000", "#808080", "#ffffff"), place)
    assert painted.shape == (3, 4, 3)
    assert (np.diff(painted.reshape(12, 3)[:, 0]) > 0).all()
