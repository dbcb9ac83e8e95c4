"""GIF: a first frame smaller than its screen, missing ends, and screens made to be costly."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from pigeon.stores import imaging
from pigeon.stores.imaging import inspect
from pigeon.stores.imaging_render import render
from tests.stores import hostile, kinds
from tests.stores.hostile import encoded
from tests.stores.renditions import is_near, opened, refusal

Write = Callable[[bytes], Path]


def test_around_a_small_first_frame_is_white(out: Path) -> None:
    path = kinds.CASES / "12_gif_first_frame_smaller_than_screen.gif"

    image = opened(render(path, out), "w200")

    white = sum(is_near(image.getpixel((x, y)), (255, 255, 255)) for x, y in CORNERS)
    assert white == len(CORNERS)
    assert not is_near(tuple(bytes.fromhex(render(path, out).color[1:])), (255, 255, 255), 1)


CORNERS = ((1, 1), (198, 1), (1, 148), (198, 148))


@pytest.mark.parametrize("end", [b"", b"junk", b"\0\0"])
def test_a_file_without_its_end_mark_is_taken(upload: Write, out: Path, end: bytes) -> None:
    data = encoded(hostile.picture(), "GIF")

    image = opened(render(upload(data[:-1] + end), out), "w60")

    assert is_near(image.getpixel((10, 8)), hostile.QUADRANTS[0], 20)


def test_a_cut_file_is_refused_wherever_it_is_cut(upload: Write, out: Path) -> None:
    """Behind a block of pixels, too: what is missing is the block that ends them."""
    data = encoded(Image.effect_noise((200, 150), 60), "GIF")
    for at in range(14, len(data) - 1, 177):
        assert refusal(partial(inspect, upload(data[:at]))) == "unreadable", at
    assert refusal(lambda: inspect(upload(data[:-2]))) == "unreadable"


def test_a_huge_screen_with_one_pixel(
    upload: Write, out: Path, peak_of: Callable[..., int]
) -> None:
    pixel = b",\0\0\0\0\1\0\1\0\0\x08\x04\0\1\4\4\0;"
    palette = b"\0\0\0\xff\0\0"
    head = b"GIF89a" + struct.pack("<HHBBB", 5_000, 5_000, 0x80, 0, 0)
    path = upload(head + palette + pixel)

    assert inspect(path).width == 5_000
    assert peak_of(imaging.render_limited, path, out) < 440_000_000
