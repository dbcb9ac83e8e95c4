"""Two doors, one table: nginx before the Procfile's processes, and `make run` alone."""

from __future__ import annotations

import http.client
import re
import select
import socket
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest

from pigeon.domain import limits
from tests.harness.environment import ROOT
from tests.harness.sites import Site

pytestmark = [pytest.mark.processes, pytest.mark.mariadb]
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MULTIPART = "multipart/form-data; boundary=frontier"
ROOM, ONE, TEN = limits.TEXT_BYTES, limits.body_bytes(1), limits.body_bytes(10)
TABLE = (
    ("POST", "/login", FORM, ROOM, 403),
    ("POST", "/login", FORM, ROOM + 1, 413),
    ("POST", "/login", MULTIPART, ROOM + 1, 413),
    ("POST", "/api/v1/auth/login", JSON, ROOM, 403),
    ("POST", "/api/v1/auth/login", JSON, ROOM + 1, 413),
    ("POST", "/api/v1/posts", MULTIPART, ONE + 1, 401),
    ("POST", "/api/v1/posts", MULTIPART, TEN, 401),
    ("POST", "/api/v1/posts", MULTIPART, TEN + 1, 413),
    ("POST", "/api/v1/posts", JSON, 40 * ROOM, 413),
    ("POST", "/create", MULTIPART, ONE + 1, 302),
    ("POST", "/create", MULTIPART, TEN + 1, 413),
    ("POST", "/create", FORM, ROOM + 1, 413),
    ("PUT", "/api/v1/me/avatar", MULTIPART, ONE, 401),
    ("PUT", "/api/v1/me/avatar", MULTIPART, ONE + 1, 413),
    ("POST", "/settings/avatar", MULTIPART, ONE, 302),
    ("POST", "/settings/avatar", MULTIPART, ONE + 1, 413),
    ("POST", "/api/v1/posts/1/comments", JSON, ROOM, 401),
    ("POST", "/api/v1/posts/1/comments", JSON, ROOM + 1, 413),
    ("POST", "/nowhere", FORM, ROOM, 404),
    ("POST", "/nowhere", FORM, ROOM + 1, 413),
    ("POST", "/healthz", FORM, ROOM + 1, 413),
)


@pytest.mark.parametrize("door", ["site", "procfile_site"])
def test_both_doors_refuse_the_same(door: str, request: pytest.FixtureRequest) -> None:
    """Each body is sent to its end before the answer is read, as browsers do."""
    site: Site = request.getfixturevalue(door)
    found = [(*row[:4], status_of(site, *row[:4])) for row in TABLE]
    assert found == list(TABLE)


def status_of(site: Site, method: str, path: str, content_type: str, size: int) -> int:
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=60)
    connection.putrequest(method, path)
    connection.putheader("Content-Type", content_type)
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    try:
        for start in range(0, size, ROOM):
            connection.send(b"x" * min(ROOM, size - start))
        return connection.getresponse().status
    finally:
        connection.close()


def test_nginx_names_every_call_that_takes_files() -> None:
    """Its locations are spelled by hand: a new call of the application has to be among them."""
    from pigeon.blueprints import API, CALLS, PAGES

    config = (ROOT / "nginx.conf").read_text()
    taking = [(path, v.files) for _, path, v in PAGES if v.files]
    taking += [(API + path, view.files) for _, path, view in CALLS if view.files]
    for path, files in taking:
        size = f"client_max_body_size {limits.body_bytes(files) // ROOM}m;"
        before = config[: config.index(size)]
        location = before[before.rindex("location") :]
        assert re.sub("<.*?>", "[^/]+", path.removeprefix("/")) in location, path


def test_nginx_has_places_for_other_addresses_than_one(procfile_site: Site) -> None:
    """300 bodies that stall have 256 places; who comes from elsewhere does not notice."""
    host, _, port = urlsplit(procfile_site.url).netloc.partition(":")
    head = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx"
    with ExitStack() as stack:

        def connect(source: str) -> socket.socket:
            made = socket.create_connection((host, int(port)), 30, source_address=(source, 0))
            return stack.enter_context(closing(made))

        stalled = [connect("127.0.0.3") for _ in range(300)]
        for one in stalled:
            one.sendall(head)
        # Whose place is missing depends on which of nginx's processes accepted them when.
        answered, _, _ = select.select(stalled, [], [], 30)
        refused = answered[0].recv(65_536)
        assert refused.startswith(b"HTTP/1.1 503 ") and b"\r\nRetry-After: 3\r\n" in refused
        elsewhere = connect("127.0.0.4")
        for _ in range(20):
            elsewhere.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert elsewhere.recv(65_536).startswith(b"HTTP/1.1 200 ")
