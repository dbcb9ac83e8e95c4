"""How far a rendition is from what a browser shows of the same file: mean ΔE2000."""

from __future__ import annotations

import base64
import io
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pi_heif
from PIL import Image, ImageCms

from pigeon.stores.imaging_headers import Refused
from pigeon.stores.imaging_render import render

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Page

    Floats = NDArray[np.float64]

MOST = 2.0
"""Of the mean: more is seen side by side."""

DRAW = """async (encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (letter) => letter.codePointAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes])).catch(() => null);
  if (!bitmap) return null;
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, width, height).data;
  let text = "";
  for (let at = 0; at < pixels.length; at += 32768) {
    text += String.fromCharCode(...pixels.subarray(at, at + 32768));
  }
  return { width, height, pixels: btoa(text) };
}"""

_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = _TO_XYZ.sum(axis=1)


def drawn(page: Page, data: bytes) -> Image.Image | None:
    """What the browser makes of it, on white; None where it makes no bitmap of it."""
    found = page.evaluate(DRAW, base64.b64encode(data).decode())
    if found is None:
        return None
    pixels = base64.b64decode(found["pixels"])
    return Image.frombytes("RGBA", (found["width"], found["height"]), pixels).convert("RGB")


def rendered(data: bytes) -> Image.Image:
    """Our largest rendition of it; raises `Refused`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "upload"
        path.write_bytes(data)
        files = [file for file in render(path, folder).files if file.kind.startswith("w")]
        with Image.open(files[-1].path) as image:
            return image.convert("RGB")


class Verdict(NamedTuple):
    """`distance` is None where one of both shows nothing or they differ in size."""

    name: str
    is_drawn: bool
    refusal: str | None
    distance: float | None

    def is_right(self) -> bool:
        return self.distance is not None and self.distance <= MOST


def verdicts(
    page: Page, files: Mapping[str, bytes], with_ends: Mapping[str, bytes]
) -> Iterator[Verdict]:
    """Of each file; of those in `with_ends` the browser is shown that one."""
    for name, data in files.items():
        wanted = drawn(page, with_ends.get(name, data))
        try:
            seen = rendered(data)
        except Refused as refused:
            yield Verdict(name, wanted is not None, refused.code, None)
            continue
        distance = None
        if wanted is not None and wanted.size == seen.size:
            distance = mean_difference(seen, wanted)
        yield Verdict(name, wanted is not None, None, distance)


def verdicts_of_heic(files: Mapping[str, bytes]) -> Iterator[Verdict]:
    """Which no browser here draws: beside what libheif decodes, by the profile in the file."""
    for name, data in files.items():
        read = pi_heif.open_heif(io.BytesIO(data))
        wanted = Image.frombytes(read.mode, read.size, read.data, "raw", read.mode, read.stride)
        if profile := read.info.get("icc_profile"):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            wanted = ImageCms.profileToProfile(wanted, source, target, outputMode="RGB") or wanted
        yield Verdict(name, True, None, mean_difference(rendered(data), wanted.convert("RGB")))


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    """Mean ΔE2000 of two RGB pictures of one size."""
    return float(_delta_e(_lab(one), _lab(other)).mean())


def _lab(image: Image.Image) -> Floats:
    value = np.asarray(image, dtype=np.float64).reshape(-1, 3) / 255
    light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    ratio = light @ _TO_XYZ.T / _WHITE
    f = np.where(ratio > 216 / 24_389, np.cbrt(ratio), (24_389 / 27 * ratio + 16) / 116)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def _delta_e(one: Floats, other: Floats) -> Any:
    """CIEDE2000, written as in Sharma, Wu and Dalal (2005)."""
    (l1, a1, b1), (l2, a2, b2) = one.T, other.T
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    is_grey = c1 * c2 == 0
    step = np.where(is_grey, 0, (h2 - h1 + 180) % 360 - 180)
    d_l, d_c = l2 - l1, c2 - c1
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(step / 2))
    l_, c_ = (l1 + l2) / 2, (c1 + c2) / 2
    far = np.abs(h1 - h2) > 180
    h_ = np.where(is_grey, h1 + h2, (h1 + h2 + np.where(far, 360, 0)) / 2 % 360)
    t = (
        1
        - 0.17 * np.cos(np.radians(h_ - 30))
        + 0.24 * np.cos(np.radians(2 * h_))
        + 0.32 * np.cos(np.radians(3 * h_ + 6))
        - 0.20 * np.cos(np.radians(4 * h_ - 63))
    )
    turn = 30 * np.exp(-(((h_ - 275) / 25) ** 2))
    r_c = 2 * np.sqrt(c_**7 / (c_**7 + 25.0**7))
    s_l = 1 + 0.015 * (l_ - 50) ** 2 / np.sqrt(20 + (l_ - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_, 1 + 0.015 * c_ * t
    r_t = -np.sin(np.radians(2 * turn)) * r_c
    l_part, c_part, h_part = d_l / s_l, d_c / s_c, d_h / s_h
    return np.sqrt(np.maximum(0, l_part**2 + c_part**2 + h_part**2 + r_t * c_part * h_part))
