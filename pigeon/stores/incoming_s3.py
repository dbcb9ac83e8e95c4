"""Uploads wait in the object store: whichever machine has a worker finds them.

They arrive in a folder of the machine's own and are put from there before the answer, all at
once. What waits has a prefix of its own, so that the store itself may let it expire.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import chain
from pathlib import Path
from secrets import token_hex

from pigeon.domain.errors import PicturesWait
from pigeon.stores.incoming import IncomingFile
from pigeon.stores.incoming_folder import FolderIncoming
from pigeon.stores.media import StoreFault
from pigeon.stores.s3 import S3Bucket

PREFIX = "incoming"
MARK = "s3:"
"""Before the name: a token without it is a file in the folder, of a release before."""
TOKEN = re.compile(r"s3:([0-9a-f]{32})")
AT_ONCE = 5
PATIENCE_S = 10.0
SLOWEST_BYTES_PER_S = 20 * 1024 * 1024
"""For all files of a request together; 300 MB, the most, are then waited for 25 s at most, which is
less than gunicorn waits for a silent worker."""
RETRY_S = 10
RESTS_S = 5.0
"""Who took long to refuse is not asked by everybody: each would hold a process as long."""
TOLD_S = 60.0
AWAY = "the object store does not take uploads"
CONTENT_TYPE = "application/octet-stream"


class S3Incoming(S3Bucket):
    """Objects `<prefix>/incoming/<name>` beside the media, over the same connections."""

    is_on_this_machine = False
    patience_s = PATIENCE_S
    quick_s = 3.0

    def __init__(self, media: S3Bucket, folder: FolderIncoming) -> None:
        super().__init__(media.connection, media.bucket, media.prefix + PREFIX)
        self.folder = folder
        self._failed_at = -math.inf
        self._asked_again_at = -math.inf

    @property
    def problem(self) -> str:
        """Whether what was put last was refused, a moment ago; "" when all is well."""
        return AWAY if time.monotonic() < self._failed_at + TOLD_S else ""

    def stream_factory(self) -> IncomingFile:
        """Refused before anything is received while the store rests."""
        if time.monotonic() < self._asked_again_at:
            raise PicturesWait(RETRY_S, f"{AWAY}: it is asked again in a moment")
        return self.folder.stream_factory()

    def workplace(self) -> AbstractContextManager[Path]:
        return self.folder.workplace()

    def keep(self, files: Sequence[IncomingFile]) -> list[str]:
        """As long as the slowest of five at a time; a store that is well takes a second."""
        if not files:
            return []
        names, began = [token_hex(16) for _ in files], time.monotonic()
        try:
            self._put_all(names, [file.path for file in files])
        except OSError as error:
            self._failed_at = time.monotonic()
            if self._failed_at - began > self.quick_s:
                self._asked_again_at = self._failed_at + RESTS_S
            raise PicturesWait(RETRY_S, f"{AWAY}: {error}") from error
        self._failed_at = -math.inf
        return [MARK + name for name in names]

    def _put_all(self, names: list[str], paths: list[Path]) -> None:
        """What was stored of a refused request has no row: the collector takes it."""
        pool = ThreadPoolExecutor(min(AT_ONCE, len(names)), thread_name_prefix="keep")
        puts = [pool.submit(self._put_one, *pair) for pair in zip(names, paths, strict=True)]
        size = sum(path.stat().st_size for path in paths)
        patience_s = self.patience_s + size / SLOWEST_BYTES_PER_S
        done, waiting = wait(puts, timeout=patience_s, return_when=FIRST_EXCEPTION)
        pool.shutdown(wait=False, cancel_futures=True)
        for put in done:
            put.result()
        if waiting:
            raise StoreFault(f"{len(waiting)} of {len(puts)} not stored in {patience_s:.1f} s")

    def _put_one(self, name: str, path: Path) -> None:
        self._put(name, path, ContentType=CONTENT_TYPE, CacheControl="no-store")

    def original(self, token: str, workplace: Path) -> Path:
        name = _name(token)
        if name is None:
            return self.folder.original(token, workplace)
        path = workplace / "original"
        self._fetch(name, path)
        return path

    def discard(self, token: str) -> None:
        name = _name(token)
        if name is None:
            self.folder.discard(token)
        else:
            self._delete([name])

    def list(self) -> Iterator[tuple[str, datetime]]:
        found = ((MARK + name, modified_at) for name, modified_at in self._list())
        ours = (entry for entry in found if _name(entry[0]))
        return chain(ours, self.folder.list())

    def sweep(self, older_than_s: int) -> int:
        return self.folder.sweep(older_than_s)


def _name(token: str) -> str | None:
    """The object's name; None for a token of the folder."""
    found = TOKEN.fullmatch(token)
    return found[1] if found else None
