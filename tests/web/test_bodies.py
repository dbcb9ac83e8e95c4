"""Bodies that cost more than they are worth: bounded by what the call takes, before all else."""

from __future__ import annotations

import gc
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from pigeon.domain import limits
from tests.contract.world import refusal
from tests.factories import Person, make_post, make_user
from tests.harness import pictures
from tests.harness.clients import Client, multipart
from tests.harness.environment import ROOT
from tests.security.matrix import routes

UPLOADS = {
    "posts.api.add": 10,
    "posts.pages.add": 10,
    "accounts.api.set_avatar": 1,
    "settings.save_avatar": 1,
    "messages.api.add": 1,
    "messages.api.add_picture": 1,
    "messages.pages.send": 1,
    "stories.api.add": 1,
    "stories.new.publish": 1,
}
MULTIPART = "multipart/form-data; boundary=frontier"
URLENCODED = "application/x-www-form-urlencoded"
UPLOAD_PATHS = {
    "/api/v1/posts": 10,
    "/create": 10,
    "/settings/avatar": 1,
    "/messages/ann": 1,
    "/api/v1/stories": 1,
    "/stories/new": 1,
}
FILE = b'--frontier\r\nContent-Disposition: form-data; name="images[]"; filename="x.jpg"\r\n\r\n'


class Source(io.RawIOBase):
    """A body that counts what is read of it, and is asked `at_read` before each part of it."""

    def __init__(self, body: bytes, at_read: Callable[[], None] = lambda: None) -> None:
        self._body = io.BytesIO(body)
        self._at_read = at_read
        self.taken = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        self._at_read()
        found = self._body.read(size)
        self.taken += len(found)
        return found


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def browser(ann: Person, client_for: Callable[[Person], Client]) -> Client:
    return client_for(ann)


def send(
    client: Client, path: str, source: Source, content_type: str, length: int | None, **headers: str
) -> TestResponse:
    """As gunicorn hands a body over: with a length or in chunks, and ended by the server."""
    environ: dict[str, Any] = {"wsgi.input": source, "wsgi.input_terminated": True}
    environ["CONTENT_TYPE"] = content_type  # the client would write a boundary of its own
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    return client.post(path, environ_overrides=environ, headers=headers, buffered=True)


def stored(app: Flask) -> list[Path]:
    return list(app.extensions["settings"].incoming.iterdir())


# -- how much --------------------------------------------------------------------------------------


def test_only_calls_with_files_take_large_bodies(app: Flask) -> None:
    views = {rule.endpoint: app.view_functions[rule.endpoint] for _, rule in routes(app)}
    assert {name: v.files for name, v in views.items() if v.files} == UPLOADS  # type: ignore[attr-defined]


@pytest.mark.parametrize("content_type", ["application/json", URLENCODED, "text/plain", MULTIPART])
def test_every_route_refuses_one_byte_too_many_unread(
    app: Flask, anonymous: Client, content_type: str
) -> None:
    for name, rule in routes(app):
        method, path = name.split()
        takes = UPLOADS.get(rule.endpoint, 0) if content_type == MULTIPART else 0
        source = Source(b"")
        answer = anonymous.open(
            re.sub(r"<[^>]+>", "1", path),
            method=method,
            environ_overrides={
                "wsgi.input": source,
                "CONTENT_TYPE": content_type,
                "CONTENT_LENGTH": str(limits.body_bytes(takes) + 1),
            },
        )
        assert (answer.status_code, source.taken) == (413, 0), name
        if path.startswith("/api/"):
            assert refusal(answer.get_json()) == ("too_large", {})


def test_a_body_without_a_length_obeys_the_same(browser: Client, ann: Person) -> None:
    post = make_post(ann)
    token = browser.csrf()
    room = limits.TEXT_BYTES
    for path, content_type, start in (
        ("/api/v1/posts", "application/json", b'{"caption": "hello"}'),
        (f"/p/{post.id}/edit", URLENCODED, b"caption=hello&x="),
        (f"/p/{post.id}/edit", MULTIPART, form_of(caption="hello")),
    ):
        for size, is_refused in ((room, False), (room + 1, True), (3 * room, True)):
            source = Source(start.ljust(size))
            headers = {"X-CSRFToken": token}
            answer = send(browser, path, source, content_type, None, **headers)
            assert (answer.status_code == 413) is is_refused, (path, content_type, size)
            assert source.taken <= room + 1
    assert browser.api("GET", f"/posts/{post.id}")[1]["caption"] == "hello"


def form_of(**fields: str) -> bytes:
    head = '--frontier\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    return ("".join(head.format(*item) for item in fields.items()) + "--frontier--\r\n").encode()


