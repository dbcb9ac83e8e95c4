"""Pages of an application in this process, without a server or a client library between."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder


class Reader:
    """Somebody with a cookie who reads pages; anything but 200 is an error of the benchmark."""

    def __init__(self, app: Flask, cookie: str) -> None:
        self._app = app
        self._cookie = cookie
        self._environs: dict[str, dict[str, Any]] = {}

    def read(self, path: str) -> bytes:
        environ = self._environs.get(path) or self._remember(path)
        answered: list[str] = []
        body = self._app.wsgi_app(
            dict(environ), lambda status, _headers, *_rest: answered.append(status)
        )
        try:
            content = b"".join(body)
        finally:
            close = getattr(body, "close", None)
            if close:
                close()
        assert answered[0].startswith("200"), f"{path}: {answered[0]}"
        return content

    def _remember(self, path: str) -> dict[str, Any]:
        builder = EnvironBuilder(path, headers={"Cookie": self._cookie})
        self._environs[path] = builder.get_environ()
        return self._environs[path]
