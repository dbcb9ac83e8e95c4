"""People who write to each other by the API and by real sockets, and keep what they hear."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import requests

from tests.factories import Person
from tests.harness import children, pictures
from tests.harness.sites import Site
from tests.harness.sockets import Realtime, Socket, token_of


@dataclass
class Somebody:
    """A person with a token: calls of the API, and sockets where they are asked for."""

    site: Site
    person: Person
    connect: Callable[..., Socket]
    keys: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.token = token_of(self.site, self.person)
        self.name = self.person.username
        self.sockets: list[Socket] = []

    def on(self, *servers: int | Realtime) -> Somebody:
        self.sockets += [self.connect(server, token=self.token) for server in servers]
        return self

    def ask(self, event: str, payload: Any, *, on: int = 0) -> dict[str, Any]:
        answer: dict[str, Any] = self.sockets[on].client.call(event, payload, timeout=30)
        return answer

    def send(self, to: Somebody, text: str, *, on: int = 0, **more: Any) -> dict[str, Any]:
        payload = {"to": to.name, "text": text, "client_msg_id": self.new_key()}
        return self.ask("chat.send", payload | more, on=on)

    def new_key(self) -> str:
        return f"{self.name}-{next(self.keys)}"

    def call(self, method: str, path: str, body: Any = None, **how: Any) -> requests.Response:
        return requests.request(
            method,
            f"{self.site.url}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
            **how,
        )

    def history(self, other: Somebody) -> list[dict[str, Any]]:
        """Oldest first."""
        answer = self.call("GET", f"/chats/{other.name}/messages?since=0&limit=50")
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def texts(self, other: Somebody) -> list[str]:
        return [message["text"] for message in self.history(other)]

    def chat(self, other: Somebody) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/chats/{other.name}").json()
        return found

    def upload(self) -> str:
        files = {"image": ("me.jpg", pictures.jpeg(), "image/jpeg")}
        answer = self.call("POST", "/media", files=files)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def heard(self, event: str) -> list[list[Any]]:
        return [each.heard[event] for each in self.sockets]

    def wait_heard(self, event: str, times: int = 1) -> list[Any]:
        """On every socket; what the first one heard."""
        children.wait_until(
            lambda: all(len(each) >= times for each in self.heard(event)), what=event
        )
        return self.heard(event)[0]

    def hears_nothing(self) -> None:
        """Frames to others of the same moment have been heard already."""
        time.sleep(0.3)
        for each in self.sockets:
            assert {name: told for name, told in each.heard.items() if name != "resync"} == {}


def code_of(answer: dict[str, Any]) -> str:
    return "ok" if answer["ok"] else answer["error"]["code"]


def faults_of(answer: dict[str, Any]) -> dict[str, str]:
    assert code_of(answer) == "invalid", answer
    return {name: fault["code"] for name, fault in answer["error"]["fields"].items()}
