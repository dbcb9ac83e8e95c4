"""What a rendering has made, and the code by which one was refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from pigeon.stores import imaging
from pigeon.stores.imaging import Refused


def opened(rendered: imaging.Rendered, kind: str) -> Image.Image:
    (path,) = (file.path for file in rendered.files if file.kind == kind)
    with Image.open(path) as image:
        return image.convert("RGB")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def is_near(seen: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 12) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))
