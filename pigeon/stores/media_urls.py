"""Which media store `MEDIA_URL` names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from pigeon.stores.media import MediaStore
from pigeon.stores.media_folder import FolderStore


def media_store(url: str, data_dir: Path) -> MediaStore:
    """'' (a folder below `data_dir`), `folder:<path>` or `s3://bucket/prefix?endpoint=&region=`."""
    if not url:
        return FolderStore(data_dir / "media")
    scheme, _, path = url.partition(":")
    if scheme == "folder" and path:
        return FolderStore(Path(path))  # as it is: a folder's name may hold ?, # and %
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        from pigeon.stores.incoming_s3 import PREFIX  # boto3 is heavy
        from pigeon.stores.media_s3 import S3Store

        options = dict(parse_qsl(parts.query))
        if parts.path.strip("/").partition("/")[0] == PREFIX:
            raise ValueError(f"MEDIA_URL: below {PREFIX}/ uploads wait, and may expire there")
        return S3Store(
            bucket=parts.netloc,
            prefix=parts.path.strip("/"),
            endpoint=options.get("endpoint"),
            region=options.get("region", "us-east-1"),
        )
    raise ValueError("MEDIA_URL: folder:<path> or s3://bucket/prefix?endpoint=…&region=…")
