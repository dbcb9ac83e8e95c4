"""One small picture file of every kind that we take and a browser draws, made here.

`KINDS` are judged against Chromium (`tests/browser/test_pictures.py`, `bench/pictures.py`).
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

from PIL import Image, ImageDraw

from tests.stores import heif, hostile
from tests.stores.hostile import chunk, encoded, png

CASES = Path(__file__).parent / "pictures" / "cases"
"""Files that a trial from outside found; their numbers are that trial's."""

SIDES = (96, 64)
SIGNATURE_AND_HEADER = 33
PRIMARIES = (1, 4, 5, 6, 7, 8, 9, 11, 12, 22)
TRANSFERS = (1, 4, 5, 6, 7, 8, 11, 13, 14, 15, 16, 17, 18)
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
"""Of Adam7 but for the last: left, top, and the steps across and down."""


@cache
def photograph() -> Image.Image:
    """Many soft colours, and each corner of the cube."""
    image = Image.new("RGB", (4, 3))
    image.putdata([(r, g, b) for r, g, b in itertools.product((30, 225), (40, 215), (20, 60, 230))])
    image = image.resize(SIDES, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for n, color in enumerate(itertools.product((0, 255), repeat=3)):
        draw.rectangle((n * 12, 0, n * 12 + 11, 15), fill=color)
    return image


def with_chunks(image: Image.Image, *chunks: bytes, **options: object) -> bytes:
    """A PNG with these chunks behind its header."""
    data = encoded(image, "PNG", **options)
    return data[:SIGNATURE_AND_HEADER] + b"".join(chunks) + data[SIGNATURE_AND_HEADER:]


def cicp(primaries: int, transfer: int, matrix: int = 0, full: int = 1) -> bytes:
    return chunk(b"cICP", bytes((primaries, transfer, matrix, full)))


def gamma(value: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def chroma(*points: float) -> bytes:
    """x and y of white, red, green and blue."""
    return chunk(b"cHRM", struct.pack(">8I", *(round(point * 100_000) for point in points)))


ADOBE = (0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)


def wrong(data: bytes) -> bytes:
    """A chunk whose checksum is wrong."""
    return data[:-1] + bytes((data[-1] ^ 0x55,))


def profile_chunk(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"some profile\0\0" + zlib.compress(profile))


def raw_png(color_type: int, depth: int, *, interlaced: bool = False, trns: bytes = b"") -> bytes:
    """Ramps in every channel, in any type of colours and depth that PNG knows."""
    width, height = SIDES
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color_type]
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlaced)
    chunks = [chunk(b"IHDR", header)]
    if color_type == 3:
        colors = (bytes((n * 255 // 15, 255 - n * 16, n * n % 256)) for n in range(1 << depth))
        chunks.append(chunk(b"PLTE", b"".join(colors) if depth < 8 else bytes(range(256)) * 3))
    if trns:
        chunks.append(chunk(b"tRNS", trns))
    passes = [*PASSES, (0, 1, 1, 2)] if interlaced else [(0, 0, 1, 1)]
    rows = b"".join(
        b"\0" + _row(range(left, width, across), y, channels, depth)
        for left, top, across, down in passes
        for y in range(top, height, down)
    )
    return png(*chunks, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND"))


def _row(columns: range, y: int, channels: int, depth: int) -> bytes:
    most = (1 << depth) - 1
    bits = "".join(
        f"{_sample(x, y, channel, most):0{depth}b}" for x in columns for channel in range(channels)
    )
    bits += "0" * (-len(bits) % 8)
    return int(bits or "0", 2).to_bytes(len(bits) // 8)


def _sample(x: int, y: int, channel: int, most: int) -> int:
    across, down = x // 8 * 8 / 88, y // 8 * 8 / 56
    return round(most * (across, down, (across + down) / 2, 1 - across)[channel])


def _types() -> Iterator[tuple[str, bytes]]:
    depths = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
    for color_type, possible in depths.items():
        for depth, interlaced in itertools.product(possible, (False, True)):
            name = f"PNG type {color_type}, {depth} bits{', interlaced' * interlaced}"
            yield name, raw_png(color_type, depth, interlaced=interlaced)
            most = (1 << depth) - 1
            trns = {
                0: struct.pack(">H", _sample(24, 0, 0, most)),
                2: struct.pack(">3H", *(_sample(24, 16, n, most) for n in range(3))),
                3: bytes(n * 40 % 256 for n in range(min(1 << depth, 9))),
            }.get(color_type)
            if trns:
                data = raw_png(color_type, depth, interlaced=interlaced, trns=trns)
                yield f"{name}, transparent", data


def nclx(primaries: int, transfer: int) -> bytes:
    """An AVIF that says so of its colours."""
    data = encoded(photograph(), "AVIF", quality=95, subsampling="4:4:4")
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def _numbered() -> Iterator[tuple[str, bytes]]:
    pairs = {*((p, 13) for p in PRIMARIES), *((1, t) for t in TRANSFERS)}
    pairs |= {(9, 16), (9, 18), (12, 16), (12, 18), (9, 14), (9, 1), (11, 8), (2, 2), (9, 2)}
    for primaries, transfer in sorted(pairs):
        yield (
            f"cICP {primaries}/{transfer}",
            with_chunks(photograph(), cicp(primaries, transfer)),
        )
        if transfer != 11:  # refused by Chromium's reader of AVIF
            yield f"nclx {primaries}/{transfer}", nclx(primaries, transfer)


def _said() -> Iterator[tuple[str, bytes]]:
    wide = hostile.display_p3()
    make: Callable[..., bytes] = partial(with_chunks, photograph())
    yield "gAMA 1", make(gamma(1))
    yield "gAMA 1/1.8", make(gamma(1 / 1.8))
    yield "gAMA 1/2.2", make(gamma(0.45455))
    yield "gAMA 1/2.6", make(gamma(1 / 2.6))
    yield "gAMA 0", make(gamma(0))
    yield "gAMA and cHRM", make(gamma(0.45455), chroma(*ADOBE))
    yield "cHRM alone", make(chroma(*ADOBE))
    yield "an impossible cHRM", make(gamma(0.5), chroma(*[0.0] * 8))
    yield "sRGB before gAMA", make(chunk(b"sRGB", b"\0"), gamma(1))
    yield "a profile", make(profile_chunk(wide))
    yield "a profile and gAMA", make(profile_chunk(wide), gamma(1))
    yield "cICP before a profile", make(cicp(1, 8), profile_chunk(wide))
    yield "cICP of a narrow range", make(cicp(12, 13, full=0))
    yield "a profile of 5 MB", make(profile_chunk(wide + bytes(5_000_000)))
    yield "grey by gamma", with_chunks(photograph().convert("L"), gamma(1))
    yield (
        "grey with a profile of colours",
        with_chunks(photograph().convert("L"), profile_chunk(wide)),
    )
    yield (
        "grey JPEG with a profile of colours",
        encoded(photograph().convert("L"), "JPEG", icc_profile=wide, quality=95),
    )
    for kind in ("JPEG", "WEBP", "AVIF"):
        yield (
            f"{kind} with a profile",
            encoded(photograph(), kind, icc_profile=wide, quality=95, subsampling="4:4:4"),
        )


def _odd() -> Iterator[tuple[str, bytes]]:
    image = photograph()
    plain = encoded(image, "PNG")
    wide = hostile.display_p3()
    for kind, content in (
        (b"tEXt", b"a\0b"),
        (b"pHYs", bytes(9)),
        (b"tIME", bytes(7)),
        (b"eXIf", b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"),
        (b"gAMA", struct.pack(">I", 100_000)),
        (b"iCCP", b"x\0\0" + zlib.compress(wide)),
        (b"cICP", bytes((12, 8, 0, 1))),
        (b"zTXt", b"a\0\0" + zlib.compress(bytes(5_000_000))),
    ):
        yield (
            f"{kind.decode()} with a wrong checksum",
            with_chunks(image, wrong(chunk(kind, content))),
        )
    yield (
        "5 MB of text",
        with_chunks(image, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(5 << 20)))),
    )
    yield "a chunk without a name", with_chunks(image, chunk(b"t\0xt", b"a"))
    yield "PNG without an end", plain[:-12]
    yield (
        "a first frame that is not the picture",
        encoded(
            image,
            "PNG",
            save_all=True,
            default_image=True,
            append_images=[image.rotate(180), image],
        ),
    )
    jpeg = encoded(image, "JPEG", quality=95, subsampling=0)
    yield "JPEG, progressive", encoded(image, "JPEG", quality=95, subsampling=0, progressive=True)
    yield "JPEG in CMYK", encoded(image.convert("CMYK"), "JPEG", quality=95, subsampling=0)
    yield "JPEG in three bare channels", encoded(image, "JPEG", quality=95, keep_rgb=True)
    yield "JPEG counted off", encoded(image, "JPEG", quality=95, restart_marker_rows=1)
    yield "AVIF in grey", encoded(image.convert("L"), "AVIF", quality=95)
    yield "AVIF of a narrow range", encoded(image, "AVIF", quality=95, range="limited")
    yield "colours by number in a palette", with_chunks(image.quantize(200), cicp(9, 16))
    yield "HLG and transparency", with_chunks(_half_clear(image), cicp(9, 18))
    yield "JPEG in grey", encoded(image.convert("L"), "JPEG", quality=95)
    yield "JPEG without an end", jpeg[:-2]
    yield "JPEG with stray bytes", jpeg[:20] + b"stray\0bytes" + jpeg[20:]
    yield "GIF", encoded(image, "GIF")
    yield "GIF without an end", encoded(image, "GIF")[:-1]
    yield "GIF, interlaced", encoded(image, "GIF", interlace=1)
    yield "GIF, transparent", encoded(image.convert("P"), "GIF", transparency=3)
    yield "GIF, moving", encoded(image, "GIF", save_all=True, append_images=[image.rotate(180)])
    yield "WebP", encoded(image, "WEBP", quality=95)
    yield "WebP, lossless", encoded(image, "WEBP", lossless=True)
    yield "WebP, transparent", encoded(_half_clear(image), "WEBP", quality=95)
    yield "WebP, moving", encoded(image, "WEBP", save_all=True, append_images=[image.rotate(180)])
    yield "AVIF, transparent", encoded(_clear_below(image), "AVIF", quality=95, subsampling="4:4:4")
    yield "AVIF with bytes behind it", encoded(image, "AVIF", quality=95) + b"behind it\0\0"


def _half_clear(image: Image.Image) -> Image.Image:
    image = image.convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(SIDES))
    return image


def _clear_below(image: Image.Image) -> Image.Image:
    """Nothing between clear and opaque: what is between, Chromium reads as of a narrow range."""
    image = image.convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 40, *SIDES))
    return image


@cache
def kinds() -> dict[str, bytes]:
    """Every one by a name that says what it is."""
    found = dict(itertools.chain(_types(), _numbered(), _said(), _odd()))
    found |= {path.name: path.read_bytes() for path in sorted(CASES.iterdir())}
    return found


HEIC = {
    "HEIC with a profile": (heif.PICTURES / "display_p3.heic").read_bytes(),
    "HEIC": (heif.PICTURES / "quadrants.heic").read_bytes(),
    "HEIC of ten bits": (heif.PICTURES / "ten_bits.heic").read_bytes(),
}
"""Which no browser here draws: judged against libheif."""

REFUSED = {"13_jpeg_12bit_says_damaged.jpg": "unsupported"}
"""Of `kinds`: not drawn by browsers either."""


def with_ends() -> dict[str, bytes]:
    """The same files with their ends, of those of `kinds` of which a browser makes no bitmap."""
    end, found = chunk(b"IEND"), kinds()
    webp = found["07_webp_no_pad_byte.webp"] + b"\0"
    return {
        "PNG without an end": found["PNG without an end"] + end,
        "07_png_no_iend.png": found["07_png_no_iend.png"] + end,
        "JPEG without an end": found["JPEG without an end"] + b"\xff\xd9",
        "07_jpeg_no_eoi.jpg": found["07_jpeg_no_eoi.jpg"] + b"\xff\xd9",
        "07_webp_no_pad_byte.webp": webp[:4] + struct.pack("<I", len(webp) - 8) + webp[8:],
    }