def test_a_form_that_ends_before_its_length_changes_nothing(browser: Client, ann: Person) -> None:
    post = make_post(ann, caption="whole")
    headers = {"X-CSRFToken": browser.csrf()}
    source = Source(b"caption=half a sen")
    answer = send(browser, f"/p/{post.id}/edit", source, URLENCODED, 40, **headers)
    assert answer.status_code == 400
    assert browser.api("GET", f"/posts/{post.id}")[1]["caption"] == "whole"


def test_words_beside_files_have_the_room_of_words(app: Flask, browser: Client) -> None:
    line = f'--frontier\r\nContent-Disposition: form-data; name="alts[]"\r\n\r\n{"x" * 900_000}\r\n'
    source = Source(line.encode() * 50)
    headers = {"X-CSRFToken": browser.csrf()}
    answer = send(browser, "/api/v1/posts", source, MULTIPART, 45_000_000, **headers)
    assert answer.status_code == 413 and refusal(answer.get_json()) == ("too_large", {})
    assert source.taken < 2 * limits.TEXT_BYTES


# -- how many --------------------------------------------------------------------------------------


def test_forms_have_a_bounded_number_of_fields(browser: Client, ann: Person) -> None:
    post = make_post(ann)
    headers = {"X-CSRFToken": browser.csrf()}
    for count, status in ((limits.FORM_PARTS - 1, 303), (limits.FORM_PARTS, 413)):
        fields = {f"x{number}": "1" for number in range(count)} | {"caption": "c"}
        for form in ({"data": fields}, multipart(**fields)):
            answer = browser.post(f"/p/{post.id}/edit", **form, headers=headers)
            assert answer.status_code == status, count


def test_json_has_a_bounded_depth_and_number_of_values(browser: Client) -> None:
    deep, wide = limits.JSON_DEPTH, limits.JSON_MARKS
    for text, status in (
        ('{"caption": ' + "[" * (deep - 1) + "]" * (deep - 1) + "}", 422),
        ('{"caption": ' + "[" * deep + "]" * deep + "}", 400),
        ("[" * 500_000, 400),
        ('{"a":' * 100_000, 400),
        ('{"caption": "' + "[{" * 5_000 + '"}', 422),  # words
        ('{"caption": "\\"' + "[{" * 300 + '"}', 201),
        ('{"alts": [' + "1," * wide + "1]}", 413),
        ('["' + '","' * wide + '"]', 413),
        ("{" + ",".join(f'"x{n}": 1' for n in range(wide)) + "}", 413),
    ):
        status_found, _ = browser.api("POST", "/posts", data=text, content_type="application/json")
        assert status_found == status, text[:40]


def test_json_is_utf_8(browser: Client) -> None:
    for encoding in ("utf-16", "utf-32", "latin-1"):
        data = json.dumps({"caption": "é"}, ensure_ascii=False).encode(encoding)
        status, body = browser.api("POST", "/posts", data=data, content_type="application/json")
        assert (status, body["error"]["code"]) == (400, "malformed"), encoding


