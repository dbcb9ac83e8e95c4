"""What a rendering has made; free of Pillow, so that everybody may import it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class RenderedFile:
    """`kind` is unique in its picture: `w<width>` and `s<side>` are WebP, `jpeg` and `thumb`."""

    kind: str
    width: int
    height: int
    content_type: str
    path: Path
    size: int


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """`width` and `height` of the upload, upright; `color` its mean as `#rrggbb`."""

    width: int
    height: int
    color: str
    files: tuple[RenderedFile, ...]
