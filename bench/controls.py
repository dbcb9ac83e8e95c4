"""What should cost the same all through a run: a PING, and a page without content."""

from __future__ import annotations

from bench import empty_page, rounds
from bench.ground import Ground
from bench.pages import Reader
from pigeon.cache import resp

CALLS = 400
MICRO = 1_000_000


class Controls:
    """Figures in microseconds, one per look."""

    def __init__(self, ground: Ground) -> None:
        self._reader = Reader(ground.empty_app, ground.cookie_of(ground.data.rotating[0]))
        self._pool = resp.pool(ground.redis.cache_url, 2.0)
        self.found: dict[str, list[float]] = {"Redis PING": [], "empty page, no server": []}

    def look(self) -> None:
        calls = range(CALLS)
        ping = rounds.median_of(lambda _: self._pool.pipeline([[b"PING"]]), calls)
        page = rounds.median_of(lambda _: self._reader.read(empty_page.PATH), calls)
        self.found["Redis PING"].append(ping * MICRO)
        self.found["empty page, no server"].append(page * MICRO)