ENDLESS = {
    "500,000 fields": (URLENCODED, b"a=&" * 333_333),
    "nested lists": ("application/json", b"[" * 1_000_000),
    "values": ("application/json", b"[" + b"1," * 499_999 + b"1]"),
    "keys": ("application/json", b"{" + b'"a":1,' * 160_000 + b'"b":1}'),
    "strings": ("application/json", b'""' * 500_000),
}
"""Over a limit: what is left of it costs nothing."""
PART = b'--frontier\r\nContent-Disposition: form-data; name="'
LONG = {
    "escapes": ("application/json", lambda n: b'{"caption":"' + b"\\n" * n + b'"}'),
    "half a string": ("application/json", lambda n: b'"' + b'\\"' * n),
    "a part's head": (MULTIPART, lambda n: PART + b"a; b" * (n // 2)),
    "a part's lines": (MULTIPART, lambda n: PART + b'a"\r\n\r\n' + b"\r\n" * n),
    "a field": (URLENCODED, lambda n: b"caption=" + b"%0" * n),
}
"""Within the limits of a body: time grows with length, and no faster."""


class Meter:
    """Processor time of a request, by what its body holds."""

    def __init__(self, browser: Client, post_id: int, content_type: str) -> None:
        is_json = content_type == "application/json"
        self._browser = browser
        self._path = "/api/v1/posts" if is_json else f"/p/{post_id}/edit"
        self._type = content_type
        self._headers = {"X-CSRFToken": browser.csrf()}

    def ratio(self, costly: bytes, plain: bytes) -> float:
        """How much more the one costs than the other, at their quickest."""
        tries = [(self._cost(costly), self._cost(plain)) for _ in range(9)]
        return min(one for one, _ in tries) / min(other for _, other in tries)

    def _cost(self, data: bytes) -> float:
        began = time.process_time()
        send(self._browser, self._path, Source(data), self._type, len(data), **self._headers)
        took = time.process_time() - began
        assert self._browser.last.status_code in (400, 413, 422)
        return took


@pytest.mark.parametrize("kind", ENDLESS)
def test_refusing_what_has_no_end_costs_what_nothing_does(
    browser: Client, ann: Person, kind: str
) -> None:
    content_type, body = ENDLESS[kind]
    nothing = b"{}" if content_type == "application/json" else b"caption="
    meter = Meter(browser, make_post(ann).id, content_type)
    assert meter.ratio(body, nothing) <= 2


@pytest.mark.parametrize("kind", LONG)
def test_what_fits_costs_time_by_its_length(browser: Client, ann: Person, kind: str) -> None:
    content_type, body = LONG[kind]
    meter = Meter(browser, make_post(ann).id, content_type)
    assert meter.ratio(body(400_000), body(200_000)) <= 2.6


# -- whose -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", UPLOAD_PATHS)
def test_a_forged_upload_is_refused_by_its_first_field(
    app: Flask, browser: Client, path: str
) -> None:
    browser.csrf()
    for start in (b"", form_of(csrf_token="forged")[:-14], form_of(x="1")[:-14], b"\r\n" * 9_000):
        source = Source(start + FILE + bytes(400_000), lambda: none_stored(app))
        answer = send(browser, path, source, MULTIPART, 20_000_000)
        assert answer.status_code == 403
        assert source.taken <= 8_192 and stored(app) == []


def none_stored(app: Flask) -> None:
    assert stored(app) == []


@pytest.mark.env(RATE_LIMITS="on")
def test_an_upload_of_nobody_or_too_often_is_not_read(
    app: Flask, browser: Client, anonymous: Client
) -> None:
    source = Source(FILE + bytes(400_000))
    for headers in ({}, {"X-CSRFToken": anonymous.csrf()}, {"Authorization": "Bearer x"}):
        assert (
            send(anonymous, "/api/v1/posts", source, MULTIPART, 9**8, **headers).status_code == 401
        )
    headers = {"X-CSRFToken": browser.csrf()}
    for _ in range(20):
        assert browser.put("/api/v1/me/avatar", headers=headers).status_code == 415
    answer = browser.put(
        "/api/v1/me/avatar",
        headers=headers,
        environ_overrides={
            "wsgi.input": source,
            "CONTENT_TYPE": MULTIPART,
            "CONTENT_LENGTH": "20000000",
        },
    )
    assert (answer.status_code, source.taken) == (429, 0)


def test_the_token_in_the_first_field_is_enough(app: Flask, browser: Client) -> None:
    token, picture = browser.csrf(), (io.BytesIO(pictures.jpeg()), "x.jpg")
    form = multipart(csrf_token=token, caption="mine", images__=[picture], alts__=[""])
    assert browser.post("/create", **form).status_code == 303
    late = multipart(caption="late", images__=[(io.BytesIO(b"x"), "x.jpg")], csrf_token=token)
    assert browser.post("/create", **late).status_code == 403


class UploadForms(HTMLParser):
    """The first field of each form that carries files."""

    def __init__(self) -> None:
        super().__init__()
        self.first: list[str] = []
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("enctype") == "multipart/form-data":
            self._is_open = True
        if self._is_open and given.get("name"):
            self.first.append(str(given["name"]))
            self._is_open = False


def test_upload_forms_begin_with_their_token(browser: Client) -> None:
    make_user("bob")
    pages = ("/create", "/settings/profile", "/messages/bob", "/stories/new")
    found = []
    for page in pages:
        parser = UploadForms()
        parser.feed(browser.get(page).text)
        found += parser.first
    sources = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    declared = sum(source.count('enctype="multipart/form-data"') for source in sources)
    assert found == ["csrf_token"] * declared, "each such form is on one of these pages"


@pytest.fixture
def without_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collection")
def test_parts_of_a_refused_request_are_gone_with_it(app: Flask, browser: Client) -> None:
    headers = {"X-CSRFToken": browser.csrf()}
    whole = FILE + bytes(300_000) + b"\r\n"
    for body, status in (
        (whole + FILE + bytes(100_000), 400),  # ends within a file
        (whole * 101 + b"--frontier--\r\n", 413),
        (whole + b"--frontier--\r\n", 422),  # zeros are no picture
    ):
        source = Source(body)
        answer = send(browser, "/api/v1/posts", source, MULTIPART, len(body), **headers)
        assert (answer.status_code, stored(app)) == (status, [])


def test_a_file_where_none_belongs_is_refused_unstored(
    app: Flask, browser: Client, anonymous: Client, ann: Person
) -> None:
    body = FILE + bytes(300_000) + b"\r\n--frontier--\r\n"
    edit = f"/p/{make_post(ann).id}/edit"
    for client, path in ((anonymous, "/login"), (browser, edit), (browser, "/settings/profile")):
        headers = {"X-CSRFToken": client.csrf()}
        source = Source(body, lambda: none_stored(app))
        assert send(client, path, source, MULTIPART, len(body), **headers).status_code == 400, path
