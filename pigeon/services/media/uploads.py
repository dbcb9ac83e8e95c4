"""What a request was sent: inspected, and kept beyond the request."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from pigeon.domain.errors import FieldError, Invalid, TooLarge
from pigeon.domain.media import Upload
from pigeon.services.media import media
from pigeon.stores import imaging
from pigeon.stores.incoming import IncomingFile

HASH_CHUNK = 1 << 20


def inspect_all(files: list[IncomingFile], field: str) -> list[imaging.Inspected]:
    """What each file is, without decoding; TooLarge first, then Invalid, naming all at fault."""
    found: list[imaging.Inspected] = []
    faults: dict[str, FieldError] = {}
    until = time.monotonic() + imaging.CHECK_S
    for name, file in zip(_names(field, len(files)), files, strict=True):
        file.flush()
        try:
            found.append(imaging.inspect(file.path, until=until))
        except imaging.Refused as error:
            faults[name] = FieldError(error.code, error.limit)
    large = {name: fault for name, fault in faults.items() if fault.code == "too_large"}
    if large:
        raise TooLarge(large)
    if faults:
        raise Invalid(faults)
    return found


def _names(field: str, count: int) -> list[str]:
    return [field] if field == "image" else [f"{field}.{n}" for n in range(count)]


def keep(file: IncomingFile, seen: imaging.Inspected, alt: str = "") -> Upload:
    """Make a file outlive its request; without a row the collector takes it."""
    return keep_all([file], [seen], [alt])[0]


def keep_all(
    files: list[IncomingFile], inspected: list[imaging.Inspected], alts: list[str]
) -> list[Upload]:
    """Make files outlive their request; in the object store they go there at the same time."""
    digests = [_digest(file.path) for file in files]
    tokens = media.keeping().keep(files)
    return [
        Upload(token=token, width=seen.width, height=seen.height, digest=digest, alt=alt)
        for token, seen, digest, alt in zip(tokens, inspected, digests, alts, strict=True)
    ]


def digest(file: IncomingFile) -> str:
    """SHA-256 of what was uploaded: a request sent twice is known by it."""
    return _digest(file.path)


def _digest(path: Path) -> str:
    sha = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(HASH_CHUNK):
            sha.update(chunk)
    return sha.hexdigest()
