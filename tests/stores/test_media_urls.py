"""Which store an address names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pigeon.stores.media_folder import FolderStore
from pigeon.stores.media_s3 import S3Store
from pigeon.stores.media_urls import media_store


def test_addresses(tmp_path: Path) -> None:
    named = media_store(f"folder:{tmp_path}/pictures", Path("unused"))
    plain = media_store("s3://bucket?region=eu-north-1", Path())

    assert isinstance(named, FolderStore)
    assert named.root == tmp_path / "pictures"
    assert isinstance(plain, S3Store)
    assert (plain.bucket, plain.prefix) == ("bucket", "")
    assert plain.origin == "https://bucket.s3.eu-north-1.amazonaws.com"


@pytest.mark.parametrize("url", ["ftp://x", "folder:", "s3:///prefix", "/var/media"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MEDIA_URL"):
        media_store(url, Path())
