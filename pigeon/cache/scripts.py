"""Lua scripts: the one way in which they are run.

They are called by their digest on the pipelining client, and loaded where a server lacks them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from redis.exceptions import ResponseError

from pigeon.cache import resp

Part = str | int | bytes


class Script:
    """A script must bear to run twice, because a pipeline may be sent again."""

    def __init__(self, source: str) -> None:
        self._source = source.encode()
        self._digest = hashlib.sha1(self._source, usedforsecurity=False).hexdigest().encode()

    def command(self, names: Sequence[str], arguments: Iterable[Part]) -> list[bytes]:
        """One run of it, for `run`."""
        head = [b"EVALSHA", self._digest, b"%d" % len(names)]
        return [*head, *map(str.encode, names), *map(_encoded, arguments)]

    def call(self, pool: resp.Pool, names: Sequence[str], arguments: Iterable[Part]) -> Any:
        """The reply of a single run."""
        (reply,) = self.run(pool, [self.command(names, arguments)])
        return reply

    def run(self, pool: resp.Pool, commands: Sequence[Sequence[bytes]]) -> list[Any]:
        """The replies of several runs in one trip; all of them again on a server that is new."""
        try:
            return pool.pipeline(commands)
        except ResponseError as error:
            if not str(error).startswith("NOSCRIPT"):
                raise
        pool.pipeline([[b"SCRIPT", b"LOAD", self._source]])
        return pool.pipeline(commands)


def _encoded(part: Part) -> bytes:
    return part if isinstance(part, bytes) else str(part).encode()
