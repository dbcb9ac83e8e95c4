"""Bad uploads: refused by name, in JSON and beside the right picture of a form; nothing is kept."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.domain import limits
from pigeon.extensions import db
from pigeon.jobs import runner
from pigeon.models import IdempotencyKey, MediaModel, PostModel
from tests.factories import Person, make_user
from tests.harness import pictures
from tests.harness.clients import Client, multipart
from tests.stores import heif, hostile, kinds

CAPTION = "four words were typed"
KINDS: dict[str, tuple[Callable[[], bytes], int, str, int | None]] = {
    "16 MB": (hostile.too_many_bytes, 413, "too_large", limits.IMAGE_BYTES),
    "a JPEG of 31 MB": (hostile.too_large_jpeg, 413, "too_large", limits.JPEG_BYTES),
    "a JPEG of 64.1 megapixels": (
        *(lambda: hostile.claimed_jpeg(8_010, 8_000), 422, "too_many_pixels", limits.JPEG_PIXELS),
    ),
    "26 megapixels": (hostile.too_many_pixels, 422, "too_many_pixels", limits.IMAGE_PIXELS),
    "a side of 20,001 pixels": (hostile.too_long, 422, "side_too_long", limits.IMAGE_SIDE),
    "12 bits a channel": (hostile.twelve_bits, 422, "unsupported", limits.JPEG_BITS),
    "an executable": (hostile.executable, 422, "bad_format", None),
    "a page": (hostile.html, 422, "bad_format", None),
    "a drawing": (hostile.svg, 422, "bad_format", None),
    "nothing": (lambda: b"", 422, "bad_format", None),
    "half a JPEG": (lambda: hostile.truncated(pictures.jpeg(400, 300)), 422, "unreadable", None),
    "half a JPEG without an end": (lambda: pictures.jpeg(400, 300)[:-40], 422, "unreadable", None),
    "half a PNG": (lambda: hostile.truncated(pictures.png(400, 300)), 422, "unreadable", None),
    "a bomb": (hostile.png_bomb, 422, "too_many_pixels", limits.IMAGE_PIXELS),
    "a lying frame": (hostile.gif_bomb, 422, "too_many_pixels", limits.IMAGE_PIXELS),
}
NAMES = (
    *("../../etc/cron.d/x.jpg", "..\\x.jpg", "/etc/passwd", "x" * 5_000, ".htaccess"),
    "\u202egpj.exe",
)


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def browser(ann: Person, client_for: Callable[[Person], Client]) -> Client:
    return client_for(ann)


@pytest.fixture
def nothing_stored(app: Flask, ann: Person) -> Iterator[None]:
    """Neither a row nor a file is left when the test ends."""
    yield
    for model in (PostModel, MediaModel, IdempotencyKey):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0, model
    assert stored_files(app) == []


def stored_files(app: Flask) -> list[Path]:
    config = app.extensions["settings"]
    folders = (config.incoming, config.data / "media")
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def part(content: bytes, name: str = "x.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def faults_of(body: Any) -> dict[str, tuple[str, int | None]]:
    return {n: (f["code"], f["limit"]) for n, f in body["error"]["fields"].items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("nothing_stored")
def test_a_bad_file_among_good_ones_is_named(browser: Client, kind: str) -> None:
    make, status, code, limit = KINDS[kind]
    form = multipart(
        caption=CAPTION, images__=[part(pictures.jpeg()), part(make())], alts__=["one", "two"]
    )
    headers = {"Idempotency-Key": "k"}
    found, body = browser.api("POST", "/posts", **form, headers=headers)
    assert (found, faults_of(body)) == (status, {"images.1": (code, limit)})
    found, body = browser.api("PUT", "/me/avatar", **multipart(image=part(make())))
    assert (found, faults_of(body)) == (status, {"image": (code, limit)})


@pytest.mark.parametrize(
    ("make", "width", "height"),
    [
        (lambda: (heif.PICTURES / "display_p3.heic").read_bytes(), 600, 400),
        (lambda: pictures.jpeg(8_064, 6_048), 8_064, 6_048),
        (lambda: pictures.jpeg(300, 200).ljust(limits.JPEG_BYTES, b"\0"), 300, 200),
    ],
    ids=["heic", "48 megapixels", "30 MB"],
)
def test_what_todays_phones_write_is_published(
    browser: Client, make: Callable[[], bytes], width: int, height: int
) -> None:
    picture = make()
    status, body = browser.api("POST", "/posts", **multipart(images__=[part(picture)]))
    assert status == 202
    assert (body["images"][0]["width"], body["images"][0]["height"]) == (width, height)
    assert browser.api("PUT", "/me/avatar", **multipart(image=part(picture)))[0] == 202
    runner.drain()
    assert browser.api("GET", f"/posts/{body['id']}")[1]["state"] == "published"
    assert browser.api("GET", "/me")[1]["avatar_url"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("nothing_stored")
def test_the_form_says_it_beside_the_picture_and_keeps_the_words(
    browser: Client, kind: str
) -> None:
    make, status, _, _ = KINDS[kind]
    nothing = part(b"", "")
    form = multipart(
        csrf_token=browser.csrf(),
        caption=CAPTION,
        idempotency_key="k",
        images__=[nothing, part(pictures.jpeg()), part(make()), nothing],
        alts__=["", "the good one", "the bad one", ""],
    )
    page = browser.post("/create", **form)
    assert page.status_code == status
    said = re.findall(r'id="image-(\d)-error">.*?<span>([^<]+)</span>', page.text)
    assert [int(row) for row, _ in said] == [2] and said[0][1]
    for words in (CAPTION, "the good one", "the bad one", 'value="k"'):
        assert words in page.text
    fields = re.findall(r'<textarea[^>]+id="alt-(\d)"[^>]*>\n([^<]*)</textarea>', page.text)
    assert dict(fields)["1"] == "the good one" and dict(fields)["2"] == "the bad one"


@pytest.mark.usefixtures("nothing_stored")
def test_all_faults_are_named_at_once(browser: Client) -> None:
    form = multipart(
        caption="x" * (limits.CAPTION + 1),
        images__=[part(hostile.svg()), part(pictures.jpeg()), part(hostile.too_many_pixels())],
        alts__=["", "x" * (limits.ALT + 1), ""],
    )
    status, body = browser.api("POST", "/posts", **form)
    assert status == 422
    assert faults_of(body) == {
        "caption": ("too_long", limits.CAPTION),
        "images.0": ("bad_format", None),
        "alts.1": ("too_long", limits.ALT),
        "images.2": ("too_many_pixels", limits.IMAGE_PIXELS),
    }
    page = browser.post("/create", **_with_token(browser, form))
    assert page.status_code == 422
    assert re.search(r'id="caption-error">.*?<span>[^<]+2,200', page.text)
    assert re.search(r'id="alt-1-error">.*?<span>[^<]+1,000', page.text)


def _with_token(browser: Client, form: dict[str, Any]) -> dict[str, Any]:
    return form | {"headers": {"X-CSRFToken": browser.csrf()}}


def test_texts_end_at_their_limits(app: Flask, browser: Client) -> None:
    longest = {"caption": "한" * limits.CAPTION, "alts__": ["🐦" * limits.ALT]}
    form = multipart(images__=[part(pictures.jpeg())], **longest)
    assert browser.api("POST", "/posts", **form)[0] == 202
    before = stored_files(app)
    for field, value in (("caption", "x" * 2_201), ("alts__", ["x" * 1_001])):
        form = multipart(images__=[part(pictures.jpeg())], **longest | {field: value})
        assert browser.api("POST", "/posts", **form)[0] == 422
    assert stored_files(app) == before


@pytest.mark.usefixtures("nothing_stored")
def test_eleven_pictures(browser: Client) -> None:
    form = multipart(caption=CAPTION, images__=[part(pictures.jpeg()), *_ten()], alts__=["a"] * 11)
    status, body = browser.api("POST", "/posts", **form)
    assert (status, faults_of(body)) == (422, {"images": ("too_many", 10)})
    page = browser.post("/create", **_with_token(browser, form))
    assert page.status_code == 422 and CAPTION in page.text
    assert re.search(r'id="images-error">.*?<span>[^<]*10', page.text)


def _ten() -> list[Any]:
    return [part(pictures.jpeg()) for _ in range(10)]


def test_ten_pictures_are_fine(browser: Client) -> None:
    status, post = browser.api("POST", "/posts", **multipart(images__=_ten()))
    assert status == 202 and len(post["images"]) == 10


@pytest.mark.usefixtures("nothing_stored")
def test_more_alt_texts_than_pictures(browser: Client) -> None:
    form = multipart(images__=[part(pictures.jpeg())], alts__=["one", "two"])
    status, body = browser.api("POST", "/posts", **form)
    assert (status, faults_of(body)) == (422, {"alts": ("too_many", 1)})


def test_names_of_files_are_not_used(app: Flask, browser: Client) -> None:
    for name in NAMES:
        form = multipart(images__=[part(pictures.jpeg(), name)])
        status, post = browser.api("POST", "/posts", **form)
        assert status == 202 and len(post["images"]) == 1, name
    names = {path.name for path in stored_files(app)}
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in names), names
    assert len(names) == len(NAMES)


@pytest.mark.usefixtures("nothing_stored")
def test_a_body_that_is_too_large_as_a_whole(browser: Client) -> None:
    environ = {"CONTENT_LENGTH": str(limits.TEXT_BYTES + 1)}
    headers = {"X-CSRFToken": browser.csrf()}
    answer = browser.post("/api/v1/posts", environ_overrides=environ, headers=headers)
    assert answer.status_code == 413
    assert answer.get_json()["error"]["fields"] == {}
    assert browser.post("/create", environ_overrides=environ, headers=headers).status_code == 413
    form = multipart(caption="x" * (1024 * 1024 + 1))
    assert browser.api("POST", "/posts", **form)[0] == 413, "1 MB is for the words of ten pictures"


@pytest.mark.usefixtures("nothing_stored")
def test_an_interrupted_upload_leaves_nothing(browser: Client) -> None:
    form = multipart(caption=CAPTION, images__=[part(pictures.jpeg(400, 300))])
    form["data"] = form["data"][: len(form["data"]) // 2]
    status, body = browser.api("POST", "/posts", **form)
    assert (status, body["error"]["code"]) == (400, "malformed")


def test_damage_that_only_decoding_finds_makes_the_picture_fail(
    app: Flask, browser: Client, drain: Callable[[], int]
) -> None:
    form = multipart(caption=CAPTION, images__=[part(hostile.damaged_png())])
    status, post = browser.api("POST", "/posts", **form)
    assert status == 202
    drain()
    post = browser.api("GET", f"/posts/{post['id']}")[1]
    assert post["state"] == "failed" and post["images"][0]["error"]["code"] == "unreadable"


WITHOUT_END = {
    "JPEG": lambda: pictures.noise("JPEG")[:-2],
    "PNG": lambda: pictures.noise("PNG")[:-12],
    "GIF": lambda: pictures.noise("GIF")[:-1],
    "stray bytes": lambda: (kinds.CASES / "06_jpeg_junk_between_segments.jpg").read_bytes(),
    "a wrong checksum": lambda: (kinds.CASES / "04_png_bad_crc_text.png").read_bytes(),
}


def test_whole_pictures_with_a_flaw_nobody_sees_are_published(
    browser: Client, drain: Callable[[], int]
) -> None:
    images = [part(make()) for make in WITHOUT_END.values()]
    status, post = browser.api("POST", "/posts", **multipart(images__=images))
    assert status == 202
    drain()
    post = browser.api("GET", f"/posts/{post['id']}")[1]
    assert post["state"] == "published"
    assert {image["state"] for image in post["images"]} == {"ready"}
