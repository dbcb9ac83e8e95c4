"""Photographs of more than 25 megapixels: JPEGs only, at a fraction, within a child's memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from pigeon.stores import imaging, imaging_decode, imaging_worker
from pigeon.stores.imaging_render import render, render_avatar
from tests.stores import hostile

Write = Callable[[bytes], Path]
LARGEST = (9_236, 6_928)
WORKER = """
from pathlib import Path
from pigeon.stores import imaging_worker as worker
answer = worker.answer
def measured(task):
    found = answer(task)
    lines = Path("/proc/self/status").read_text().splitlines()
    found["rendered"]["color"] = next(line for line in lines if line.startswith("VmHWM")).split()[1]
    return found
worker.answer = measured
"""
"""Says in place of the colour how much memory the child had at its most, in KB."""


@pytest.fixture
def peak_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Bytes that a child had at its most; `peak_of(render, *arguments)`."""
    monkeypatch.setattr(imaging, "_may_fork", lambda: False)
    start = imaging.BARE_START.replace("main()\n", f"{WORKER}main()\n")
    monkeypatch.setattr(imaging, "BARE_START", start)

    def measure(call: Callable[..., imaging.Rendered], *arguments: object) -> int:
        return int(call(*arguments).color) * 1024

    return measure


@cache
def _photograph(mode: str, subsampling: int) -> bytes:
    image = hostile.picture(*LARGEST, mode)
    return hostile.encoded(image, "JPEG", progressive=True, subsampling=subsampling, quality=70)


def _opened(rendered: imaging.Rendered, kind: str) -> Image.Image:
    (path,) = (file.path for file in rendered.files if file.kind == kind)
    with Image.open(path) as image:
        return image.convert("RGB")


def _near(seen: object, wanted: tuple[int, ...], tolerance: int = 25) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


@pytest.mark.parametrize(
    ("mode", "subsampling"), [("RGB", 2), ("RGB", 0), ("CMYK", 0)], ids=["420", "444", "cmyk"]
)
def test_64_megapixels_in_a_child_of_600_mb(
    upload: Write, out: Path, peak_of: Callable[..., int], mode: str, subsampling: int
) -> None:
    """Progressive: all coefficients are in memory at once, at whatever fraction it is decoded."""
    path = upload(_photograph(mode, subsampling))

    assert peak_of(imaging.render_limited, path, out) < 600_000_000


def test_the_limit_itself_keeps_a_child_under_600_mb() -> None:
    assert imaging_worker.MEMORY_BYTES < 550_000_000


@pytest.mark.parametrize("crop", [None, (0.1, 0.1, 0.25), (0.5, 0.5, 0.05)])
def test_an_avatar_from_64_megapixels(
    upload: Write, out: Path, peak_of: Callable[..., int], crop: tuple[float, float, float] | None
) -> None:
    path = upload(_photograph("RGB", 0))

    assert peak_of(imaging.render_avatar_limited, path, out, crop) < 600_000_000


def test_a_baseline_photograph_costs_what_its_fraction_costs(
    upload: Write, out: Path, peak_of: Callable[..., int]
) -> None:
    data = hostile.encoded(hostile.picture(8_064, 6_048), "JPEG", quality=70)
    path = upload(data)

    assert peak_of(imaging.render_limited, path, out) < 200_000_000


def test_an_image_of_a_phone_is_rendered_as_any_other(upload: Write, out: Path) -> None:
    path = upload(hostile.encoded(hostile.picture(8_064, 6_048), "JPEG", quality=70))

    rendered = render(path, out)

    assert (rendered.width, rendered.height) == (8_064, 6_048)
    assert [file.kind for file in rendered.files if file.kind[0] == "w"] == [
        *("w320", "w640", "w1080", "w2048"),
    ]
    image = _opened(rendered, "w2048")
    places = ((30, 30), (2_000, 30), (30, 1_500), (2_000, 1_500))
    for place, color in zip(places, hostile.QUADRANTS, strict=True):
        assert _near(image.getpixel(place), color)


def _marked(orientation: int, mark: tuple[int, int, int, int]) -> bytes:
    """Upright a grey picture of 1,201 × 801 with one red rectangle."""
    image = Image.new("RGB", (1_201, 801), (90, 90, 90))
    image.paste((220, 30, 30), mark)
    if orientation in hostile.TO_STORED:
        image = image.transpose(hostile.TO_STORED[orientation])
    exif = Image.Exif()
    exif[hostile.ORIENTATION] = orientation
    return hostile.encoded(image, "JPEG", exif=exif.tobytes(), quality=95, subsampling=0)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("part", [0.25, 0.9])
def test_a_crop_is_exact_at_every_fraction_and_turn(
    upload: Write, out: Path, orientation: int, part: float
) -> None:
    """The crop is drawn around the red rectangle: nothing of the ground beside it is seen."""
    side = round(part * 801)
    left, top = 240, 60
    path = upload(_marked(orientation, (left, top, left + side, top + side)))

    rendered = render_avatar(path, out, (left / 1_201, top / 801, part))
    image = _opened(rendered, "s256")

    last = image.width - 3
    for place in ((2, 2), (last, 2), (2, last), (last, last)):
        assert _near(image.getpixel(place), (220, 30, 30), 40)


def test_more_than_can_be_held_whole_is_halved(upload: Write) -> None:
    """A deep crop has fewer pixels then; it is still where it was."""
    path = upload(hostile.encoded(hostile.picture(*LARGEST), "JPEG", quality=70))
    assert LARGEST[0] * LARGEST[1] > imaging_decode.WHOLE_PIXELS
    box = (0, 0, 200, 200)

    image = imaging_decode.decode(path, imaging.inspect(path), (200, 200), box)

    assert image.size == (200, 200)
    assert _near(image.getpixel((100, 100)), hostile.QUADRANTS[0])
