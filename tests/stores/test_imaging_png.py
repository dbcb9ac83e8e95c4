"""PNG: only what matters is read of it; keys, ends, checksums and first frames."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from pigeon.stores import imaging
from pigeon.stores.imaging import inspect
from pigeon.stores.imaging_render import render, render_avatar
from tests.harness import pace
from tests.stores import hostile, kinds
from tests.stores.hostile import chunk, encoded, png
from tests.stores.renditions import is_near, opened, refusal

Write = Callable[[bytes], Path]
WHITE = (255, 255, 255)


def _keyed(mode: str, color: object, key: tuple[int, ...]) -> bytes:
    """One half of a colour that stands for transparency, the other of another."""
    image = Image.new(mode, (60, 40), color)  # type: ignore[arg-type]
    image.paste(0 if mode in ("1", "L") else (0, 0, 200), (30, 0, 60, 40))
    return kinds.with_chunks(image, chunk(b"tRNS", struct.pack(f">{len(key)}H", *key)))


@pytest.mark.parametrize(
    ("mode", "color", "key"),
    [("RGB", (255, 0, 255), (255, 0, 255)), ("L", 200, (200,)), ("1", 1, (1,))],
)
def test_the_key_of_a_color_is_white(
    upload: Write, out: Path, mode: str, color: object, key: tuple[int, ...]
) -> None:
    image = opened(render(upload(_keyed(mode, color, key)), out), "w60")

    assert is_near(image.getpixel((10, 20)), WHITE)
    assert not is_near(image.getpixel((50, 20)), WHITE)


@pytest.mark.parametrize("color_type", [0, 2])
def test_sixteen_bits_are_compared_in_all_of_them(
    upload: Write, out: Path, color_type: int
) -> None:
    """The right half differs from the key in its last bit."""
    channels = 3 if color_type == 2 else 1
    row = b"\0" + b"\x12\x34" * channels * 30 + b"\x12\x35" * channels * 30
    data = png(
        chunk(b"IHDR", struct.pack(">IIBBBBB", 60, 40, 16, color_type, 0, 0, 0)),
        chunk(b"tRNS", b"\x12\x34" * channels),
        chunk(b"IDAT", zlib.compress(row * 40)),
        chunk(b"IEND"),
    )

    image = opened(render(upload(data), out), "w60")

    assert is_near(image.getpixel((10, 20)), WHITE)
    assert is_near(image.getpixel((50, 20)), (18, 18, 18))


def test_an_edge_to_transparency_has_no_hem(upload: Write, out: Path) -> None:
    """The key is made transparent before the picture is scaled."""
    image = Image.new("RGB", (4_000, 40), (255, 0, 255))
    image.paste((0, 0, 0), (2_001, 0, 4_000, 40))
    data = kinds.with_chunks(image, chunk(b"tRNS", struct.pack(">3H", 255, 0, 255)))

    small = opened(render(upload(data), out), "w320")

    for x in range(150, 170):
        red, green, blue = small.getpixel((x, 1))  # type: ignore[misc]
        assert abs(red - green) < 20 and abs(blue - green) < 20


def test_grey_with_alpha_has_its_profile(upload: Write, out: Path) -> None:
    path = kinds.CASES / "08_png_grey_alpha_grey_icc_1.75.png"

    assert is_near(tuple(bytes.fromhex(render(path, out).color[1:])), (191, 191, 191), 2)


@pytest.mark.parametrize("kind", [b"tEXt", b"pHYs", b"tIME", b"eXIf", b"iCCP", b"gAMA", b"cICP"])
def test_a_wrong_checksum_is_that_chunks_fault_alone(upload: Write, out: Path, kind: bytes) -> None:
    plain = opened(render(upload(encoded(hostile.picture(), "PNG")), out), "w60")
    bad = kinds.wrong(chunk(kind, bytes(range(1, 40))))

    image = opened(render(upload(kinds.with_chunks(hostile.picture(), bad)), out), "w60")

    assert image.tobytes() == plain.tobytes()


@pytest.mark.parametrize("kind", [b"IHDR", b"PLTE"])
def test_a_wrong_checksum_of_what_matters_is_damage(upload: Write, out: Path, kind: bytes) -> None:
    data = bytearray(encoded(hostile.picture().convert("P"), "PNG"))
    at = data.index(kind)
    (length,) = struct.unpack_from(">I", data, at - 4)
    data[at + 4 + length] ^= 1

    assert refusal(lambda: render(upload(bytes(data)), out)) == "unreadable"


def test_an_orientation_with_a_wrong_checksum_does_not_count(upload: Write) -> None:
    data = bytearray(hostile.oriented("PNG", 6))
    at = data.index(b"eXIf")
    (length,) = struct.unpack_from(">I", data, at - 4)
    data[at + 4 + length] ^= 1

    assert inspect(upload(bytes(data))).orientation == 1


def test_a_file_without_its_end_mark_is_taken(upload: Write, out: Path) -> None:
    data = encoded(hostile.picture(), "PNG")[:-12]

    assert is_near(opened(render(upload(data), out), "w60").getpixel((10, 8)), hostile.QUADRANTS[0])


def test_a_cut_file_is_refused_wherever_it_is_cut(upload: Write, out: Path) -> None:
    """Also between two chunks of pixels: that is found when they are unpacked."""
    data = encoded(Image.effect_noise((200, 150), 60), "PNG")
    for at in range(30, len(data) - 13, 331):
        assert refusal(partial(inspect, upload(data[:at]))) == "unreadable", at
    at, half = data.index(b"IDAT") - 4, len(data) // 2
    cut = data[:at] + chunk(b"IDAT", data[at + 8 : half])
    assert inspect(upload(cut)).width == 200
    assert refusal(lambda: render(upload(cut), out)) == "unreadable"


def test_of_a_moving_picture_the_first_frame_is_taken(upload: Write, out: Path) -> None:
    """What stands for it where nothing moves is no frame; a browser does not show it either."""
    frame, last = Image.new("RGBA", (60, 40), "blue"), Image.new("RGBA", (60, 40), "lime")
    for has_other in (False, True):
        data = encoded(
            Image.new("RGBA", (60, 40), "red"),
            "PNG",
            save_all=True,
            default_image=has_other,
            append_images=[frame, last],
        )
        wanted = (0, 0, 255) if has_other else (255, 0, 0)
        assert is_near(opened(render(upload(data), out), "w60").getpixel((9, 9)), wanted)


def test_a_first_frame_smaller_than_its_canvas_lies_on_white(upload: Write, out: Path) -> None:
    data = _with_small_frame((30, 20, 15, 10))

    image = opened(render(upload(data), out), "w60")

    assert is_near(image.getpixel((20, 20)), (255, 0, 0))
    assert is_near(image.getpixel((5, 5)), WHITE)
    assert is_near(image.getpixel((55, 35)), WHITE)


@pytest.mark.parametrize("frame", [(70, 20, 0, 0), (30, 20, 40, 10), (0, 20, 0, 0)])
def test_a_first_frame_beside_its_canvas_is_damage(
    upload: Write, out: Path, frame: tuple[int, ...]
) -> None:
    assert refusal(lambda: render(upload(_with_small_frame(frame)), out)) == "unreadable"


def _with_small_frame(frame: tuple[int, ...]) -> bytes:
    """Width, height, left and top of the frame."""
    still = encoded(hostile.picture(), "PNG")
    pixels = zlib.compress((b"\0" + b"\xff\0\0" * frame[0]) * max(1, frame[1]))
    return (
        still[:33]
        + chunk(b"acTL", struct.pack(">II", 1, 0))
        + still[33:-12]
        + chunk(b"fcTL", struct.pack(">5IHHBB", 0, *frame, 1, 1, 0, 0))
        + chunk(b"fdAT", b"\0\0\0\1" + pixels)
        + still[-12:]
    )


def test_a_colour_beyond_the_palette_is_its_last_one(upload: Write, out: Path) -> None:
    data = kinds.raw_png(3, 8)
    at = data.index(b"PLTE")
    (length,) = struct.unpack_from(">I", data, at - 4)
    short = data[: at - 4] + chunk(b"PLTE", bytes(range(30))) + data[at + length + 8 :]

    image = opened(render(upload(short), out), "w96")

    assert is_near(image.getpixel((1, 1)), (0, 1, 2), 1)
    assert is_near(image.getpixel((90, 20)), (27, 28, 29), 1)


def test_a_palette_that_is_missing_is_damage(upload: Write, out: Path) -> None:
    data = kinds.raw_png(3, 8)
    at = data.index(b"PLTE")

    without = data[: at - 4] + data[at + 768 + 8 :]

    assert refusal(lambda: render(upload(without), out)) == "unreadable"


def _bombs() -> dict[str, bytes]:
    picture = hostile.picture()
    packed = zlib.compress(bytes(100_000_000))
    many = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(900_000))) * 5_000
    return {
        "a text of 100 MB": kinds.with_chunks(picture, chunk(b"zTXt", b"a\0\0" + packed)),
        "a profile of 100 MB": kinds.with_chunks(picture, chunk(b"iCCP", b"a\0\0" + packed)),
        "5,000 texts": kinds.with_chunks(picture, many),
        "19,000 chunks": kinds.with_chunks(picture, chunk(b"tEXt", b"a\0b") * 19_000),
    }


def test_what_only_describes_costs_nothing(upload: Write, out: Path) -> None:
    """The profile is unpacked as far as it may be long: 8 MB."""
    for name, data in _bombs().items():
        path = upload(data)
        assert pace.cost(partial(render, path, out)) < 3, name


def test_more_chunks_than_that_are_refused(upload: Write) -> None:
    data = kinds.with_chunks(hostile.picture(), chunk(b"tEXt", b"a\0b") * 21_000)

    assert refusal(lambda: inspect(upload(data))) == "unreadable"


SIDE = (5_000, 5_000)
TALL = (1_525, 16_383)


def _large() -> dict[str, Callable[[], bytes]]:
    key = chunk(b"tRNS", bytes(6))
    return {
        "16 bits and a key": lambda: _flat(2, key),
        "grey of 16 bits and a key": lambda: _flat(0, chunk(b"tRNS", bytes(2))),
        "grey of 16 bits with alpha": lambda: _flat(4),
        "16 bits with alpha": lambda: _flat(6),
        "a key": lambda: kinds.with_chunks(Image.new("RGB", SIDE), key),
        "PQ as tall as can be": lambda: kinds.with_chunks(
            Image.new("RGBA", TALL, "teal"), kinds.cicp(9, 16)
        ),
        "gamma as tall as can be": lambda: kinds.with_chunks(
            Image.new("RGBA", TALL, "teal"), kinds.gamma(1)
        ),
    }


def _flat(color_type: int, *chunks: bytes) -> bytes:
    """25 megapixels of 16 bits."""
    width = {0: 2, 2: 6, 4: 4, 6: 8}[color_type] * SIDE[0]
    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(b"\0" + b"\1\2" * (width // 2)) for _ in range(SIDE[1]))
    header = struct.pack(">IIBBBBB", *SIDE, 16, color_type, 0, 0, 0)
    pixels = chunk(b"IDAT", rows + packer.flush())
    return png(chunk(b"IHDR", header), *chunks, pixels, chunk(b"IEND"))


@pytest.mark.parametrize("name", _large())
def test_the_largest_of_each_kind_fit_the_child(
    upload: Write, out: Path, peak_of: Callable[..., int], name: str
) -> None:
    path = upload(_large()[name]())

    assert peak_of(imaging.render_limited, path, out) < 440_000_000
    assert peak_of(imaging.render_avatar_limited, path, out, (0.1, 0.1, 0.1)) < 440_000_000


def test_an_avatar_of_a_keyed_picture_is_on_white(upload: Write, out: Path) -> None:
    path = upload(_keyed("RGB", (255, 0, 255), (255, 0, 255)))

    assert is_near(opened(render_avatar(path, out, (0, 0, 0.5)), "s256").getpixel((5, 5)), WHITE)
