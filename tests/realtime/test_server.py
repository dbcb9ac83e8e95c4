"""Real gevent servers, two of them, beside one for pages."""

from __future__ import annotations

import os
import signal
import socket
import struct
import time
import zlib
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
import socketio
import websocket

from pigeon.realtime.server import AUTHENTICATE_S, REVALIDATE_S
from tests.factories import Person, make_follow, make_user
from tests.harness import children, pictures
from tests.harness.kills import pids_of
from tests.harness.outside import link_in
from tests.harness.sites import Site
from tests.harness.sockets import SERVERS, Socket, base_of, new_client, token_of
from tests.stores import hostile

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]

MB = 1024 * 1024
HANG_S = 60


class Browser:
    """Somebody who logged in, with a cookie and its CSRF token."""

    def __init__(self, site: Site, person: Person) -> None:
        self.site = site
        self.http = requests.Session()
        answer = self.call("POST", "/auth/login", login=person.username, password=person.password)
        assert answer.status_code == 200, answer.text

    def call(self, method: str, path: str, **body: Any) -> requests.Response:
        token = self.http.get(f"{self.site.url}/api/v1/csrf").json()["csrf_token"]
        return self.http.request(
            method,
            f"{self.site.url}/api/v1{path}",
            json=body or None,
            headers={"X-CSRFToken": token},
        )

    @property
    def cookie(self) -> str:
        return "; ".join(f"{c.name}={c.value}" for c in self.http.cookies)


# -- who is let in ---------------------------------------------------------------------------------


def test_a_session_or_a_token_opens_a_socket(sockets_site: Site, ann: Person, connect: Any) -> None:
    browser = Browser(sockets_site, ann)
    assert connect(Cookie=browser.cookie).client.connected
    assert connect(token=token_of(sockets_site, ann)).client.connected


@pytest.mark.no_second_look
@pytest.mark.parametrize(
    "how", [{}, {"token": "wrong"}, {"Cookie": "session=eyJ4IjoxfQ.aaaaaa.bbbb"}]
)
def test_nobody_else_is_let_in(sockets_site: Site, how: dict[str, str]) -> None:
    told: list[Any] = []
    client = new_client(sockets_site)
    client.on("connect_error", told.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(
            base_of(sockets_site, 1),
            headers={"Cookie": how["Cookie"]} if "Cookie" in how else {},
            auth={"token": how["token"]} if "token" in how else None,
            transports=["websocket"],
            wait_timeout=20,
        )
    assert [error["data"] for error in told] == [{"code": "unauthenticated"}]
    client.disconnect()


def test_a_token_of_an_ended_session_opens_nothing(
    sockets_site: Site, ann: Person, connect: Any
) -> None:
    browser = Browser(sockets_site, ann)
    cookie = browser.cookie
    assert browser.call("POST", "/auth/logout").status_code == 204
    with pytest.raises(socketio.exceptions.ConnectionError):
        connect(Cookie=cookie)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
        {"Origin": "https://evil.example", "Host": "evil.example"},
    ],
)
def test_other_origins_are_refused_before_they_are_asked_who_they_are(
    sockets_site: Site, headers: dict[str, str]
) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **headers,
    }
    url = f"{base_of(sockets_site, 1)}/socket.io/?EIO=4&transport=websocket"
    assert requests.get(url, headers=upgrade, timeout=20).status_code == 400


def test_who_says_nothing_is_closed_after_five_seconds(sockets_site: Site, raw: Any) -> None:
    silent = [raw() for _ in range(5)]
    began = time.monotonic()
    for each in silent:
        each.settimeout(HANG_S)
        with suppress(websocket.WebSocketException, OSError):
            while each.recv():
                pass
        each.close()
    assert time.monotonic() - began > AUTHENTICATE_S - 2, "not before its time"


# -- what a message may cost -----------------------------------------------------------------------


def memory_of(site: Site) -> int:
    return sum(psutil.Process(pid).memory_info().rss for pid in pids_of(site, "realtime"))


def frame(payload: bytes, *, first: int, length: int | None = None) -> bytes:
    """A masked frame; `first` is its first byte: FIN, RSV1 and the kind."""
    size = len(payload) if length is None else length
    return struct.pack(">BBQ", first, 0xFF, size) + b"\0\0\0\0" + payload


