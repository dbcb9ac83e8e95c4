"""Made these files, once, in an environment of its own: what we decode with encodes nothing.

    python3 -m venv /tmp/heif && /tmp/heif/bin/pip install pillow-heif numpy
    /tmp/heif/bin/python tests/stores/pictures/make.py tests/stores/pictures

Written with pillow-heif 1.8.1 (libheif 1.23.6, x265 4.3), Pillow 13.0.0 and numpy 2.4.6.
"""

import sys
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

QUADRANTS = ((220, 40, 40), (40, 200, 40), (40, 60, 220), (230, 220, 60))


def quadrants(width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (2, 2))
    image.putdata(QUADRANTS)
    return image.resize((width, height), Image.Resampling.NEAREST)


def grain(side: int) -> Image.Image:
    """Soft shapes under a fine grain, as `bench/uploads.py` has them."""
    random = np.random.default_rng(7)
    rough = random.integers(40, 215, (4, 4, 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(rough).resize((side, side), Image.Resampling.BICUBIC))
    noise = random.integers(-9, 10, (side, side, 1), dtype=np.int16)
    return Image.fromarray((soft.astype(np.int16) + noise).clip(0, 255).astype(np.uint8))


def main(folder: Path) -> None:
    pillow_heif.register_heif_opener()
    bare = {"save_nclx_profile": False}
    quadrants(96, 64).save(folder / "quadrants.heic", quality=90, **bare)
    quadrants(64, 96).save(folder / "quadrants_tall.heic", quality=90, **bare)
    Image.new("RGB", (64, 64), (200, 100, 100)).save(folder / "even.heic", quality=95, **bare)
    grain(512).save(folder / "grain.heic", quality=44, **bare)
    clear = quadrants(96, 64).convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((96, 64)).point(lambda v: 255 * (v > 127)))
    clear.save(folder / "alpha.heic", quality=90, **bare)
    deep = (np.asarray(quadrants(96, 64)).astype(np.uint16) * 257).tobytes()
    ten = pillow_heif.from_bytes("RGB;16", (96, 64), deep)
    ten.save(folder / "ten_bits.heic", quality=90, **bare)


main(Path(sys.argv[1]))
