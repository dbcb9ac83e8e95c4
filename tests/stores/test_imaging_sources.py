"""Whatever is wrong with a file of any kind, there is a picture or a refusal, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from pigeon.stores.imaging import Refused
from pigeon.stores.imaging_decode import decode
from pigeon.stores.imaging_headers import inspect
from tests.stores import kinds

Write = Callable[[bytes], Path]
CODES = ("bad_format", "unreadable", "too_many_pixels", "side_too_long", "unsupported")
ROUNDS = 12


def _garbled(data: bytes, dice: random.Random) -> bytes:
    """A few bytes changed, left out or put in, most of them where the headers are."""
    found = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5))):
        at = dice.randrange(dice.choice((60, 400, len(found))) % len(found) + 1)
        change = dice.random()
        if change < 0.6:
            found[at : at + 1] = dice.randbytes(1)
        elif change < 0.8:
            del found[at : at + dice.randrange(1, 9)]
        else:
            found[at:at] = dice.randbytes(dice.randrange(1, 9))
    return bytes(found)


@pytest.mark.parametrize("seed", range(3))
def test_no_garbled_file_gets_anything_but_an_answer(upload: Write, seed: int) -> None:
    dice = random.Random(seed)
    shown = 0
    for name, data in {**kinds.kinds(), **kinds.HEIC}.items():
        for _ in range(ROUNDS):
            path = upload(_garbled(data, dice))
            try:
                seen = inspect(path)
                image = decode(path, seen, (min(seen.width, 96), min(seen.height, 64)))
            except Refused as refused:
                assert refused.code in CODES, name
            else:
                assert image.mode == "RGB" and not image.info, name
                shown += 1
    assert shown > 100


def test_every_kind_has_nothing_but_pixels(upload: Write) -> None:
    for name, data in {**kinds.kinds(), **kinds.HEIC}.items():
        if name in kinds.REFUSED:
            continue
        path = upload(data)
        seen = inspect(path)
        image = decode(path, seen, (seen.width, seen.height))
        assert (image.mode, image.size, image.info) == ("RGB", (seen.width, seen.height), {}), name