def push_until_closed(sock: socket.socket, chunk: bytes, limit: int) -> int:
    """How many bytes the server took before it hung up."""
    sent = 0
    sock.settimeout(5)
    with suppress(OSError):
        while sent < limit:
            sock.sendall(chunk)
            sent += len(chunk)
    return sent


def test_an_unfinished_message_of_200_mb_is_cut_off(sockets_site: Site, raw: Any) -> None:
    before = memory_of(sockets_site)
    sock = raw().sock
    sock.sendall(frame(b"", first=0x01, length=200 * MB))
    assert push_until_closed(sock, b"a" * 65_536, 200 * MB) < 20 * MB
    assert memory_of(sockets_site) - before < 20 * MB


def test_a_message_in_endless_pieces_is_cut_off(sockets_site: Site, raw: Any) -> None:
    before = memory_of(sockets_site)
    sock = raw().sock
    sock.sendall(frame(b"a" * 1000, first=0x01))
    assert push_until_closed(sock, frame(b"a" * 1000, first=0x00), 200 * MB) < 20 * MB
    assert memory_of(sockets_site) - before < 20 * MB


@pytest.mark.parametrize("size", [60 * MB, 300 * MB])
def test_compression_is_refused_and_a_bomb_does_not_go_off(
    sockets_site: Site, raw: Any, size: int
) -> None:
    before = memory_of(sockets_site)
    found = raw(**{"Sec-WebSocket-Extensions": "permessage-deflate"})
    assert "sec-websocket-extensions" not in found.getheaders()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b"\0" * MB
    bomb = b"".join(packer.compress(block) for _ in range(size // MB))
    bomb += packer.flush(zlib.Z_SYNC_FLUSH)[:-4]
    with suppress(OSError):
        found.sock.sendall(frame(bomb, first=0xC2))
    peak = 0
    until = time.monotonic() + 1
    while time.monotonic() < until:
        peak = max(peak, memory_of(sockets_site))
    with pytest.raises((websocket.WebSocketException, OSError)):
        while found.recv():
            pass
        raise OSError("closed in good order")
    assert peak - before < 20 * MB


def test_a_signed_in_person_is_cut_off_too_and_others_are_not(
    sockets_site: Site, ann: Person, connect: Any
) -> None:
    token = token_of(sockets_site, ann)
    loud, quiet = connect(token=token), connect(token=token)
    loud.client.emit("chat.send", {"text": "x" * 60_000})
    time.sleep(0.3)
    assert loud.client.connected
    loud.client.emit("chat.send", {"text": "x" * 70_000})
    assert loud.closed.wait(30)
    assert quiet.client.call("anything", {}, timeout=20)["error"]["code"] == "not_found"


# -- who hears what --------------------------------------------------------------------------------


@pytest.mark.no_second_look
def test_progress_is_told_to_the_author_on_every_server_and_to_nobody_else(
    sockets_site: Site, ann: Person, connect: Any
) -> None:
    with sockets_site.app.app_context():
        ben = make_user()
        make_follow(ben, ann)
    token = token_of(sockets_site, ann)
    mine = [connect(server, token=token) for server in SERVERS]
    bens = token_of(sockets_site, ben)
    theirs = connect(1, token=bens)
    home = f"{sockets_site.url}/api/v1/timeline"
    requests.get(home, headers={"Authorization": f"Bearer {bens}"}, timeout=20)
    files = [("images[]", (f"{n}.jpg", pictures.jpeg(), "image/jpeg")) for n in range(2)]
    answer = requests.post(
        f"{sockets_site.url}/api/v1/posts",
        files=files,
        data={"caption": "look"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )
    post_id = answer.json()["id"]
    for each in mine:
        children.wait_until(lambda each=each: each.heard["post.ready"], what="post.ready")
        assert each.heard["post.ready"] == [{"post_id": post_id}]
        told = each.heard["post.progress"]
        assert {"post_id": post_id, "done": 2, "total": 2} in told
        assert [step["done"] for step in told] == sorted(step["done"] for step in told)
    children.wait_until(lambda: theirs.heard["timeline.new"], what="timeline.new")
    assert theirs.heard["timeline.new"] == [{"post_id": post_id, "username": ann.username}]
    assert not theirs.heard["post.ready"] and not theirs.heard["post.progress"]


def _send_avatar(site: Site, token: str, picture: bytes) -> None:
    answer = requests.put(
        f"{site.url}/api/v1/me/avatar",
        files={"image": ("me.png", picture, "image/png")},
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )
    assert answer.status_code == 202


@pytest.mark.no_second_look
def test_what_became_of_an_avatar_is_told_to_ones_own_devices_alone(
    sockets_site: Site, ann: Person, connect: Any
) -> None:
    with sockets_site.app.app_context():
        ben = make_user()
    token = token_of(sockets_site, ann)
    mine = [connect(server, token=token) for server in SERVERS]
    theirs = connect(1, token=token_of(sockets_site, ben))
    _send_avatar(sockets_site, token, pictures.png())
    for each in mine:
        children.wait_until(lambda each=each: each.heard["avatar.ready"], what="avatar.ready")
    (told,) = mine[0].heard["avatar.ready"]
    assert list(told) == ["avatar_url"] and told["avatar_url"].startswith("/media/")
    _send_avatar(sockets_site, token, hostile.damaged_png())
    for each in mine:
        children.wait_until(lambda each=each: each.heard["avatar.failed"], what="avatar.failed")
    message = "This picture is damaged and cannot be read."
    error = {"code": "unreadable", "message": message}
    assert mine[0].heard["avatar.failed"] == [{"error": error}]
    assert len(mine[1].heard["avatar.ready"]) == 1
    assert not theirs.heard["avatar.ready"] and not theirs.heard["avatar.failed"]


# -- the end of a session --------------------------------------------------------------------------


def wait_closed(sockets: list[Socket]) -> None:
    """By what was told them, long before they would be looked at again by themselves."""
    for each in sockets:
        assert each.closed.wait(REVALIDATE_S / 10), "still open"


def test_a_log_out_closes_the_sockets_of_its_session_on_every_server(
    sockets_site: Site, ann: Person, connect: Any
) -> None:
    leaving, staying = Browser(sockets_site, ann), Browser(sockets_site, ann)
    mine = [connect(server, Cookie=leaving.cookie) for server in SERVERS]
    others = [connect(server, Cookie=staying.cookie) for server in SERVERS]
    assert leaving.call("POST", "/auth/logout").status_code == 204
    wait_closed(mine)
    time.sleep(0.3)
    assert all(each.client.connected for each in others)


def test_a_new_password_closes_every_socket(sockets_site: Site, ann: Person, connect: Any) -> None:
    browser = Browser(sockets_site, ann)
    mine = [connect(server, Cookie=browser.cookie) for server in SERVERS]
    assert browser.call("POST", "/auth/password/forgot", email=ann.email).status_code == 202
    folder = Path(sockets_site.env["DATA"]) / "outbox"
    children.wait_until(lambda: mail_to(folder, ann), timeout_s=40, what="the mail")
    link = link_in(mail_to(folder, ann))
    answer = browser.call(
        "POST", "/auth/password/reset", token=link.rpartition("/")[2], password="another 9 pigeons"
    )
    assert answer.status_code == 204, answer.text
    wait_closed(mine)


def mail_to(folder: Path, person: Person) -> Any:
    found = (
        message_from_bytes(p.read_bytes(), policy=policy.default) for p in folder.glob("*.eml")
    )
    return next((mail for mail in found if person.email in str(mail["To"])), None)


def test_leaving_for_good_closes_every_socket(
    sockets_site: Site, ann: Person, connect: Any
) -> None:
    token = token_of(sockets_site, ann)
    browser = Browser(sockets_site, ann)
    mine = [connect(server, token=token) for server in SERVERS]
    assert browser.call("DELETE", "/me", password=ann.password).status_code == 202
    wait_closed(mine)


# -- after a gap -----------------------------------------------------------------------------------


def test_after_redis_was_killed_everybody_is_told_to_look_again_and_hears_on(
    sockets_site: Site, ann: Person, connect: Any
) -> None:
    browser = Browser(sockets_site, ann)
    mine = [connect(server, Cookie=browser.cookie) for server in SERVERS]
    (pid,) = pids_of(sockets_site, "redis-state")
    os.kill(pid, signal.SIGKILL)
    for each in mine:
        children.wait_until(
            lambda each=each: each.heard["resync"], timeout_s=40, what="resync on every server"
        )
        assert each.client.connected
    children.wait_until(
        lambda: browser.call("GET", "/me").status_code == 200, what="the site", timeout_s=40
    )
    time.sleep(1.5)
    assert browser.call("POST", "/auth/logout").status_code == 204
    wait_closed(mine)
