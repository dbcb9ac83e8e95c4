"""WebP: lengths that are wrong and padding that is missing."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from pigeon.stores.imaging import inspect
from pigeon.stores.imaging_render import render
from tests.stores import hostile, kinds
from tests.stores.hostile import encoded
from tests.stores.renditions import is_near, opened, refusal

Write = Callable[[bytes], Path]


def _claiming(data: bytes, difference: int) -> bytes:
    (length,) = struct.unpack_from("<I", data, 4)
    return data[:4] + struct.pack("<I", length + difference) + data[8:]


@pytest.mark.parametrize("difference", [-9, -2, -1, 1, 2, 9, 1_000])
@pytest.mark.parametrize("options", [{"quality": 90}, {"lossless": True}], ids=["lossy", "exact"])
def test_a_wrong_length_is_passed_over(
    upload: Write, out: Path, options: dict[str, object], difference: int
) -> None:
    data = _claiming(encoded(hostile.picture(), "WEBP", **options), difference)

    image = opened(render(upload(data), out), "w60")

    assert is_near(image.getpixel((10, 8)), hostile.QUADRANTS[0], 20)


def test_padding_may_be_missing(upload: Write, out: Path) -> None:
    path = kinds.CASES / "07_webp_no_pad_byte.webp"

    assert render(path, out).width == 600


@pytest.mark.parametrize("options", [{"quality": 80}, {"lossless": True}], ids=["lossy", "exact"])
def test_a_cut_file_is_refused_wherever_it_is_cut(
    upload: Write, options: dict[str, object]
) -> None:
    data = encoded(Image.effect_noise((200, 150), 60).convert("RGB"), "WEBP", **options)
    (length,) = struct.unpack_from("<I", data, 16)
    for at in (*range(14, len(data) - 2, 177), 20 + length - 1):
        cut = data[:at]
        assert refusal(partial(inspect, upload(cut))) == "unreadable", at
        mended = _claiming(cut, len(cut) - len(data))
        assert refusal(partial(inspect, upload(mended))) == "unreadable", at
