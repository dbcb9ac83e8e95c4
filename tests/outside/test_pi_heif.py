"""pi-heif 1.4.0 (libheif 1.23.0, libde265 1.1.0): why it is called past Pillow.

Expected: a plugin that adds a format, and says what it cannot read. Seen: registered before Pillow
knows its own formats it takes away AVIF files whose first brand is `mif1`, and cannot read them;
half a file passes `verify()` and fails when it is decoded; each of its four threads reserves an
address space that counts against a limit; a primary picture that cannot be found is replaced by
another without a word. Source: pi_heif/as_plugin.py, pi_heif/heif.py, pi_heif/options.py.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pi_heif
import pytest
from pi_heif.as_plugin import HeifImageFile
from PIL import Image

from tests.stores import heif, hostile

TAKES_AVIF = """
import sys
import pi_heif
pi_heif.register_heif_opener()
from PIL import Image
Image.open(sys.argv[1]).load()
"""
DECODES = """
import sys
from pathlib import Path
import pi_heif
pi_heif.options.DECODE_THREADS = int(sys.argv[2])
pi_heif.open_heif(sys.argv[1])[0].load()
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line for line in lines if line.startswith("VmPeak")).split()[1])
"""


def test_it_decodes_and_does_not_encode() -> None:
    info = pi_heif.libheif_info()

    assert (pi_heif.__version__, info["HEIF"]) == ("1.4.0", "")
    assert list(info["decoders"]) == ["libde265"]


def test_registered_first_it_takes_avif_away(tmp_path: Path) -> None:
    data = hostile.encoded(hostile.picture(), "AVIF")
    path = tmp_path / "mif1.avif"
    path.write_bytes(data[:8] + b"mif1" + data[12:])
    Image.open(path).load()

    ended = subprocess.run([sys.executable, "-c", TAKES_AVIF, path], capture_output=True, text=True)

    assert "compression format has not been built in" in ended.stderr


def test_half_a_file_is_only_found_by_decoding() -> None:
    data = heif.file([heif.picture(heif.coded("grain.heic"))])

    with HeifImageFile(io.BytesIO(data[: len(data) // 2])) as image:
        image.verify()
        with pytest.raises((ValueError, OSError, EOFError)):
            image.load()


def test_threads_reserve_far_more_than_the_picture(tmp_path: Path) -> None:
    tiles = heif.grid(heif.coded("grain.heic"), 6, 8)
    path = tmp_path / "grid.heic"
    path.write_bytes(heif.file(tiles, primary=len(tiles)))

    def reserved(threads: int) -> int:
        command = [sys.executable, "-c", DECODES, str(path), str(threads)]
        return int(subprocess.run(command, capture_output=True, check=True).stdout)

    assert reserved(4) > 2 * reserved(0)


def test_a_primary_picture_that_is_missing_is_replaced_by_another() -> None:
    other = heif.picture(heif.coded("quadrants.heic"))
    hidden = heif.picture(heif.coded("even.heic"))
    hidden.kind = b"jpeg"

    found = pi_heif.open_heif(heif.file([other, hidden], primary=2))

    assert [one.info["primary"] for one in found] == [False]
