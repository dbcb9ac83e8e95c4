"""The Procfile's processes behind real nginx on MariaDB: the main path, walked from outside."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio

from tests.factories.people import PASSWORD
from tests.harness import pictures
from tests.harness.children import wait_until
from tests.harness.sites import Site
from tests.stores import hostile

pytestmark = [pytest.mark.processes, pytest.mark.mariadb]
YEAR = "public, max-age=31536000, immutable"
READY_S = 60  # by far longer than workers take on a busy machine


class Visitor:
    """Somebody with a browser's manners: cookies, forms, the API with its token."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.session = requests.Session()

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.site.url + path, timeout=30, **options)

    def api(self, method: str, path: str, **options: Any) -> requests.Response:
        token = self.get("/api/v1/csrf").json()["csrf_token"]
        headers = {"X-CSRFToken": token, **options.pop("headers", {})}
        url = f"{self.site.url}/api/v1{path}"
        return self.session.request(method, url, headers=headers, timeout=60, **options)

    def form(self, path: str, **fields: str) -> requests.Response:
        data = {"csrf_token": self.get("/api/v1/csrf").json()["csrf_token"], **fields}
        return self.session.post(self.site.url + path, data=data, timeout=30)

    def close(self) -> None:
        self.session.close()


@pytest.fixture
def visitor(procfile_site: Site) -> Iterator[Callable[[], Visitor]]:
    made: list[Visitor] = []

    def make() -> Visitor:
        made.append(Visitor(procfile_site))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def member(visitor: Callable[[], Visitor], procfile_site: Site) -> Callable[[str], Visitor]:
    """Signed up through the pages, by the letter that the mail worker wrote."""

    def sign_up(username: str) -> Visitor:
        who = visitor()
        address = f"{username}@example.org"
        fields = {"username": username, "display_name": username.title(), "password": PASSWORD}
        answer = who.form("/signup", email=address, **fields)
        assert answer.status_code == 200, answer.text
        confirm = link_to(procfile_site, address).removeprefix(procfile_site.url)
        assert who.get(confirm).status_code == 200
        assert who.form(confirm).status_code == 200
        assert who.api("GET", "/me").json()["username"] == username
        return who

    return sign_up


def link_to(site: Site, address: str) -> str:
    """The link in the letter to this address, once the mail worker has written it."""
    folder = Path(site.env["DATA"]) / "outbox"

    def links() -> list[str]:
        parsed = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in folder.glob("*.eml")
        ]
        texts = [one.get_body(("plain",)).get_content() for one in parsed if one["To"] == address]
        return [line for text in texts for line in text.splitlines() if line.startswith(site.url)]

    wait_until(links, timeout_s=READY_S, what=f"a letter to {address}")
    return links()[0]


def listen(who: Visitor) -> tuple[socketio.Client, list[tuple[str, Any]]]:
    """A socket through nginx with the visitor's cookies, and what arrives by it."""
    client = socketio.Client(reconnection=False)
    heard: list[tuple[str, Any]] = []
    cookies = "; ".join(f"{c.name}={c.value}" for c in who.session.cookies)
    client.on("*", lambda event, payload=None: heard.append((event, payload)))
    client.connect(
        who.site.url,
        transports=["websocket"],
        headers={"Cookie": cookies},
        wait_timeout=30,
    )
    return client, heard


def test_the_main_path(member: Callable[[str], Visitor], visitor: Callable[[], Visitor]) -> None:
    author, reader = member("proc.author"), member("proc.reader")
    assert reader.api("PUT", "/users/proc.author/follow").json()["viewer"]["follow"] == "following"
    socket, heard = listen(reader)
    try:
        files = [
            ("images[]", (path.name, path.read_bytes())) for path in pictures.real_photographs()[:3]
        ]
        answer = author.api("POST", "/posts", files=files, data={"caption": "through nginx"})
        assert answer.status_code == 202, answer.text
        post = answer.json()
        path = f"/posts/{post['id']}"
        published = lambda: author.api("GET", path).json()["state"] == "published"  # noqa: E731
        wait_until(published, timeout_s=READY_S, what="the post")
        arrived = lambda: any(  # noqa: E731
            item["id"] == post["id"] for item in reader.api("GET", "/timeline").json()["items"]
        )
        wait_until(arrived, timeout_s=READY_S, what="the post in the reader's timeline")
        wait_until(lambda: any(name == "timeline.new" for name, _ in heard), what="the hint")
    finally:
        socket.disconnect()
    assert "through nginx" in reader.get("/").text

    image = reader.api("GET", path).json()["images"][0]
    for who in (reader, visitor()):
        media = who.get(image["url"])
        assert media.status_code == 200
        assert len(media.content) > 1_000
        assert media.headers["Content-Type"] in ("image/jpeg", "image/webp")
        assert media.headers["Cache-Control"] == "private, max-age=300"
        assert media.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert media.headers["X-Content-Type-Options"] == "nosniff"
        assert media.headers["Server"] == "nginx"
        assert "X-Accel-Redirect" not in media.headers
    name = image["url"].rpartition("/")[2]
    assert reader.get(f"/_media/{name[:2]}/{name[2:4]}/{name}").status_code == 404

    assert author.api("DELETE", path).status_code == 204
    assert reader.get(image["url"]).status_code == 404
    assert all(i["id"] != post["id"] for i in reader.api("GET", "/timeline").json()["items"])


