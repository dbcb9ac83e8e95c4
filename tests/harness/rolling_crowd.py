"""People in the middle of an upgrade: whichever release answers, it answers with success."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.harness import pictures
from tests.harness.crowd import TIMEOUT_S, Crowd, Member
from tests.harness.ledger import Said, Toggle
from tests.harness.rolling import Rotation, Server, Upgrade
from tests.harness.sockets import Realtime, Socket

SUCCESS = (200, 201, 202, 204)
PAGES = ("/", "/p/{post}", "/u/{name}", "/notifications", "/settings/profile")
CALLS = ("/timeline", "/posts/{post}", "/posts/{post}/comments", "/notifications", "/users/{name}")
DEEDS = {
    "like": 34,
    "like_comment": 12,
    "follow": 8,
    "comment": 10,
    "reply": 6,
    "retract": 2,
    "share": 2,
    "post": 3,
    "look": 16,
    "call": 7,
}
PICTURES = 2


@dataclass
class Browser:
    """Somebody's cookies, which every web process must know, whichever signed them in."""

    webs: Rotation
    cookies: requests.Session = field(default_factory=requests.Session)
    csrf: str = ""

    def log_in(self, member: Member, password: str) -> None:
        self.cookies.trust_env = False
        body = {"login": member.username, "password": password}
        self.renew()
        _, answer = self.send("POST", "/api/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        self.renew()

    def renew(self) -> None:
        """The token that unsafe calls need, from the one release for both."""
        self.csrf = self.send("GET", "/api/v1/csrf")[1].json()["csrf_token"]

    def send(self, method: str, path: str, **options: Any) -> tuple[Server, requests.Response]:
        headers = options.pop("headers", {}) | {"X-CSRFToken": self.csrf}
        with self.webs.next() as web:
            return web, self.cookies.request(
                method,
                web.url + path,
                headers=headers,
                timeout=TIMEOUT_S,
                allow_redirects=False,
                **options,
            )


@dataclass(kw_only=True)
class RollingCrowd(Crowd):
    """A crowd in which turns of an upgrade take the place of kills.

    `made_by` is the release that acknowledged each comment, `pictured` are posts with pictures.
    """

    upgrade: Upgrade
    password: str
    weights: dict[str, int] = field(default_factory=lambda: dict(DEEDS))
    kills: int = 0
    allowed: int = 0
    is_upgraded: threading.Event = field(default_factory=threading.Event)
    made_by: dict[str, str] = field(default_factory=dict)
    pictured: set[str] = field(default_factory=set)
    sockets: dict[str, Socket] = field(default_factory=dict)
    browsers: dict[int, Browser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kills = len(self.upgrade.turns)

    def run(self) -> None:
        """Everybody signs in once, at the release before: no turn of the upgrade signs them out."""
        self.log_in()
        self.listen()
        super().run()

    def log_in(self) -> None:
        for member in self.people:
            self.browsers[member.id] = Browser(self.upgrade.webs)
            self.browsers[member.id].log_in(member, self.password)

    def next_piece(self) -> int | None:
        """During a turn at most as much as between two, so that starting processes get on."""
        while not (self.over.is_set() or self.is_upgraded.is_set()):
            with self.lock:
                if self.started < self.allowed:
                    self.started += 1
                    return self.started - 1
            time.sleep(0.02)
        return None

    def _kill(self) -> None:
        self._go_on()
        for turn in self.upgrade.turns:
            turn()
            self.listen()
            self.killed += 1
            self.note(f"{turn.__name__}, {self.achieved()}")
            self._go_on()
        self.is_upgraded.set()

    def _go_on(self) -> None:
        """As long as after every other turn."""
        share = self.work // (self.kills + 1) + 1
        with self.lock:
            goal = self.started + share
            self.allowed = goal + share
        while self.started < goal and not self.over.is_set():
            time.sleep(0.02)

    def listen(self) -> None:
        """At each realtime process that is there a socket that watches every post."""
        for server, member in zip(self.upgrade.realtime, self.people, strict=False):
            if server.release not in self.sockets:
                self.sockets[server.release] = self._socket(server, member)

    def _socket(self, server: Server, member: Member) -> Socket:
        cookies = self.browsers[member.id].cookies.cookies
        process = self.site.processes[f"realtime-{server.release}"]
        socket = Socket(
            self.site,
            Realtime(url=server.url, process=process),
            Cookie="; ".join(f"{one.name}={one.value}" for one in cookies),
        )
        for post_id in self.posts:
            answer = socket.client.call("post.watch", {"post_id": post_id}, timeout=TIMEOUT_S)
            if not answer["ok"]:
                self._blame(f"{server.release} does not show post {post_id}: {answer}")
        return socket

    def end(self) -> None:
        super().end()
        for socket in self.sockets.values():
            socket.close()
        self.sockets.clear()

    # -- deeds

    def deeds(self) -> dict[str, Callable[[Member, random.Random, int], None]]:
        return super().deeds() | {
            "retract": self._retract,
            "post": self._post,
            "look": self._look,
            "call": self._call,
        }

    def _retract(self, member: Member, dice: random.Random, piece: int) -> None:
        """A comment that its author deletes before anybody could answer."""
        post_id, text = dice.choice(list(self.posts)), f"piece {piece}, never mind"
        made = self._make(member, dice, f"/posts/{post_id}/comments", piece, {"text": text})
        if made is None:
            self.violations.append(f"no comment of piece {piece}")
            return
        said = Said(id=made["id"], author=member.id, post_id=post_id, text=text)
        with self.ledger.lock:
            self.ledger.said[said.id] = said
        self.ledger.drop(said.id)
        self._send(member, dice, "DELETE", f"/comments/{said.id}")

    def _post(self, member: Member, dice: random.Random, piece: int) -> None:
        """With pictures, which workers of either release prepare."""
        named = dice.choice(self.people)
        images = [pictures.jpeg(color=f"rgb({piece % 256},{n * 90},120)") for n in range(PICTURES)]
        answer = self._ask(
            member,
            "POST",
            "/api/v1/posts",
            data={"caption": f"piece {piece} for @{named.username}"},
            files=[("images[]", (f"{n}.jpg", one, "image/jpeg")) for n, one in enumerate(images)],
            headers={"Idempotency-Key": f"piece-{piece}"},
        )
        if answer is None or answer.status_code != 202:
            return
        self.ledger.count("acknowledged")
        with self.ledger.lock:
            self.ledger.shared[answer.json()["id"]] = named.id
            self.pictured.add(answer.json()["id"])

    def _look(self, member: Member, dice: random.Random, _piece: int) -> None:
        self._ask(member, "GET", self._somewhere(dice, PAGES))
        if dice.random() < 0.2:
            self.browsers[member.id].renew()

    def _call(self, member: Member, dice: random.Random, _piece: int) -> None:
        """And a picture of what is shown: of a post that others see, every one is ready."""
        path = self._somewhere(dice, CALLS)
        answer = self._ask(member, "GET", f"/api/v1{path}")
        if answer is None or path != "/timeline":
            return
        for item in answer.json()["items"][:3]:
            for image in item["images"][:1]:
                if image["thumb_url"]:
                    self._ask(member, "GET", image["thumb_url"])

    def _somewhere(self, dice: random.Random, paths: tuple[str, ...]) -> str:
        post, person = dice.choice(list(self.posts)), dice.choice(self.people)
        return dice.choice(paths).format(post=post, name=person.username)

    # -- sending

    def _send(
        self,
        member: Member,
        dice: random.Random,
        method: str,
        path: str,
        body: dict[str, str] | None = None,
        key: str = "",
        toggle: Toggle | None = None,
    ) -> requests.Response | None:
        headers = {"Idempotency-Key": key} if key else {}
        return self._ask(member, method, f"/api/v1{path}", json=body, headers=headers)

    def _ask(
        self, member: Member, method: str, path: str, **options: Any
    ) -> requests.Response | None:
        """One request; whatever is no success, or no answer at all, is a violation."""
        try:
            web, answer = self.browsers[member.id].send(method, path, **options)
        except requests.RequestException as error:
            self._blame(f"{method} {path}: {error!r}")
            return None
        self.ledger.count("answers", f"answers of {web.release}")
        self.ledger.took(answer.elapsed.total_seconds())
        if answer.status_code not in SUCCESS:
            self._blame(f"{web.release}: {method} {path}: {answer.status_code} {answer.text[:300]}")
        elif method == "POST" and path.endswith(("/comments", "/replies")):
            self.made_by[answer.json()["id"]] = web.release
        return answer

    def _blame(self, sentence: str) -> None:
        self.ledger.count("answers other than success")
        self.violations.append(sentence)

    def achieved(self) -> str:
        return f"{self.ledger.counts['answers']} answers"

    def summary(self) -> str:
        counts = self.ledger.counts
        return (
            f"seed {self.seed}: {counts['answers']:,} answers, {counts['answers of before']:,} of"
            f" the release before and {counts['answers of here']:,} of this one; other than"
            f" success: {counts['answers other than success']:,}; slowest"
            f" {self.ledger.slowest_s:.1f} s"
        )
