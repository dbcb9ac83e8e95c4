"""One rule for preview, crop and result: what Chromium turns is turned, and nothing else."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from pigeon.stores.imaging_render import render
from tests.stores import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SIDES = (160, 96)
READ = """async (encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.codePointAt(0));
  const file = new Blob([bytes]);
  const corners = (picture, width, height) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    const at = (x, y) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3);
    return [at(8, 8), at(width - 8, 8), at(8, height - 8), at(width - 8, height - 8)];
  };
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const element = new Image();
  element.src = URL.createObjectURL(file);
  await element.decode();
  document.body.append(element);
  const [width, height] = [element.naturalWidth, element.naturalHeight];
  return {
    bitmap: [bitmap.width, bitmap.height, corners(bitmap, bitmap.width, bitmap.height)],
    element: [width, height, corners(element, width, height)],
  };
}"""


def _exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[hostile.ORIENTATION] = orientation
    return exif.tobytes()


def _xmp(orientation: int) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
        '"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        f' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="{orientation}"/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def _by_exif(format: str, orientation: int) -> bytes:
    return hostile.encoded(hostile.picture(*SIDES), format, exif=_exif(orientation), quality=95)


def _by_xmp(format: str, orientation: int) -> bytes:
    return hostile.encoded(hostile.picture(*SIDES), format, xmp=_xmp(orientation), quality=95)


def _png_late(orientation: int) -> bytes:
    """The orientation stands behind the pixels, as some editors write it."""
    data = hostile.encoded(hostile.picture(*SIDES), "PNG")
    late = hostile.chunk(b"eXIf", _exif(orientation).removeprefix(b"Exif\0\0"))
    return data[:-12] + late + data[-12:]


def _avif_by_exif_alone(orientation: int) -> bytes:
    """Pillow would write the orientation into the container: it is put in afterwards."""
    wanted = _exif(orientation).removeprefix(b"Exif\0\0")
    other = Image.Exif()
    other[hostile.ORIENTATION + 1] = orientation
    blank = other.tobytes().removeprefix(b"Exif\0\0")
    data = hostile.encoded(hostile.picture(*SIDES), "AVIF", exif=other.tobytes(), quality=95)
    assert blank in data and len(blank) == len(wanted)
    return data.replace(blank, wanted)


KINDS: dict[str, tuple[Callable[[int], bytes], bool]] = {
    "JPEG by EXIF": (lambda turn: _by_exif("JPEG", turn), True),
    "JPEG by XMP alone": (lambda turn: _by_xmp("JPEG", turn), False),
    "PNG by eXIf before its pixels": (lambda turn: _by_exif("PNG", turn), True),
    "PNG by eXIf behind its pixels": (_png_late, False),
    "WebP by EXIF": (lambda turn: _by_exif("WEBP", turn), False),
    "WebP by XMP": (lambda turn: _by_xmp("WEBP", turn), False),
    "AVIF by its container": (lambda turn: _by_exif("AVIF", turn), True),
    "AVIF by EXIF alone": (_avif_by_exif_alone, False),
}
"""How a picture says how it is turned, and whether that counts."""


@pytest.mark.parametrize("kind", KINDS)
def test_the_result_stands_as_the_browser_showed_it(
    browser: Browser, tmp_path: Path, kind: str
) -> None:
    page = browser.new_page()
    make, counts = KINDS[kind]
    for orientation in range(1, 9):
        data = make(orientation)
        shown = page.evaluate(READ, base64.b64encode(data).decode())
        assert shown["bitmap"] == shown["element"], orientation
        width, height, corners = shown["bitmap"]
        wanted = _rendered(data, tmp_path)

        assert (width, height) == wanted.size, orientation
        assert _are_near(corners, _corners(wanted)), orientation
        is_turned = _nearest(corners) != [0, 1, 2, 3]
        assert is_turned == (counts and orientation > 1), orientation


def _rendered(data: bytes, folder: Path) -> Image.Image:
    path = folder / "upload"
    path.write_bytes(data)
    (file,) = (file for file in render(path, folder).files if file.kind.startswith("w"))
    with Image.open(file.path) as image:
        return image.convert("RGB")


def _corners(image: Image.Image) -> list[tuple[int, ...]]:
    right, bottom = image.width - 8, image.height - 8
    places = ((8, 8), (right, 8), (8, bottom), (right, bottom))
    return [tuple(image.getpixel(place)) for place in places]  # type: ignore[arg-type]


def _nearest(corners: list[tuple[int, ...]]) -> list[int]:
    """Which quadrant's colour each corner has."""
    return [
        min(
            range(4),
            key=lambda n: sum(
                abs(a - b) for a, b in zip(corner, hostile.QUADRANTS[n], strict=True)
            ),
        )
        for corner in corners
    ]


def _are_near(seen: list[tuple[int, ...]], wanted: list[tuple[int, ...]]) -> bool:
    pairs = [
        pair
        for one, other in zip(seen, wanted, strict=True)
        for pair in zip(one, other, strict=True)
    ]
    return all(abs(a - b) <= 25 for a, b in pairs)
