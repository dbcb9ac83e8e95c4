"""Photographs of a phone's size, and the requests that post them."""

from __future__ import annotations

import http.client
import io
import json
import secrets
import time
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from PIL import Image
from sqlalchemy import select

from bench.ground import Ground, Processes
from pigeon.extensions import db
from pigeon.models import PostModel
from tests.harness import children
from tests.harness.outside import BUCKET, CREDENTIALS

BYTES = 1_200_000
WORKERS = ("media=1", "fanout=1", "notify=1", "default=1")
PATIENCE_S = 300


@cache
def photograph(long_side: int) -> bytes:
    """A JPEG of 3:4, of about `BYTES` at 4,000 px: soft shapes under a fine grain."""
    random = np.random.default_rng(7)
    width, height = long_side * 3 // 4, long_side
    rough = random.integers(40, 215, (24, 18, 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(rough).resize((width, height), Image.Resampling.BICUBIC))
    grain = random.integers(-9, 10, (height, width, 1), dtype=np.int16)
    image = Image.fromarray((soft.astype(np.int16) + grain).clip(0, 255).astype(np.uint8))
    wanted = BYTES * width * height // (3_000 * 4_000)
    return min(
        (_encoded(image, quality) for quality in range(60, 92, 4)),
        key=lambda data: abs(len(data) - wanted),
    )


def _encoded(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def start_store(running: Processes, delay_s: float) -> dict[str, str]:
    """A slow object store; the environment of an application that uses it."""
    port = children.free_port()
    running.run("store", ["python", "-m", "bench.slow_s3", str(port), str(delay_s)])
    children.wait_until(lambda: children.accepts(port), what="the object store")
    endpoint = f"http://127.0.0.1:{port}"
    return {"MEDIA_URL": f"s3://{BUCKET}?endpoint={endpoint}&region=us-east-1", **CREDENTIALS}


class Poster:
    """A program with an access token that posts the same picture, each time another post."""

    def __init__(self, url: str, token: str, count: int, picture: bytes) -> None:
        self._address = urlsplit(url).netloc
        self._token = token
        self._boundary = secrets.token_hex(16)
        self._body = self._multipart(picture, count)

    def post(self) -> tuple[int, float]:
        """The new post's id, and the seconds until the answer."""
        connection = http.client.HTTPConnection(self._address, timeout=PATIENCE_S)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": f"multipart/form-data; boundary={self._boundary}",
        }
        began = time.perf_counter()
        connection.request("POST", "/api/v1/posts", self._body, headers)
        answer = connection.getresponse()
        content = answer.read()
        took_s = time.perf_counter() - began
        connection.close()
        assert answer.status in (201, 202), (answer.status, content)
        return int(json.loads(content)["id"]), took_s

    def _multipart(self, picture: bytes, count: int) -> bytes:
        parts = [self._part('name="caption"', b"Photographs")]
        for number in range(count):
            name = f'name="images[]"; filename="{number}.jpg"\r\nContent-Type: image/jpeg'
            parts.append(self._part(name, picture))
        return b"".join(parts) + f"--{self._boundary}--\r\n".encode()

    def _part(self, name: str, content: bytes) -> bytes:
        head = f"--{self._boundary}\r\nContent-Disposition: form-data; {name}\r\n\r\n"
        return head.encode() + content + b"\r\n"


def wait_published(ground: Ground, post_id: int) -> float:
    """Until everybody can see it; the moment."""
    until = time.perf_counter() + PATIENCE_S
    with ground.app().app_context():
        while (state := _state(post_id)) != "published":
            assert state == "processing", state
            assert time.perf_counter() < until, "a post was never published"
            time.sleep(0.01)
    return time.perf_counter()


def _state(post_id: int) -> Any:
    db.session.rollback()
    return db.session.scalar(select(PostModel.state).where(PostModel.id == post_id))
