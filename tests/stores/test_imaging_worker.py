"""A rendering has bounds of memory and of time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PIL import Image

from pigeon.stores import imaging, imaging_worker
from tests.stores import hostile
from tests.stores.renditions import refusal

Write = Callable[[bytes], Path]


def test_the_largest_pictures_pass_and_leave_no_memory_behind(
    upload: Write, out: Path, fork_here: None
) -> None:
    wide = Image.new("RGB", (5_000, 5_000), "teal")
    largest = [
        hostile.encoded(wide.convert("CMYK"), "JPEG", progressive=True),
        hostile.encoded(wide.convert("RGBA"), "WEBP", lossless=True, method=0),
        hostile.encoded(Image.new("I;16", (5_000, 5_000)), "PNG"),
    ]
    del wide
    imaging.render_limited(upload(hostile.encoded(hostile.picture(), "PNG")), out)
    before = psutil.Process().memory_info().rss

    for data in largest:
        assert imaging.render_limited(upload(data), out).width == 5_000

    assert psutil.Process().memory_info().rss - before < 30 * 1024 * 1024


def test_memory_is_bounded(upload: Write, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own: what ours once freed and still maps is no growth in a child."""
    path = upload(hostile.encoded(Image.new("RGB", (5_000, 5_000)), "PNG"))
    monkeypatch.setattr(imaging, "_may_fork", lambda: False)
    assert imaging.render_limited(path, out).width == 5_000
    less = "from pigeon.stores import imaging_worker as worker\nworker.MEMORY_BYTES = 24 << 20\n"
    start = imaging.BARE_START.replace("main()\n", f"{less}main()\n")
    monkeypatch.setattr(imaging, "BARE_START", start)

    assert refusal(lambda: imaging.render_limited(path, out)) == "unreadable"


def _for_ever(*_: object) -> None:
    while True:
        pass


def test_time_on_the_clock_is_bounded(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imaging, "WALL_S", 0.2)
    monkeypatch.setattr(imaging_worker, "render", _for_ever)
    path = upload(hostile.encoded(hostile.picture(), "PNG"))

    before = psutil.Process().children()
    assert refusal(lambda: imaging.render_limited(path, out)) == "unreadable"
    assert psutil.Process().children() == before


def test_time_on_the_core_is_bounded(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imaging_worker, "CPU_S", 1)
    monkeypatch.setattr(imaging_worker, "render", _for_ever)
    path = upload(hostile.encoded(hostile.picture(), "PNG"))

    assert refusal(lambda: imaging.render_limited(path, out)) == "unreadable"
