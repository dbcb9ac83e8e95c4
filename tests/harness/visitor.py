"""Somebody at a running site: a browser's cookies, a program's calls, nothing of the code."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path
from typing import Any

import requests

from tests.harness import children, pictures

PASSWORD = "seven doves over the bay"
WITHIN_S = 60


class Visitor:
    """A session at `url` that sends the token which unsafe calls need."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = requests.Session()
        self._http.trust_env = False

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def page(self, path: str, **options: Any) -> requests.Response:
        return self._http.get(self.url + path, timeout=30, **options)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {}
        if method != "GET":
            answer = self._http.get(f"{self.url}/api/v1/csrf", timeout=30)
            headers["X-CSRFToken"] = answer.json()["csrf_token"]
        return self._http.request(
            method, f"{self.url}/api/v1{path}", headers=headers, timeout=30, **options
        )

    def sign_up(self, name: str, outbox: Path) -> None:
        """By the link in the mail, which `outbox` receives as a file."""
        body = {"username": name, "email": f"{name}@x.test", "password": PASSWORD}
        answer = self.call("POST", "/auth/signup", json=body | {"display_name": name.title()})
        assert answer.status_code == 202, answer.text
        children.wait_until(lambda: any(outbox.glob("*.eml")), timeout_s=WITHIN_S, what="a mail")
        (path,) = outbox.glob("*.eml")
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body_part = mail.get_body(("plain",))
        assert body_part is not None
        found = re.search(r"/confirm/([\w.-]+)", body_part.get_content())
        assert found, body_part.get_content()
        answer = self.call("POST", "/auth/confirm", json={"token": found[1]})
        assert answer.ok, answer.text

    def log_in(self, name: str, password: str = PASSWORD) -> None:
        body = {"login": name, "password": password}
        answer = self.call("POST", "/auth/login", json=body)
        assert answer.status_code == 200, answer.text

    def share(self, caption: str, *, images: int = 1) -> requests.Response:
        files = [("images[]", (f"{n}.jpg", pictures.jpeg(), "image/jpeg")) for n in range(images)]
        return self.call("POST", "/posts", data={"caption": caption}, files=files)

    def wait_published(self, post_id: str) -> dict[str, Any]:
        """The post, once its pictures are done."""
        found: dict[str, Any] = {}

        def is_published() -> bool:
            found.update(self.call("GET", f"/posts/{post_id}").json())
            return found.get("state") == "published"

        children.wait_until(is_published, timeout_s=WITHIN_S, what="publishing")
        return found
