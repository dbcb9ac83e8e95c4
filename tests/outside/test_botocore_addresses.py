"""botocore 1.44.5: what a presigned address looks like unless it is told.

Expected: one way in all regions. Seen: in ten regions, us-east-1 among them, a presigned address
gets Signature Version 2, which newer buckets refuse; in us-east-1 it goes to `s3.amazonaws.com`
although the client's own endpoint is that of the region; a bucket with a dot in its name is put
into the path whatever style is asked for, because no certificate would fit.
Source: botocore/signers.py, botocore/data/endpoints.json, botocore/data/s3/…/endpoint-rule-set-1.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def _address(region: str, bucket: str = "pigeon-media", **config: Any) -> str:
    client = boto3.client("s3", region_name=region, config=Config(**config))
    address: str = client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "a"}
    )
    return address


@pytest.mark.parametrize(
    ("region", "is_old"),
    [("us-east-1", True), ("eu-west-1", True), ("us-west-2", True), ("eu-central-1", False)],
)
def test_the_signature_differs_by_region(region: str, is_old: bool) -> None:
    query = urlsplit(_address(region)).query

    assert ("Signature=" in query and "X-Amz-Algorithm" not in query) is is_old
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in _address(region, signature_version="s3v4")


def test_the_default_region_has_another_host() -> None:
    path: dict[str, Any] = {"signature_version": "s3v4", "s3": {"addressing_style": "path"}}
    regional = {"addressing_style": "path", "us_east_1_regional_endpoint": "regional"}

    assert urlsplit(_address("us-east-1", **path)).netloc == "s3.amazonaws.com"
    assert urlsplit(_address("eu-west-1", **path)).netloc == "s3.eu-west-1.amazonaws.com"
    assert urlsplit(_address("us-east-1", **path | {"s3": regional})).netloc == (
        "s3.us-east-1.amazonaws.com"
    )


def test_a_dot_in_a_buckets_name_puts_it_into_the_path() -> None:
    style = {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}

    address = urlsplit(_address("us-east-1", "a.b.c", signature_version="s3v4", s3=style))

    assert (address.netloc, address.path) == ("s3.us-east-1.amazonaws.com", "/a.b.c/a")
