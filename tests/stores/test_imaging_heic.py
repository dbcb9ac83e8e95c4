"""HEIC, as phones write it: its primary picture, turned once, in its colours, or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pigeon.stores import imaging, imaging_worker
from pigeon.stores.imaging import Refused, inspect
from pigeon.stores.imaging_render import render, render_avatar
from tests.stores import heif, hostile

Write = Callable[[bytes], Path]
UPRIGHT = heif.coded("quadrants.heic")
TALL = heif.coded("quadrants_tall.heic")
CORNERS = ((12, 8), (84, 8), (12, 56), (84, 56))
"""Of a picture of 96 × 64, inside its quadrants."""

FLIPS = (Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT)
QUARTERS = (None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)


def _refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def _largest(rendered: imaging.Rendered) -> Image.Image:
    files = [file for file in rendered.files if file.kind.startswith("w")]
    with Image.open(files[-1].path) as image:
        return image.convert("RGB")


def _near(seen: object, wanted: tuple[int, ...], tolerance: int = 25) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


def _is_upright(image: Image.Image) -> bool:
    return image.size == (96, 64) and all(
        _near(image.getpixel(corner), color)
        for corner, color in zip(CORNERS, hostile.QUADRANTS, strict=True)
    )


def _one(*properties: heif.Property, source: heif.Coded = UPRIGHT, **options: object) -> bytes:
    return heif.file([heif.picture(source, *properties)], **options)  # type: ignore[arg-type]


# -- what it is ---------------------------------------------------------------------------


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"])
def test_the_type_comes_from_the_content(upload: Write, out: Path, brand: bytes) -> None:
    path = upload(_one(brands=(brand, b"mif1")))

    seen = inspect(path)

    assert (seen.format, seen.width, seen.height, seen.frames) == ("HEIC", 96, 64, 1)
    assert _is_upright(_largest(render(path, out)))


def test_a_container_of_other_pictures_is_not_ours(upload: Write) -> None:
    still = heif.picture(UPRIGHT)
    still.kind = b"jpeg"

    assert _refusal(lambda: inspect(upload(heif.file([still], brands=(b"mif1", b"mif1"))))) == (
        "bad_format"
    )


def test_avif_stays_avif_whatever_its_first_brand(upload: Write, out: Path) -> None:
    data = hostile.encoded(hostile.picture(), "AVIF", quality=95)
    assert data[8:12] == b"avif"
    path = upload(data[:8] + b"mif1" + data[12:])

    assert inspect(path).format == "AVIF"
    assert _near(_largest(render(path, out)).getpixel((10, 8)), hostile.QUADRANTS[0])


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


def test_of_a_burst_the_chosen_picture_counts(upload: Write, out: Path) -> None:
    """Not the first; and not the small picture beside it, which may be another's."""
    decoy = heif.picture(heif.coded("even.heic"))
    thumbnail = heif.picture(heif.coded("even.heic"))
    thumbnail.refers = [(b"thmb", [2])]
    path = upload(heif.file([decoy, heif.picture(UPRIGHT), decoy, thumbnail], primary=2))

    assert inspect(path).width == 96
    assert _is_upright(_largest(render(path, out)))


@pytest.mark.parametrize("part", [0.1, 0.4, 0.6, 0.99])
def test_a_cut_file_is_seen_without_decoding(upload: Write, part: float) -> None:
    data = heif.file([heif.picture(heif.coded("grain.heic"))])

    assert _refusal(lambda: inspect(upload(hostile.truncated(data, part)))) == "unreadable"


def test_what_stands_behind_the_pixels_is_no_reason(upload: Write) -> None:
    """Phones append notes of their own that are no boxes."""
    assert inspect(upload(_one(behind=b"\0\0\0\x20sefdSEFT"))).width == 96
    avif = hostile.encoded(hostile.picture(), "AVIF") + b"\xff\x00trailing"
    assert inspect(upload(avif)).width == 60


def test_limits_are_those_of_other_types(upload: Write) -> None:
    for data, code, limit in (
        (_one().ljust(15_728_641, b"\0"), "too_large", 15_728_640),
        (_large(10, 16_000, 2_000), "too_many_pixels", 25_000_000),
    ):
        with pytest.raises(Refused) as caught:
            inspect(upload(data))
        assert (caught.value.code, caught.value.limit) == (code, limit)


def _large(tiles: int, width: int, height: int) -> bytes:
    items = heif.grid(UPRIGHT, tiles, 1)
    items[-1].properties[0] = heif.size(width, height)
    return heif.file(items, primary=len(items))


def test_no_garbled_header_gets_anything_but_an_answer(upload: Write) -> None:
    data = heif.file([heif.picture(UPRIGHT, heif.turn(1), heif.clean_aperture(60, 60))])
    for at in range(len(data)):
        garbled = bytearray(data)
        garbled[at] ^= 0xFF
        try:
            inspect(upload(bytes(garbled)))
        except Refused as refusal:
            assert refusal.code in ("bad_format", "unreadable", "too_many_pixels")


# -- its pixels ---------------------------------------------------------------------------


def test_a_telephones_colours_become_srgb(upload: Write, out: Path) -> None:
    """The colours of a wide gamut, by the profile in the file."""
    icc = heif.profile(hostile.display_p3())
    path = upload(_one(icc, source=heif.coded("even.heic")))

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

    assert _refusal(lambda: render(path, out)) == "unreadable"


UPRIGHT_BYTES = len(UPRIGHT.data)


def test_a_grid_that_claims_what_it_is_not(upload: Write, out: Path) -> None:
    path = upload(_large(2, 5_000, 4_000))
    assert inspect(path).width == 5_000

    assert _refusal(lambda: render(path, out)) == "unreadable"


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
