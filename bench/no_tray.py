"""`bench.no_tray:app`: the application whose home page neither asks for stories nor shows them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from pigeon import create_app
from pigeon.cache.trips import NOTHING, Read
from pigeon.web.stories import trays
from pigeon.web.timelines import home


class NoTray:
    """What a page is told instead."""

    def __init__(self, *_reader: Any) -> None:
        pass

    def read_authors(self) -> Read[None]:
        return NOTHING

    read_stories = read_seen = read_authors

    def rings(self) -> list[Any]:
        return []


@contextmanager
def left_out() -> Iterator[None]:
    with patch.object(home, "Tray", NoTray), patch.object(trays, "render", lambda *_: b""):
        yield


if os.environ.get("PIGEON_ROLE"):
    left_out().__enter__()
    app = create_app("web")
