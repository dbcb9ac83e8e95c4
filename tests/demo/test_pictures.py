"""The demo's photographs: various, and the same on every machine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pigeon.demo.people import PEOPLE, POSTS, Person
from pigeon.demo.pictures import SCENES, render, render_avatar
from pigeon.demo.specs import RATIOS, PictureSpec

SMALL = 0.25
PICTURES = [(post, spec) for post in POSTS for spec in post.pictures]


def find_spec(subject: str) -> PictureSpec:
    return next(spec for _, spec in PICTURES if spec.subject == subject)


@pytest.mark.parametrize("subject", sorted(SCENES))
def test_the_same_spec_gives_the_same_bytes(subject: str) -> None:
    spec = find_spec(subject)
    first, second = (render(spec, scale=SMALL).tobytes() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("subject", sorted(SCENES))
def test_another_seed_gives_another_picture(subject: str) -> None:
    spec = find_spec(subject)
    first = _pixels(render(spec, scale=SMALL))
    second = _pixels(render(replace(spec, seed=spec.seed + 1), scale=SMALL))
    assert np.abs(first - second).mean() > 2


@pytest.mark.parametrize("subject", sorted(SCENES))
def test_a_picture_has_light_and_shade_and_is_not_burnt_out(subject: str) -> None:
    pixels = _pixels(render(find_spec(subject), scale=SMALL))
    assert pixels.std() > 12
    assert (pixels >= 255).mean() < 0.03
    assert (pixels <= 0).mean() < 0.12


def test_every_feature_in_use_can_be_painted() -> None:
    seen = {(spec.subject, spec.features): spec for _, spec in PICTURES}
    for spec in seen.values():
        assert render(spec, scale=0.15).mode == "RGB"


@pytest.mark.parametrize("ratio", sorted(RATIOS))
def test_a_full_size_picture_has_its_ratio_and_a_long_edge_of_1400_to_1600(ratio: str) -> None:
    image = render(replace(find_spec("city"), ratio=ratio))
    across, down = (float(part) for part in ratio.split(":"))
    assert image.width / image.height == pytest.approx(across / down, rel=0.002)
    assert 1400 <= max(image.size) <= 1600


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.username)
def test_an_avatar_is_a_square_detail(person: Person) -> None:
    avatar = render_avatar(person)
    assert avatar.size == (512, 512)
    assert _pixels(avatar).std() > 10


def test_an_avatar_repeats() -> None:
    assert render_avatar(PEOPLE[0]).tobytes() == render_avatar(PEOPLE[0]).tobytes()


def _pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=np.float32)
