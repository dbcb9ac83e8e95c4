"""Files that somebody might upload: pictures of every kind, and what only pretends to be one."""

from __future__ import annotations

import io
import random
import struct
import zlib
from functools import cache

from PIL import Image, ImageCms, PngImagePlugin

from pigeon.domain import limits

CANARY = "CANARY-7f3a"
ORIENTATION = 0x0112
QUADRANTS = ((220, 40, 40), (40, 200, 40), (40, 60, 220), (230, 220, 60))
"""Of an upright test picture: top left, top right, bottom left, bottom right."""

TO_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Four coloured quadrants."""
    image = Image.new("RGB", (2, 2))
    image.putdata(QUADRANTS)
    return image.resize((width, height), Image.Resampling.NEAREST).convert(mode)


@cache
def photograph(width: int = 3000, height: int = 2000) -> bytes:
    """A JPEG with detail at every scale; about 0.2 bytes a pixel."""
    source = random.Random(7)
    image = Image.new("RGB", (width, height))
    for cells in (4, 40, 400):
        grid = Image.frombytes("RGB", (cells, cells), source.randbytes(3 * cells * cells))
        layer = grid.resize((width, height), Image.Resampling.BICUBIC)
        image = Image.blend(image, layer, 0.5)
    return encoded(image, "JPEG", quality=85)


def oriented(format: str, orientation: int) -> bytes:
    """A picture that is upright only after its EXIF orientation was applied."""
    image = picture()
    if orientation in TO_STORED:
        image = image.transpose(TO_STORED[orientation])
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(image, format, exif=exif.tobytes(), quality=95)


def too_many_bytes() -> bytes:
    """A sound picture with 16 MB behind it: too many for all types but JPEG."""
    return encoded(picture(), "PNG").ljust(16 * 1024 * 1024, b"\0")


def too_large_jpeg() -> bytes:
    return encoded(picture(), "JPEG").ljust(limits.JPEG_BYTES + 1, b"\0")


def claimed_jpeg(width: int, height: int) -> bytes:
    """A whole JPEG whose frame header claims this size."""
    data = encoded(picture(), "JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def twelve_bits() -> bytes:
    """A JPEG as some scanners write it."""
    data = encoded(picture(), "JPEG").replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c")
    assert b"\xff\xc1" in data
    return data


def too_many_pixels() -> bytes:
    return encoded(Image.new("1", (5_200, 5_000)), "PNG")


def too_long() -> bytes:
    return encoded(Image.new("1", (limits.IMAGE_SIDE + 1, 2)), "PNG")


@cache
def png_bomb(width: int = 9_000, height: int = 9_900) -> bytes:
    """260 KB that would decode to 356 MB."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\x55" * (3 * width)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return png(chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND"))


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def damaged_png() -> bytes:
    """All chunks are there; what they hold cannot be unpacked."""
    header = struct.pack(">IIBBBBB", 400, 300, 8, 2, 0, 0, 0)
    return png(chunk(b"IHDR", header), chunk(b"IDAT", b"no zlib stream"), chunk(b"IEND"))


def lying_jpeg() -> bytes:
    """Says 20 × 20 in its first frame header and 9,000 × 9,000 in its second."""
    data = encoded(picture(), "JPEG")
    at = data.index(b"\xff\xc0")
    (length,) = struct.unpack_from(">H", data, at + 2)
    frame = data[at : at + 2 + length]
    small = frame[:5] + struct.pack(">HH", 20, 20) + frame[9:]
    large = frame[:5] + struct.pack(">HH", 9_000, 9_000) + frame[9:]
    return data[:at] + small + large + data[at + 2 + length :]


def gif_bomb() -> bytes:
    """A screen of 10 × 10 with a first frame of 65,535 × 65,535."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x01\x00\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0, 0, 0) + frame + b";"


def many_frames(frames: int = 300) -> bytes:
    first, *others = (Image.new("P", (80, 60), n % 250) for n in range(frames))
    for image in (first, *others):
        image.putpalette(bytes(range(256)) * 3)
    return encoded(first, "GIF", save_all=True, append_images=others, duration=20)


def executable() -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00" + bytes(4_000)


def html() -> bytes:
    return b"<!doctype html><script>alert(1)</script><img src=x>"


def svg() -> bytes:
    return b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def truncated(data: bytes, part: float = 0.6) -> bytes:
    return data[: int(len(data) * part)]


def exif_with_canaries(orientation: int = 1) -> bytes:
    """Camera, serial number, place, and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = f"{CANARY} maker"
    exif[0x9C9C] = CANARY.encode("utf-16-le")
    exif.get_ifd(0x8769)[0xA431] = f"{CANARY} serial"
    exif.get_ifd(0x8825)[29] = f"{CANARY} place"
    return exif.tobytes()


def telltale_jpeg() -> bytes:
    """Canaries in EXIF, XMP, IPTC, comment, ICC description, and behind the end."""
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{CANARY}</x:xmpmeta>".encode()
    data = encoded(
        picture(),
        "JPEG",
        exif=exif_with_canaries(),
        xmp=xmp,
        comment=CANARY.encode(),
        icc_profile=display_p3(CANARY),
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", 40) + CANARY.encode().ljust(40)
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return data[:2] + segment + data[2:] + CANARY.encode()


def telltale_png() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", CANARY)
    text.add_text("Author", f"{CANARY} zip", zip=True)
    text.add_itxt("XML:com.adobe.xmp", f"<x>{CANARY}</x>")
    data = encoded(
        picture(), "PNG", pnginfo=text, exif=exif_with_canaries(), icc_profile=display_p3(CANARY)
    )
    return data + CANARY.encode()


def telltale_webp() -> bytes:
    data = encoded(
        picture(),
        "WEBP",
        exif=exif_with_canaries(),
        xmp=f"<x>{CANARY}</x>".encode(),
        icc_profile=display_p3(CANARY),
    )
    return data + CANARY.encode()


def telltale_gif() -> bytes:
    return encoded(picture(), "GIF", comment=CANARY.encode()) + CANARY.encode()


def telltale_avif() -> bytes:
    return encoded(
        picture(), "AVIF", exif=exif_with_canaries(), xmp=f"<x>{CANARY}</x>".encode(), quality=90
    )


def display_p3(description: str = "Display P3") -> bytes:
    """A matrix profile with the primaries of Display P3 and the curve of sRGB."""
    curve = _fixed(b"para", 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, kind=3)
    tags = {
        b"desc": _text(description),
        b"cprt": _text(description),
        b"wtpt": _fixed(b"XYZ ", 0.9642, 1.0, 0.8249),
        b"rXYZ": _fixed(b"XYZ ", 0.51512, 0.24120, -0.00105),
        b"gXYZ": _fixed(b"XYZ ", 0.29198, 0.69225, 0.04189),
        b"bXYZ": _fixed(b"XYZ ", 0.15710, 0.06657, 0.78407),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, content = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(content), len(value))
        content += value + bytes(-len(value) % 4)
    head = struct.pack(
        ">I4sI4s4s4s", start + len(content), b"\0\0\0\0", 0x04300000, b"mntr", b"RGB ", b"XYZ "
    )
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    head += struct.pack(">3i", 63_190, 65_536, 54_061)
    profile = head.ljust(128, b"\0") + table + content
    ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return profile


def _fixed(signature: bytes, *numbers: float, kind: int = 0) -> bytes:
    start = (
        signature + bytes(4)
        if signature == b"XYZ "
        else signature + struct.pack(">IHH", 0, kind, 0)
    )
    return start + b"".join(struct.pack(">i", round(number * 65_536)) for number in numbers)


def _text(text: str) -> bytes:
    words = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, len(words), 28) + words
