"""HEIC, as phones write it: its primary picture, turned once, in its colours, or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pigeon.stores import imaging, imaging_worker
from pigeon.stores.imaging import inspect
from pigeon.stores.imaging_render import render, render_avatar
from tests.stores import heif, hostile
from tests.stores.renditions import refusal

Write = Callable[[bytes], Path]
UPRIGHT = heif.coded("quadrants.heic")
TALL = heif.coded("quadrants_tall.heic")
CORNERS = ((12, 8), (84, 8), (12, 56), (84, 56))
"""Of a picture of 96 × 64, inside its quadrants."""
FLIPS = (Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT)
QUARTERS = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)


def _largest(rendered: imaging.Rendered) -> Image.Image:
    files = [file for file in rendered.files if file.kind.startswith("w")]
    with Image.open(files[-1].path) as image:
        return image.convert("RGB")


def _near(seen: object, wanted: tuple[int, ...], tolerance: int = 25) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


def _one(*properties: heif.Property, source: heif.Coded = UPRIGHT, **options: object) -> bytes:
    return heif.file([heif.picture(source, *properties)], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_it_is_turned_and_mirrored_once(
    upload: Write, out: Path, quarters: int, axis: int | None
) -> None:
    """The file's own turns count, first to last; the orientation in EXIF says nothing more."""
    turns = [heif.turn(quarters)] + ([heif.mirror(axis)] if axis is not None else [])
    source = TALL if quarters % 2 else UPRIGHT
    exif = Image.Exif()
    exif[hostile.ORIENTATION] = 6
    tiff = exif.tobytes().removeprefix(b"Exif\0\0")
    path = upload(heif.file([heif.picture(source, *turns), heif.exif(tiff, of=1)]))

    seen = inspect(path)
    image = _largest(render(path, out))

    wanted = hostile.picture(source.width, source.height)
    if (turned := QUARTERS[quarters]) is not None:
        wanted = wanted.transpose(turned)
    if axis is not None:
        wanted = wanted.transpose(FLIPS[axis])
    assert (seen.width, seen.height) == image.size == wanted.size == (96, 64)
    for corner in CORNERS:
        assert _near(image.getpixel(corner), wanted.getpixel(corner))


def test_what_is_cut_away_does_not_count(upload: Write, out: Path) -> None:
    path = upload(_one(heif.clean_aperture(29, 51)))

    seen = inspect(path)

    assert (seen.width, seen.height) == (29, 51) == _largest(render(path, out)).size


def test_a_grid_is_one_picture(upload: Write, out: Path) -> None:
    tiles = heif.grid(UPRIGHT, 3, 5, heif.turn(3))
    path = upload(heif.file(tiles, primary=len(tiles)))

    seen = inspect(path)
    image = _largest(render(path, out))

    assert (seen.width, seen.height, seen.frames) == (320, 288, 1)
    assert image.size == (320, 288)
    assert _near(image.getpixel((310, 8)), hostile.QUADRANTS[0])  # turned with the clock


def _large(tiles: int, width: int, height: int) -> bytes:
    items = heif.grid(UPRIGHT, tiles, 1)
    items[-1].properties[0] = heif.size(width, height)
    return heif.file(items, primary=len(items))


def test_a_telephones_colours_become_srgb(upload: Write, out: Path) -> None:
    """The colours of a wide gamut, by the profile in the file."""
    icc = heif.profile(hostile.display_p3())
    path = upload(_one(icc, source=heif.coded("even.heic")))

    assert _near(_largest(render(path, out)).getpixel((30, 30)), (215, 94, 96), 5)


@pytest.mark.parametrize(
    ("primaries", "transfer", "wanted"),
    [
        (12, 13, (215, 94, 96)),
        (12, 1, (215, 94, 96)),
        (2, 2, (200, 100, 100)),
        (9, 16, (255, 0, 13)),
    ],
    ids=["Display P3", "Display P3 of a film", "nothing said", "PQ"],
)
def test_colours_by_number_become_srgb(
    upload: Write, out: Path, primaries: int, transfer: int, wanted: tuple[int, int, int]
) -> None:
    said = heif.numbers(primaries, transfer)
    path = upload(_one(said, source=heif.coded("even.heic")))

    assert _near(_largest(render(path, out)).getpixel((30, 30)), wanted, 6)


