"""Browsers without a screen: Flask's test client that knows the API's and the forms' manners."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from pigeon.domain.sessions import Caller
from pigeon.services.accounts import sessions
from tests.harness.context import apart, in_app

SAFE = ("GET", "HEAD", "OPTIONS")


class Client(FlaskClient):
    """Requests run outside the test's application context, as they do in a server."""

    last: TestResponse
    token: str | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)
        if self.token:
            kwargs["headers"] = {
                "Authorization": f"Bearer {self.token}",
                **kwargs.get("headers", {}),
            }
        self.last = apart(super().open, *args, **kwargs)
        return self.last

    def api(self, method: str, path: str, body: Any = None, **kwargs: Any) -> tuple[int, Any]:
        """Call `/api/v1` + path; (status, JSON or None). `body` is JSON, `data=` multipart."""
        if method not in SAFE and not self.token:
            kwargs["headers"] = {"X-CSRFToken": self.csrf(), **kwargs.get("headers", {})}
        if body is not None:
            kwargs["json"] = body
        answer = self.open(f"/api/v1{path}", method=method, **kwargs)
        return answer.status_code, answer.get_json(silent=True)

    def sign_in(self, user_id: int) -> None:
        """Become this person, by a session as a log-in makes it."""
        token = in_app(self.application, sessions.start, user_id, caller=Caller())
        with self.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True

    def use_token(self, user_id: int) -> None:
        """Become a program of this person, with a personal access token."""
        self.token = in_app(self.application, sessions.create_token, user_id)

    def form(self, path: str, /, **fields: Any) -> TestResponse:
        """Send a page's form with its token; a field may be a list or (file, name)."""
        return self.post(path, data={"csrf_token": self.csrf(), **fields})

    def csrf(self) -> str:
        return str(self.get("/api/v1/csrf").get_json()["csrf_token"])

    def share(
        self,
        caption: str = "",
        images: Sequence[bytes] = (),
        alts: Sequence[str] = (),
        **kwargs: Any,
    ) -> tuple[int, Any]:
        """`POST /posts` as multipart."""
        data = {"caption": caption, "images[]": files(images), "alts[]": list(alts)}
        return self.api("POST", "/posts", data=data, content_type="multipart/form-data", **kwargs)


def files(contents: Sequence[bytes]) -> list[tuple[io.BytesIO, str]]:
    """File parts for a multipart body."""
    return [(io.BytesIO(content), f"{number}.jpg") for number, content in enumerate(contents)]


def _parts(value: Any) -> Any:
    if isinstance(value, list):
        return [_parts(one) for one in value]
    return FileStorage(*value) if isinstance(value, tuple) else value


def multipart(**values: Any) -> dict[str, Any]:
    """`data=` and `content_type=` of a large form, built in memory: no file stays open."""
    boundary, body = encode_multipart(
        {name.replace("__", "[]"): _parts(value) for name, value in values.items()}
    )
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


def fields_of(answer: tuple[int, Any]) -> tuple[int, dict[str, str]]:
    """The status of a refusal, and the code of each field that it names."""
    status, body = answer
    return status, {name: fault["code"] for name, fault in body["error"]["fields"].items()}
