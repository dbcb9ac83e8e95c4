"""A new post as it is read: what is refused leaves nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from pigeon.domain import limits
from pigeon.models import PostModel
from pigeon.services.media import media
from pigeon.stores.incoming_folder import FolderIncoming
from tests.factories import make_user
from tests.harness import pictures
from tests.harness.clients import multipart
from tests.harness.crashes import left_in_incoming
from tests.harness.rows import count

pytestmark = pytest.mark.both_databases


def test_a_full_disk_is_said_and_leaves_nothing(
    app: Flask, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(make_user("ann"))
    full = FolderIncoming(app.extensions["settings"].incoming, reserve_bytes=1 << 60)
    monkeypatch.setattr(media, "incoming", lambda: full)
    status, answer = client.share("", [pictures.jpeg()])
    assert (status, answer["error"]["code"]) == (503, "unavailable")
    assert int(client.last.headers["Retry-After"]) > 0
    assert client.share("text still works")[0] == 201
    assert count(PostModel) == 1 and left_in_incoming() == []


def test_nothing_is_stored_of_a_refused_post(app: Flask, client_for: Any) -> None:
    client = client_for(make_user("ann"))
    good = pictures.jpeg()
    for expected, fields, body in (
        (422, {"caption"}, ("", [])),
        (422, {"caption"}, ("x" * (limits.CAPTION + 1), [good])),
        (422, {"images"}, ("", [good] * 11)),
        (422, {"images.1"}, ("", [good, b"MZ not a picture"])),
        (422, {"images.0", "alts.0"}, ("", [b""], ["x" * (limits.ALT + 1)])),
    ):
        status, answer = client.share(*body)
        assert (status, set(answer["error"]["fields"])) == (expected, fields)
    large = (io.BytesIO(good + b"\0" * limits.JPEG_BYTES), "large.jpg")
    status, answer = client.api("POST", "/posts", **multipart(images__=[large]))
    assert (status, set(answer["error"]["fields"])) == (413, {"images.0"})
    assert count(PostModel) == 0 and left_in_incoming() == []
