"""Photographs of today's phones: how much memory a child takes for one, and how soon it is seen."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from bench import rounds
from bench.ground import Ground
from bench.results import Goal, Group, Row, Table, figure, ratio, shown, spread
from bench.uploads import WORKERS, Poster, photograph, wait_published
from pigeon.stores import imaging
from tests.stores import heif

USUAL, LARGE, HEIC = "JPEG of 12 megapixels", "JPEG of 50, progressive", "HEIC of 12"
LARGER = 2.04
"""The sides of 50 megapixels over those of 12; at a plan's smaller sizes all three shrink."""

MEASURED = """
import sys
from pathlib import Path
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line for line in lines if line.startswith("VmHWM")).split()[1], file=sys.stderr)
"""


def measure(ground: Ground) -> Group:
    """Each in a child as it is started anew, then posted alone, workers idle."""
    group = Group(name="phones", title="Photographs of today's phones")
    pictures = _pictures(ground.plan.photograph_px)
    peaks = {name: _peak_mb(data) for name, data in pictures.items()}
    with ground.processes() as running:
        running.worker(*WORKERS)
        url = running.web()
        token = ground.token_of(ground.data.small_author)
        posters = {name: Poster(url, token, 1, data) for name, data in pictures.items()}
        running.wait()

        def publish(name: str) -> float:
            began = time.perf_counter()
            post_id, _ = posters[name].post()
            return wait_published(ground, post_id) - began

        found = rounds.interleaved(
            {name: (lambda n=name: publish(n)) for name in posters},
            ground.plan.slow_rounds,
            is_warm=True,
        )
    for name in (LARGE, HEIC):
        group.rows.append(
            Row(
                metric=f"{name}: peak memory of the child",
                value=spread([peaks[name]]),
                unit=" MB",
                goal=Goal(at_most=600),
            )
        )
        group.rows.append(
            Row(
                metric=f"{name} / {USUAL}: time to published",
                value=ratio(found[name], found[USUAL]),
            )
        )
    rows = [
        (name, figure(len(data) / 1e6), figure(peaks[name]), shown(spread(found[name])))
        for name, data in pictures.items()
    ]
    head = ("picture", "MB", "peak MB", "seconds to published")
    group.tables.append(Table(title="One picture", head=head, rows=rows))
    return group


def _pictures(long_side: int) -> dict[str, bytes]:
    usual = photograph(long_side)
    return {USUAL: usual, LARGE: _enlarged(usual), HEIC: _heic(long_side)}


def _enlarged(picture: bytes) -> bytes:
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        size = round(image.width * LARGER), round(image.height * LARGER)
        image.resize(size).save(buffer, "JPEG", quality=88, progressive=True)
    return buffer.getvalue()


def _heic(long_side: int) -> bytes:
    """In tiles of 512, turned by the container, as phones write it."""
    rows = max(1, round(long_side / 512))
    tiles = heif.grid(heif.coded("grain.heic"), rows, max(1, rows * 3 // 4), heif.turn(3))
    return heif.file(tiles, primary=len(tiles))


def _peak_mb(picture: bytes) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(picture)
        task = {"path": str(path), "out_dir": folder, "work": "photograph"}
        ended = subprocess.run(
            [sys.executable, "-c", imaging.BARE_START + MEASURED, str(Path("pigeon").absolute())],
            input=json.dumps(task),
            capture_output=True,
            text=True,
            check=True,
        )
    assert "rendered" in json.loads(ended.stdout), ended.stdout
    return int(ended.stderr) * 1024 / 1e6
