"""Somebody under load who has a thread open: writes, reads, types, and hears the others do so."""

from __future__ import annotations

import random
import secrets
import time
from types import SimpleNamespace
from typing import Any

import gevent
import requests
from locust import User, constant_throughput, task
from locust.exception import StopUser

from bench.cast import Cast
from tests.harness.messages_wire import Lost, Refused, Wire

PER_S = 1.0
ACKNOWLEDGED_S = 10.0
OK = SimpleNamespace(status_code=200)
TEXTS = ("coo", "did you see the picture of the bridge?", "on my way ", "비둘기가 왔어요 ")

connected: list[str] = []
"""Usernames of everybody of this class: they write to each other."""
sent: dict[str, float] = {}
"""When a text left that nobody has heard yet."""


def own_name(host: str, token: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.get(f"{host}/api/v1/me", headers=headers, timeout=30)
    return str(answer.json()["username"])


class Correspondent(User):
    """One socket; how long acknowledgements and deliveries take is counted like answers."""

    abstract = True
    wait_time = constant_throughput(PER_S)
    cast: Cast

    wire: Any = None

    def on_start(self) -> None:
        token = random.choice(self.cast.tokens)
        self.seen: dict[str, int] = {}
        began = time.perf_counter()
        try:
            self.name = own_name(self.host, token)
            self.wire = Wire(self.host, token, origin=self.host)
        except (Lost, Refused, requests.RequestException, KeyError) as error:
            self._count("connect", began, None, error)
            raise StopUser from error
        self._count("connect", began, OK)
        self._listening = gevent.spawn(self.wire.run, self._hear, lambda: False)
        connected.append(self.name)

    def on_stop(self) -> None:
        if self.wire is not None:
            self._listening.kill()
            self.wire.close()

    @task(6)
    def send(self) -> None:
        text = f"{random.choice(TEXTS)} {secrets.token_hex(6)}"
        others = [name for name in connected if name != self.name] or self.cast.usernames
        sent[text] = time.perf_counter()
        self._ask(
            "chat.send",
            {"to": random.choice(others), "text": text, "client_msg_id": secrets.token_hex(12)},
        )

    @task(4)
    def read(self) -> None:
        if self.seen:
            name, seq = random.choice(list(self.seen.items()))
            self._ask("chat.read", {"with": name, "up_to": seq})

    @task(2)
    def type(self) -> None:
        if self.seen:
            self._ask("chat.typing", {"with": random.choice(list(self.seen))})

    def _hear(self, event: str, payload: Any) -> None:
        if event != "chat.message" or payload["from"] == self.name:
            return
        self.seen[payload["from"]] = payload["seq"]
        began = sent.pop(payload["text"], None)
        if began is not None:
            self._count("chat.message, heard", began, OK)

    def _ask(self, event: str, payload: dict[str, Any]) -> None:
        began = time.perf_counter()
        try:
            answer = self.wire.call(event, payload, timeout_s=ACKNOWLEDGED_S)
        except Lost as error:
            self._count(event, began, None, error)
            return
        refusal = None if answer["ok"] else RuntimeError(answer["error"]["code"])
        self._count(event, began, OK, refusal)

    def _count(self, name: str, began: float, answer: Any, fault: Exception | None = None) -> None:
        self.environment.events.request.fire(
            request_type="socket",
            name=name,
            response_time=(time.perf_counter() - began) * 1_000,
            response_length=0,
            response=answer,
            exception=fault,
            context={},
        )