def test_pictures_of_a_private_person_are_asked_for_each_time(
    member: Callable[[str], Visitor], visitor: Callable[[], Visitor]
) -> None:
    """nginx adds to what the application decides, and changes none of it."""
    author, reader, stranger = member("proc.priv"), member("proc.fan"), member("proc.else")
    assert author.api("PATCH", "/me", json={"is_private": True}).status_code == 200
    assert reader.api("PUT", "/users/proc.priv/follow").json()["viewer"]["follow"] == "requested"
    assert author.api("PUT", "/me/follow_requests/proc.fan").status_code == 204
    files = [("images[]", ("a.jpg", pictures.jpeg()))]
    path = f"/posts/{author.api('POST', '/posts', files=files).json()['id']}"
    published = lambda: author.api("GET", path).json()["state"] == "published"  # noqa: E731
    wait_until(published, timeout_s=READY_S, what="the post")
    url = reader.api("GET", path).json()["images"][0]["url"]

    whole = reader.get(url)
    tag = f'"{url.rpartition("/")[2]}"'
    assert (whole.status_code, whole.headers["Server"]) == (200, "nginx")
    kept = {"If-None-Match": tag}
    part = {"Range": "bytes=2-5"}
    for headers, expected in (
        ({}, (200, whole.content)),
        (kept, (304, b"")),
        ({"If-None-Match": f'W/"x", {tag}'}, (304, b"")),
        ({"If-None-Match": '"other"'}, (200, whole.content)),
        ({"If-Modified-Since": whole.headers["Last-Modified"]}, (304, b"")),
        (part, (206, whole.content[2:6])),
        (part | {"If-Range": tag}, (206, whole.content[2:6])),
        (part | {"If-Range": '"other"'}, (200, whole.content)),
    ):
        answer = reader.get(url, headers=headers)
        assert (answer.status_code, answer.content) == expected, headers
        assert answer.headers["ETag"] == tag, headers
        assert answer.headers["Cache-Control"] == "private, no-cache", headers
    for who in (stranger, visitor()):
        for headers in ({}, kept, part, {"If-None-Match": "*"}):
            assert who.get(url, headers=headers).status_code == 404

    assert author.api("DELETE", "/me/followers/proc.fan").status_code == 204
    for headers in ({}, kept, part, {"If-Modified-Since": whole.headers["Last-Modified"]}):
        refused = reader.get(url, headers=headers)
        assert refused.status_code == 404 and "ETag" not in refused.headers
    assert author.get(url, headers=kept).status_code == 304


def test_pictures_of_a_post_that_is_not_published_are_the_authors_alone(
    member: Callable[[str], Visitor], visitor: Callable[[], Visitor]
) -> None:
    author = member("proc.half")
    files = [
        ("images[]", ("a.jpg", pictures.jpeg())),
        ("images[]", ("b.png", hostile.damaged_png())),
    ]
    post = author.api("POST", "/posts", files=files).json()
    path = f"/posts/{post['id']}"
    failed = lambda: author.api("GET", path).json()["state"] == "failed"  # noqa: E731
    wait_until(failed, timeout_s=READY_S, what="the failure")
    ready = next(i for i in author.api("GET", path).json()["images"] if i["state"] == "ready")
    assert author.get(ready["url"]).status_code == 200
    assert visitor().get(ready["url"]).status_code == 404
    assert visitor().api("GET", path).status_code == 404


def test_logging_out_closes_the_socket(member: Callable[[str], Visitor]) -> None:
    who = member("proc.leaver")
    socket, _heard = listen(who)
    try:
        assert who.api("POST", "/auth/logout").status_code == 204
        wait_until(lambda: not socket.connected, what="the end of the socket")
    finally:
        socket.disconnect()


def test_a_stranger_gets_no_socket(visitor: Callable[[], Visitor]) -> None:
    stranger, refusals = socketio.Client(reconnection=False), []
    stranger.on("connect_error", refusals.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        stranger.connect(visitor().site.url, transports=["websocket"], wait_timeout=30)
    assert [refusal["data"]["code"] for refusal in refusals] == ["unauthenticated"]


def test_static_files_with_a_hash_never_change(visitor: Callable[[], Visitor]) -> None:
    who = visitor()
    page = who.get("/")
    hashed = re.findall(r'"(/static/[^"#]+\.[0-9a-f]{8}\.\w+)', page.text)
    assert len(hashed) > 100, "with those of the import map"
    before = re.sub(r"\.[0-9a-f]{8}\.", ".", hashed[0]).replace("/static/", f"/static/{'0' * 16}/")
    for path in sorted({*hashed, before}):
        answer = who.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == YEAR, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    plain = re.sub(r"\.[0-9a-f]{8}\.", ".", hashed[0])
    assert who.get(plain).headers["Cache-Control"] == "no-cache"
    script = who.get(next(path for path in hashed if path.endswith(".js")))
    assert script.headers["Content-Encoding"] == "gzip"


def test_pages_and_errors_carry_their_headers(visitor: Callable[[], Visitor]) -> None:
    who = visitor()
    for path, status in (("/", 200), ("/login", 200), ("/nothing-here", 404), ("/u/nobody", 404)):
        answer = who.get(path)
        assert answer.status_code == status
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"]
        assert answer.headers["X-Request-Id"]
        assert answer.headers["Server"] == "nginx"
    error = who.get("/api/v1/posts/999999999")
    assert (error.status_code, error.json()["error"]["code"]) == (404, "not_found")
    assert who.get("/api/v1/me").status_code == 401
    for hidden in ("/metrics", "/_media/", "/_error/page"):
        assert who.get(hidden).status_code == 404, hidden


def test_both_web_processes_answer(visitor: Callable[[], Visitor], procfile_site: Site) -> None:
    who = visitor()
    for _ in range(8):
        assert who.get("/healthz").text.strip() == "ok"
    log = Path(procfile_site.logs) / "nginx" / "access.log"
    for _ in range(8):
        assert who.get("/login").status_code == 200
    wait_until(
        lambda: len(set(re.findall(r'"upstream":"(127[^"]+)"', log.read_text()))) >= 2,
        what="a request at each process",
    )
