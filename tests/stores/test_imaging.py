"""Pictures in, renditions out; everything hostile is refused, cheaply and by the right code."""

from __future__ import annotations

import errno
import faulthandler
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from PIL import Image, ImageDraw

from pigeon.domain import limits
from pigeon.stores import imaging, imaging_render, imaging_worker
from pigeon.stores.imaging import Refused, inspect
from pigeon.stores.imaging_render import render, render_avatar
from tests.harness import pace
from tests.stores import hostile

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
Write = Callable[[bytes], Path]


@pytest.fixture
def fork_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a worker: the runner of the tests may have threads, our children do not mind."""
    monkeypatch.setattr(imaging, "_may_fork", lambda: True)


def _refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def _opened(rendered: imaging.Rendered, kind: str) -> Image.Image:
    (path,) = (file.path for file in rendered.files if file.kind == kind)
    with Image.open(path) as image:
        return image.convert("RGB")


def _is_near(seen: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 12) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


# -- inspect ------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_type_and_size_come_from_the_content(upload: Write, format: str) -> None:
    seen = inspect(upload(hostile.encoded(hostile.picture(61, 40), format)))

    assert (seen.format, seen.width, seen.height, seen.frames) == (format, 61, 40, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "AVIF"])
def test_size_is_as_shown(upload: Write, format: str, orientation: int) -> None:
    seen = inspect(upload(hostile.oriented(format, orientation)))

    assert (seen.width, seen.height, seen.orientation) == (60, 40, orientation)


def test_lossless_and_animated_webp(upload: Write) -> None:
    image = hostile.picture()
    lossless = inspect(upload(hostile.encoded(image, "WEBP", lossless=True)))
    moving = {"save_all": True, "append_images": [image.rotate(180)]}
    animated = inspect(upload(hostile.encoded(image, "WEBP", **moving)))

    assert (lossless.width, lossless.height, lossless.frames) == (60, 40, 1)
    assert (animated.width, animated.height, animated.frames) == (60, 40, 2)


def test_frames_of_a_gif_are_counted_without_decoding(upload: Write) -> None:
    assert inspect(upload(hostile.many_frames(300))).frames == 300


@pytest.mark.parametrize(
    "data",
    [b"", b"x", hostile.executable(), hostile.html(), hostile.svg(), b"II*\0" + bytes(500)]
    + [hostile.encoded(hostile.picture(), other) for other in ("TIFF", "BMP", "ICO", "PDF")]
    + [struct.pack(">I4s4s", 16, b"ftyp", b"isom") + bytes(400)],
    ids=["empty", "byte", "elf", "html", "svg", "tiff", "TIFF", "BMP", "ICO", "PDF", "film"],
)
def test_what_is_no_picture_of_ours(upload: Write, data: bytes) -> None:
    assert _refusal(lambda: inspect(upload(data))) == "bad_format"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_a_missing_end_is_seen_without_decoding(upload: Write, format: str, part: float) -> None:
    image = Image.effect_noise((200, 150), 60).convert("RGB")
    data = hostile.encoded(image, format)

    assert _refusal(lambda: inspect(upload(hostile.truncated(data, part)))) == "unreadable"


def test_a_thumbnail_does_not_lend_its_end_to_a_truncated_jpeg(upload: Write) -> None:
    thumbnail = b"Exif\0\0" + hostile.encoded(hostile.picture(), "JPEG")
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    data = hostile.encoded(hostile.picture(600, 400), "JPEG")
    cut = hostile.truncated(data[:2] + segment + data[2:], 0.9)

    assert _refusal(lambda: inspect(upload(cut))) == "unreadable"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP"])
def test_bytes_behind_the_end_are_no_reason(upload: Write, format: str) -> None:
    data = hostile.encoded(hostile.picture(), format) + b"\xff\x00trailing"

    assert inspect(upload(data)).width == 60


def test_limits_of_bytes_and_pixels(upload: Write) -> None:
    assert _refusal(lambda: inspect(upload(hostile.too_long()))) == "too_many_pixels"
    assert _refusal(lambda: inspect(upload(hostile.gif_bomb()))) == "too_many_pixels"
    assert inspect(upload(hostile.encoded(Image.new("1", (5_000, 5_000)), "PNG"))).width == 5_000
    just = hostile.encoded(hostile.picture(), "JPEG").ljust(limits.JPEG_BYTES, b"\0")
    assert inspect(upload(just)).width == 60


@pytest.mark.parametrize(
    ("make", "code", "limit"),
    [
        (hostile.too_many_bytes, "too_large", 15_728_640),
        (hostile.too_large_jpeg, "too_large", 31_457_280),
        (lambda: hostile.executable().ljust(15_728_641), "too_large", 15_728_640),
        (hostile.too_many_pixels, "too_many_pixels", 25_000_000),
        (lambda: hostile.claimed_jpeg(8_001, 8_000), "too_many_pixels", 64_000_000),
    ],
    ids=["bytes", "bytes of a JPEG", "bytes of anything", "pixels", "pixels of a JPEG"],
)
def test_a_limit_is_that_of_the_type(
    upload: Write, make: Callable[[], bytes], code: str, limit: int
) -> None:
    with pytest.raises(Refused) as caught:
        inspect(upload(make()))

    assert (caught.value.code, caught.value.limit) == (code, limit)


def test_photographs_of_todays_phones_are_within_the_limits(upload: Write) -> None:
    for width, height in ((8_000, 8_000), (8_064, 6_048), (8_160, 6_120), (12_000, 4_000)):
        assert inspect(upload(hostile.claimed_jpeg(width, height))).width == width


def test_a_bomb_is_refused_at_the_cost_of_its_header(upload: Write) -> None:
    path = upload(hostile.png_bomb())
    assert path.stat().st_size < 300_000
    before = psutil.Process().memory_info().rss

    assert _refusal(lambda: inspect(path)) == "too_many_pixels"

    assert psutil.Process().memory_info().rss - before < 5 * 1024 * 1024


def _as_large_as_allowed() -> dict[str, bytes]:
    size, jpeg_size = limits.IMAGE_BYTES, limits.JPEG_BYTES
    photo = hostile.encoded(hostile.picture(), "JPEG")
    scan = photo[: photo.index(b"\xff\xda") + 60]
    webp = b"RIFF" + struct.pack("<I", size - 8) + b"WEBP"
    gif = hostile.encoded(hostile.picture(), "GIF")[:-1]
    padding = b"\x21\xfe" + b"\xff" + b"x" * 255
    return {
        "jpeg": photo.ljust(jpeg_size, b"\0"),
        "jpeg without end": (scan + b"\x12\xff\x00\x34" * (jpeg_size // 4))[:jpeg_size],
        "jpeg of fill bytes": b"\xff\xd8".ljust(jpeg_size, b"\xff"),
        "jpeg of segments": (b"\xff\xd8" + b"\xff\xe1\0\2" * (jpeg_size // 4))[:jpeg_size],
        "png of empty chunks": hostile.encoded(hostile.picture(), "PNG")[:33]
        + hostile.chunk(b"IDAT") * (size // 12 - 10),
        "webp of empty chunks": (webp + b"XXXX\0\0\0\0" * (size // 8))[:size],
        "gif": gif + (padding + b"\0") * (size // 259 - 20) + b";",
        "gif of tiny blocks": gif + b"\x21\xfe" + b"\1x" * (size // 2 - 900) + b"\0;",
        "avif of boxes": (b"\0\0\0\x0cftypavif" + b"\0\0\0\x08free" * (size // 8))[:size],
    }


def test_the_largest_files_cost_no_more_than_a_moment(upload: Write) -> None:
    """About 50 ms where a million steps take 30."""
    for name, data in _as_large_as_allowed().items():
        assert pace.cost(partial(_answered, upload(data))) < 1.7, name


def test_a_bomb_is_refused_for_a_moments_cost(upload: Write) -> None:
    path = upload(hostile.png_bomb())
    assert pace.cost(lambda: _refusal(lambda: inspect(path))) < 1.7


def _answered(path: Path) -> None:
    try:
        inspect(path)
    except Refused as refusal:
        assert refusal.code == "unreadable"


def test_no_garbled_header_gets_anything_but_an_answer(upload: Write) -> None:
    for format in FORMATS:
        data = hostile.encoded(hostile.picture(), format)
        for at in range(min(len(data), 400)):
            garbled = bytearray(data)
            garbled[at] ^= 0xFF
            try:
                inspect(upload(bytes(garbled)))
            except Refused as refusal:
                assert refusal.code in ("bad_format", "unreadable", "too_many_pixels")


# -- render -------------------------------------------------------------------------------


def test_renditions_of_a_large_photograph(upload: Write, out: Path) -> None:
    rendered = render(upload(hostile.photograph()), out)

    assert (rendered.width, rendered.height) == (3000, 2000)
    assert [(f.kind, f.width, f.height) for f in rendered.files] == [
        ("w320", 320, 213),
        ("w640", 640, 427),
        ("w1080", 1080, 720),
        ("w2048", 2048, 1365),
        ("jpeg", 1080, 720),
        ("thumb", 320, 320),
    ]
    for file in rendered.files:
        with Image.open(file.path) as image:
            assert image.size == (file.width, file.height)
            assert image.mode == "RGB"
            assert file.content_type == f"image/{(image.format or '').lower()}"
            assert file.size == file.path.stat().st_size


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((1, 1), [1]),
        ((320, 200), [320]),
        ((700, 10), [320, 640, 700]),
        ((2048, 99), [320, 640, 1080, 2048]),
        ((9000, 30), [320, 640, 1080, 2048]),
    ],
)
def test_nothing_is_enlarged(
    upload: Write, out: Path, size: tuple[int, int], widths: list[int]
) -> None:
    rendered = render(upload(hostile.encoded(hostile.picture(*size), "PNG")), out)

    webp = [file for file in rendered.files if file.kind.startswith("w")]
    assert [file.width for file in webp] == widths
    assert all(file.width <= size[0] and file.height <= size[1] for file in rendered.files)


def test_a_very_tall_picture_stays_within_what_webp_can_hold(upload: Write, out: Path) -> None:
    rendered = render(upload(hostile.encoded(Image.new("RGB", (900, 19_000)), "PNG")), out)

    assert max(file.height for file in rendered.files) <= imaging_render.WEBP_SIDE
    assert [file.kind for file in rendered.files] == ["w320", "w640", "w776", "jpeg", "thumb"]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "AVIF"])
def test_orientation_is_baked_in(upload: Write, out: Path, format: str, orientation: int) -> None:
    rendered = render(upload(hostile.oriented(format, orientation)), out)
    image = _opened(rendered, "w60")

    corners = [(10, 8), (50, 8), (10, 32), (50, 32)]
    for corner, color in zip(corners, hostile.QUADRANTS, strict=True):
        assert _is_near(image.getpixel(corner), color, 25)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif"])
def test_only_pixels_travel(upload: Write, out: Path, kind: str) -> None:
    source = getattr(hostile, f"telltale_{kind}")()
    assert hostile.CANARY.encode() in source

    rendered = render(upload(source), out)

    for file in rendered.files:
        content = file.path.read_bytes()
        assert hostile.CANARY.encode() not in content
        assert hostile.CANARY.encode("utf-16-le") not in content
        assert hostile.CANARY.encode("utf-16-be") not in content
        for mark in (b"Exif", b"EXIF", b"ICCP", b"ICC_PROFILE", b"XMP ", b"http"):
            assert mark not in content
        with Image.open(file.path) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)


def test_wide_gamut_becomes_srgb(upload: Write, out: Path) -> None:
    image = Image.new("RGB", (300, 200), (200, 100, 100))
    data = hostile.encoded(image, "PNG", icc_profile=hostile.display_p3())

    pixel = _opened(render(upload(data), out), "w300").getpixel((150, 100))

    assert _is_near(pixel, (215, 94, 96), 4)


def test_a_broken_profile_is_ignored(upload: Write, out: Path) -> None:
    image = Image.new("RGB", (300, 200), (200, 100, 100))
    data = hostile.encoded(image, "PNG", icc_profile=b"no profile" * 20)

    assert _is_near(_opened(render(upload(data), out), "w300").getpixel((9, 9)), (200, 100, 100), 4)


def test_a_profile_of_another_colour_space_is_ignored(upload: Write, out: Path) -> None:
    image = Image.new("CMYK", (300, 200), (0, 255, 255, 0))
    data = hostile.encoded(image, "JPEG", icc_profile=hostile.display_p3(), quality=95)

    assert _is_near(_opened(render(upload(data), out), "w300").getpixel((9, 9)), (255, 0, 0), 9)


def _sixteen_bits() -> Image.Image:
    return Image.frombytes("I;16", (40, 30), struct.pack("<H", 0x80FF) * 1200)


@pytest.mark.parametrize(
    ("image", "format", "wanted"),
    [
        (Image.new("CMYK", (40, 30), (255, 0, 0, 0)), "JPEG", (0, 255, 255)),
        (Image.new("L", (40, 30), 90), "JPEG", (90, 90, 90)),
        (_sixteen_bits(), "PNG", (128, 128, 128)),
        (Image.new("1", (40, 30), 1), "PNG", (255, 255, 255)),
        (Image.new("RGBA", (40, 30), (255, 0, 0, 0)), "PNG", (255, 255, 255)),
        (Image.new("RGBA", (40, 30), (255, 0, 0, 128)), "WEBP", (255, 127, 127)),
        (Image.new("RGBA", (40, 30), (255, 0, 0, 128)), "AVIF", (255, 127, 127)),
        (Image.new("LA", (40, 30), (0, 128)), "PNG", (127, 127, 127)),
    ],
    ids=["cmyk", "grey", "16 bit", "1 bit", "clear", "webp alpha", "avif alpha", "grey alpha"],
)
def test_every_mode_becomes_opaque_srgb(
    upload: Write, out: Path, image: Image.Image, format: str, wanted: tuple[int, int, int]
) -> None:
    rendered = render(upload(hostile.encoded(image, format, quality=95)), out)

    assert _is_near(_opened(rendered, "w40").getpixel((20, 15)), wanted)
    assert _is_near(_opened(rendered, "jpeg").getpixel((20, 15)), wanted)
    assert _is_near(tuple(bytes.fromhex(rendered.color[1:])), wanted)


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_a_transparent_palette_entry_becomes_white(upload: Write, out: Path, format: str) -> None:
    image = Image.new("P", (60, 40), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    ImageDraw.Draw(image).rectangle((30, 0, 60, 40), fill=1)

    rendered = render(upload(hostile.encoded(image, format, transparency=0)), out)

    picture = _opened(rendered, "w60")
    assert _is_near(picture.getpixel((10, 20)), (255, 255, 255))
    assert _is_near(picture.getpixel((50, 20)), (0, 0, 255), 20)


def test_only_the_first_of_300_frames_is_decoded(upload: Write, out: Path) -> None:
    rendered = render(upload(hostile.many_frames(300)), out)

    assert _is_near(_opened(rendered, "w80").getpixel((40, 30)), (0, 0, 0))


@pytest.mark.parametrize("data", [hostile.damaged_png(), hostile.lying_jpeg()])
def test_what_only_decoding_finds(upload: Write, out: Path, data: bytes) -> None:
    path = upload(data)
    inspect(path)

    assert _refusal(lambda: render(path, out)) == "unreadable"


def test_a_photograph_costs_about_half_a_second_of_one_core(upload: Write, out: Path) -> None:
    """Where a million steps take 30 ms; at best a third of the limit."""
    path = upload(hostile.photograph())
    assert pace.cost(lambda: render(path, out)) < 30


# -- avatars ------------------------------------------------------------------------------


def test_an_avatar_is_the_middle_unless_cropped(upload: Write, out: Path) -> None:
    path = upload(hostile.encoded(hostile.picture(1500, 1000), "JPEG"))

    middle = render_avatar(path, out)
    assert [(f.kind, f.width, f.height) for f in middle.files] == [
        ("s256", 256, 256),
        ("s512", 512, 512),
    ]
    assert _is_near(_opened(middle, "s512").getpixel((500, 500)), hostile.QUADRANTS[3], 25)

    corner = render_avatar(path, out, (0.0, 0.0, 0.5))
    assert [file.width for file in corner.files] == [256, 500]
    assert _is_near(_opened(corner, "s512").getpixel((490, 490)), hostile.QUADRANTS[0], 25)


@pytest.mark.parametrize("crop", [(0.9, 0.9, 1.0), (-3.0, 2.0, 9.0), (0.5, 0.5, 0.0)])
def test_a_crop_outside_is_moved_in(
    upload: Write, out: Path, crop: tuple[float, float, float]
) -> None:
    rendered = render_avatar(upload(hostile.encoded(hostile.picture(90, 70), "PNG")), out, crop)

    assert all(file.width == file.height <= 70 for file in rendered.files)


# -- in a child ---------------------------------------------------------------------------


@pytest.mark.parametrize("may_fork", [True, False], ids=["forked", "started"])
def test_a_child_makes_the_same_files(
    upload: Write, out: Path, monkeypatch: pytest.MonkeyPatch, may_fork: bool
) -> None:
    monkeypatch.setattr(imaging, "_may_fork", lambda: may_fork)
    path = upload(hostile.photograph(900, 600))

    assert imaging.render_limited(path, out) == render(path, out)
    assert imaging.render_avatar_limited(path, out, (0.1, 0.2, 0.5)) == render_avatar(
        path, out, (0.1, 0.2, 0.5)
    )
    path.write_bytes(hostile.damaged_png())
    assert _refusal(lambda: imaging.render_limited(path, out)) == "unreadable"


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

    assert _refusal(lambda: imaging.render_limited(path, out)) == "unreadable"


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
    assert _refusal(lambda: imaging.render_limited(path, out)) == "unreadable"
    assert psutil.Process().children() == before


def test_time_on_the_core_is_bounded(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imaging_worker, "CPU_S", 1)
    monkeypatch.setattr(imaging_worker, "render", _for_ever)
    path = upload(hostile.encoded(hostile.picture(), "PNG"))

    assert _refusal(lambda: imaging.render_limited(path, out)) == "unreadable"


def _die_of(number: int) -> None:
    faulthandler.disable()
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_is_the_pictures_fault(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(imaging_worker, "render", lambda *_: _die_of(number))
    path = upload(hostile.encoded(hostile.picture(), "PNG"))

    assert _refusal(lambda: imaging.render_limited(path, out)) == "unreadable"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_being_ended_from_outside_is_not(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(imaging_worker, "render", lambda *_: _die_of(number))
    path = upload(hostile.encoded(hostile.picture(), "PNG"))

    with pytest.raises(imaging.RenderInterrupted):
        imaging.render_limited(path, out)


def test_a_full_disk_is_not_the_pictures_fault(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(imaging_render, "_save", full)
    path = upload(hostile.encoded(hostile.picture(), "PNG"))

    with pytest.raises(OSError, match="No space left") as caught:
        imaging.render_limited(path, out)
    assert caught.value.errno == errno.ENOSPC


def test_an_interrupted_caller_leaves_no_child(
    upload: Write, out: Path, fork_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job's time limit is an exception that a signal raises in the middle of the wait."""

    class JobTimeout(Exception):
        pass

    def give_up(_: int) -> bytes:
        raise JobTimeout

    monkeypatch.setattr(imaging_worker, "render", _for_ever)
    monkeypatch.setattr(imaging, "_read_to_end", give_up)

    before = psutil.Process().children()
    with pytest.raises(JobTimeout):
        imaging.render_limited(upload(hostile.encoded(hostile.picture(), "PNG")), out)
    assert psutil.Process().children() == before


FOR_EVER = """
import sys
from functools import partial
from pathlib import Path
from pigeon.stores import imaging, imaging_worker

def for_ever(*_):
    print("rendering", flush=True)
    while True:
        pass

imaging_worker.render = for_ever
assert imaging._may_fork()
imaging.render_limited(Path(sys.argv[1]), Path(sys.argv[1]).parent)
"""


def test_a_killed_worker_takes_its_child_along(upload: Write) -> None:
    path = upload(hostile.encoded(hostile.picture(), "PNG"))
    with subprocess.Popen([sys.executable, "-c", FOR_EVER, path], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"rendering\n"

        worker.kill()

        assert worker.stdout.read() == b""  # the end comes when nobody holds the pipe any more


def test_no_fork_beside_threads_or_under_gevent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.delitem(sys.modules, "gevent.monkey", raising=False)
    assert imaging._may_fork()

    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not imaging._may_fork()

    patched = SimpleNamespace(is_module_patched=lambda name: True)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setitem(sys.modules, "gevent.monkey", patched)
    assert not imaging._may_fork()