def test_a_profile_goes_before_numbers(upload: Write, out: Path) -> None:
    both = (heif.numbers(9, 16), heif.profile(hostile.display_p3()))
    path = upload(_one(*both, source=heif.coded("even.heic")))

    assert _near(_largest(render(path, out)).getpixel((30, 30)), (215, 94, 96), 5)


def test_a_real_photograph_in_display_p3(upload: Write, out: Path) -> None:
    path = heif.PICTURES / "display_p3.heic"

    seen = inspect(path)
    rendered = render(path, out)

    assert (seen.format, seen.width, seen.height) == ("HEIC", 600, 400)
    assert _largest(rendered).size == (600, 400)


@pytest.mark.parametrize("name", ["alpha.heic", "ten_bits.heic"])
def test_transparency_and_ten_bits(upload: Write, out: Path, name: str) -> None:
    image = _largest(render(heif.PICTURES / name, out))

    clear = (255, 255, 255)
    wanted = [*hostile.QUADRANTS]
    if name == "alpha.heic":
        wanted[:2] = clear, clear
    for corner, color in zip(CORNERS, wanted, strict=True):
        assert _near(image.getpixel(corner), color)


def test_nothing_but_pixels_travels(upload: Write, out: Path) -> None:
    tiff = hostile.exif_with_canaries().removeprefix(b"Exif\0\0")
    icc = heif.profile(hostile.display_p3(hostile.CANARY))
    data = heif.file([heif.picture(UPRIGHT, icc), heif.exif(tiff, of=1)])
    assert hostile.CANARY.encode() in data

    rendered = render(upload(data), out)

    for file in rendered.files:
        content = file.path.read_bytes()
        for mark in (hostile.CANARY.encode(), b"Exif", b"EXIF", b"ICC", b"XMP ", b"http"):
            assert mark not in content


def test_damage_that_only_decoding_finds(upload: Write, out: Path) -> None:
    data = bytearray(_one())
    data[-UPRIGHT_BYTES:] = b"\xff" * UPRIGHT_BYTES
    path = upload(bytes(data))
    inspect(path)

    assert refusal(lambda: render(path, out)) == "unreadable"


UPRIGHT_BYTES = len(UPRIGHT.data)


def test_a_grid_that_claims_what_it_is_not(upload: Write, out: Path) -> None:
    path = upload(_large(2, 5_000, 4_000))
    assert inspect(path).width == 5_000

    assert refusal(lambda: render(path, out)) == "unreadable"


def test_an_avatar_is_cut_where_it_was_said(upload: Write, out: Path) -> None:
    rendered = render_avatar(upload(_one(heif.turn(2))), out, (0.6, 0.5, 0.4))

    with Image.open(rendered.files[0].path) as image:
        assert image.size == (26, 26)
        assert _near(image.convert("RGB").getpixel((13, 13)), hostile.QUADRANTS[0])


def test_a_phones_photograph_fits_a_child_of_little_memory(
    upload: Write, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve megapixels in 48 tiles: decoders with threads of their own would need far more."""
    tiles = heif.grid(heif.coded("grain.heic"), 6, 8, heif.turn(3))
    path = upload(heif.file(tiles, primary=len(tiles)))
    monkeypatch.setattr(imaging, "_may_fork", lambda: False)
    assert imaging_worker.MEMORY_BYTES > 256 << 20
    less = "from pigeon.stores import imaging_worker as worker\nworker.MEMORY_BYTES = 256 << 20\n"
    start = imaging.BARE_START.replace("main()\n", f"{less}main()\n")
    monkeypatch.setattr(imaging, "BARE_START", start)

    rendered = imaging.render_limited(path, out)

    assert (rendered.width, rendered.height) == (4_096, 3_072)
