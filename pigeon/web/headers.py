"""What every answer carries: a strict policy, no caching of personal pages, an id, a measure."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request
from sqlalchemy import event

from pigeon import metrics
from pigeon.extensions import db, settings
from pigeon.services.media import media
from pigeon.web.requests import is_api, request_id
from pigeon.web.static import import_map_digest

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Frame-Options": "DENY",
}


def bind(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_complete)
    import_map_digest()  # now: the files may be another release's before the first request
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", _count_statement)


def _begin() -> None:
    g.began = time.perf_counter()


def _complete(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-Id"] = request_id()
    for name, value in FIXED.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", content_security_policy())
    if settings().is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if not request.path.startswith(("/static/", "/media/")):
        headers.setdefault("Cache-Control", "no-store")
    if is_api():
        headers.add("Vary", "Accept-Language")
    _measure(response)
    return response


def content_security_policy() -> str:
    """No inline code but the import map; pictures from here and from the object store, if any."""
    if "csp" in g:
        return str(g.csp)
    origin = media.store().origin
    store = f" {origin}" if origin else ""
    g.csp = (
        f"default-src 'self'; script-src 'self' 'sha256-{import_map_digest()}';"
        f" img-src 'self' blob: data:{store}; connect-src 'self' {_sockets()};"
        " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return str(g.csp)


def _sockets() -> str:
    return settings().public_url.replace("http", "ws", 1)


def _measure(response: Response) -> None:
    route = str(request.url_rule) if request.url_rule else "none"
    if "began" in g:
        seconds = time.perf_counter() - g.began
        metrics.requests.labels(route, response.status_code).observe(seconds)


def _count_statement(*_: object) -> None:
    route = str(request.url_rule) if request and request.url_rule else "job"
    metrics.sql_statements.labels(route).inc()
