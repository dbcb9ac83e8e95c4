"""The mix of many people, who mostly read; `python -m bench.load` starts a site for it.

Alone: `CAST=cast.json locust -f bench/locustfile.py --host http://…` with what `bench.people` wrote
of that site. Authors and posts are chosen by Zipf's law; people act at a fixed rate, whatever the
site answers.
"""

from __future__ import annotations

import os
import random
import secrets
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant_throughput, events, task

from bench.cast import Cast
from bench.messages_user import Correspondent
from tests.harness import pictures

CAST = Cast.read(Path(os.environ["CAST"]))
EXPONENT = 1.1
PER_S = float(os.environ.get("REQUESTS_PER_S", "2"))
"""Requests per second of one person."""
faults: list[str] = []


def chosen(items: list[Any]) -> Any:
    """One of them; the first ones far more often."""
    while (rank := int(random.paretovariate(EXPONENT))) > len(items):
        pass
    return items[rank - 1]


@events.request.add_listener
def _note(name: str, response: Any, exception: Exception | None, **_: Any) -> None:
    status = getattr(response, "status_code", 0)
    if status >= 500 or status == 0:
        faults.append(f"{name}: {status} {exception or ''}")


@events.quitting.add_listener
def _judge(environment: Any, **_: Any) -> None:
    for fault in faults[:20]:
        print("fault:", fault)
    if faults or environment.stats.total.num_failures or not environment.stats.total.num_requests:
        environment.process_exit_code = 1


class Person(FastHttpUser):
    """Reads mostly; weights are those of the load model, for what exists."""

    weight = 4
    wait_time = constant_throughput(PER_S)

    def on_start(self) -> None:
        number = random.randrange(len(CAST.tokens))
        self.page = {"Cookie": CAST.cookies[number]}
        self.call = {"Authorization": f"Bearer {CAST.tokens[number]}"}

    @task(180)
    def home(self) -> None:
        self.client.get("/", headers=self.page, name="home page")

    @task(140)
    def timeline(self) -> None:
        self.client.get("/api/v1/timeline", headers=self.call, name="timeline")

    @task(30)
    def older(self) -> None:
        """A second page, as endless scrolling asks for it."""
        answer = self.client.get("/api/v1/timeline", headers=self.call, name="timeline")
        cursor = answer.json().get("next") if answer.status_code == 200 else None
        if cursor:
            path = f"/api/v1/timeline?before={cursor}"
            self.client.get(path, headers=self.call, name="timeline, older")

    @task(90)
    def post(self) -> None:
        self.client.get(f"/p/{chosen(CAST.posts)}", headers=self.page, name="post page")

    @task(30)
    def post_as_json(self) -> None:
        path = f"/api/v1/posts/{chosen(CAST.posts)}"
        self.client.get(path, headers=self.call, name="post")

    @task(30)
    def comments(self) -> None:
        path = f"/api/v1/posts/{chosen(CAST.posts)}/comments"
        self.client.get(path, headers=self.call, name="comments")

    @task(75)
    def like(self) -> None:
        path = f"/api/v1/posts/{chosen(CAST.posts)}/like"
        self.client.put(path, headers=self.call, name="like")

    @task(15)
    def unlike(self) -> None:
        path = f"/api/v1/posts/{chosen(CAST.posts)}/like"
        self.client.delete(path, headers=self.call, name="unlike")

    @task(10)
    def like_comment(self) -> None:
        if comment_id := self._comment():
            path = f"/api/v1/comments/{comment_id}/like"
            self.client.put(path, headers=self.call, name="like of a comment")

    @task(14)
    def comment(self) -> None:
        path = f"/api/v1/posts/{chosen(CAST.posts)}/comments"
        words = {"text": f"well seen {secrets.token_hex(4)}"}
        self.client.post(path, json=words, headers=self.call, name="new comment")

    @task(6)
    def reply(self) -> None:
        if comment_id := self._comment():
            path = f"/api/v1/comments/{comment_id}/replies"
            words = {"text": f"@{chosen(CAST.usernames)} look {secrets.token_hex(4)}"}
            self.client.post(path, json=words, headers=self.call, name="new reply")

    @task(30)
    def unread(self) -> None:
        path = "/api/v1/notifications/unread"
        self.client.get(path, headers=self.call, name="unread notifications")

    @task(10)
    def notifications(self) -> None:
        self.client.get("/notifications", headers=self.page, name="notifications page")

    def _comment(self) -> str | None:
        """The newest comment on a post that many people read."""
        path = f"/api/v1/posts/{chosen(CAST.posts)}/comments"
        answer = self.client.get(path, headers=self.call, name="comments")
        found = answer.json()["items"] if answer.status_code == 200 else []
        return str(found[0]["id"]) if found else None

    @task(120)
    def profile(self) -> None:
        path = f"/u/{chosen(CAST.usernames)}"
        self.client.get(path, headers=self.page, name="profile page")

    @task(100)
    def picture(self) -> None:
        self.client.get(f"/media/{chosen(CAST.media)}", headers=self.page, name="picture")

    @task(25)
    def search(self) -> None:
        word = chosen(CAST.usernames)[: random.randint(2, 8)]
        self.client.get(f"/api/v1/search/users?q={word}", headers=self.call, name="search")

    @task(25)
    def suggest(self) -> None:
        word = chosen(CAST.usernames)[: random.randint(2, 8)]
        self.client.get(f"/api/v1/search/suggest?q={word}", headers=self.call, name="suggest")

    @task(5)
    def share(self) -> None:
        boundary = secrets.token_hex(8)
        body = _multipart(boundary, random.randint(1, 4))
        headers = {**self.call, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        self.client.post("/api/v1/posts", data=body, headers=headers, name="new post")

    @task(5)
    def log_in(self) -> None:
        answer = self.client.get("/api/v1/csrf", name="csrf")
        name, password = random.choice(CAST.logins)
        self.client.post(
            "/api/v1/auth/login",
            json={"login": name, "password": password},
            headers={"X-CSRFToken": answer.json()["csrf_token"]},
            name="log in",
        )
        self.client.cookiejar.clear()  # that browser is closed: the tasks after it use the token


def _multipart(boundary: str, count: int) -> bytes:
    picture = pictures.jpeg(800, 600)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="images[]"; filename="{n}.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n".encode()
        + picture
        + b"\r\n"
        for n in range(count)
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode()


class Writer(Correspondent):
    """One of five has a thread of messages open."""

    weight = 1
    cast = CAST
