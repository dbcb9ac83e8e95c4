"""Who may call a view. Default deny: a view that says nothing is refused, and fails the build."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms.validators import ValidationError

from pigeon.domain.errors import Forbidden, Malformed, NotFound, TooLarge, Unauthenticated
from pigeon.extensions import settings
from pigeon.services import rates
from pigeon.web import login, texts
from pigeon.web.paths import path_after_login
from pigeon.web.requests import is_api, this_request

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = "anyone"
"""Also a stranger, whatever PUBLIC_READING says: log-in, sign-up, health."""
READERS = "readers"
"""Strangers only while PUBLIC_READING is on."""
MEMBERS = "members"
"""People who are signed in."""
ADMINS = "admins"
"""Who runs the site; for everybody else the page does not exist."""

SAFE = ("GET", "HEAD", "OPTIONS")
PROBES = ("/healthz", "/readyz", "/metrics")


def access(
    level: str, *, rate: tuple[int, int] | None = None, files: int = 0
) -> Callable[[View], View]:
    """Declare who may call a view; `rate` is (times, seconds) per person for unsafe methods.

    `files` is how many a form may carry, which bounds its body; without it a file is refused.
    """

    def declare(view: View) -> View:
        view.access = level  # type: ignore[attr-defined]
        view.rate = rate  # type: ignore[attr-defined]
        view.files = files  # type: ignore[attr-defined]
        return view

    return declare


def bind(app: Flask) -> None:
    app.before_request(_check_host)
    app.before_request(_guard)


def _check_host() -> None:
    """In production another host than PUBLIC_URL's is refused; probes ask by address."""
    config = settings()
    if not config.is_production or request.path in PROBES:
        return
    if urlsplit(f"//{request.host}").hostname != urlsplit(config.public_url).hostname:
        raise Malformed


def _guard() -> ResponseReturnValue | None:
    """Refusals in the contract's order: whole body, who, forgery, rate."""
    view = current_app.view_functions.get(request.endpoint or "")
    check_body(getattr(view, "files", 0))
    if request.endpoint is None or request.endpoint == "static":
        return None
    level = getattr(view, "access", None)
    if level is None:
        raise Forbidden
    try:
        check_level(level)
    except Unauthenticated:
        if is_api() or request.path.startswith("/media/"):
            raise
        return redirect(f"/login?next={_return_path()}")
    check_forgery()
    check_rate(getattr(view, "rate", None))
    _check_path()
    return None


def check_body(files: int) -> None:
    """TooLarge for a body that says so itself; one that does not is counted while it is read."""
    incoming = this_request()
    incoming.takes_files = files
    if (incoming.content_length or 0) > incoming.body_limit:
        raise TooLarge


def _check_path() -> None:
    """Nobody and nothing has a name that is far too long; it is not even looked for."""
    parts = (request.view_args or {}).items()
    if any(texts.is_excessive(name, part) for name, part in parts if isinstance(part, str)):
        raise NotFound


def check_level(level: str) -> None:
    """Unauthenticated when a stranger may not pass, NotFound when a member may not."""
    strangers = level == ANYONE or (level == READERS and settings().public_reading)
    if strangers:
        return
    if login.get_viewer().role != "admin" and level == ADMINS:
        raise NotFound


def check_forgery() -> None:
    """Every unsafe request of a browser carries its token; a bearer token needs none."""
    if request.method in SAFE or login.bearer_token(request):
        return
    token = request.headers.get("X-CSRFToken")
    try:
        token = token or this_request().form_token()
        if texts.is_excessive("csrf_token", token or ""):
            raise Forbidden("csrf_failed")
        validate_csrf(token)
    except (ValidationError, CSRFError) as error:
        raise Forbidden("csrf_failed") from error
    except RequestEntityTooLarge as error:
        raise TooLarge from error


def check_rate(rate: tuple[int, int] | None) -> None:
    viewer = login.find_viewer()
    if viewer is None or rate is None or request.method in SAFE:
        return
    times, per_s = rate
    rates.hit(str(request.endpoint), str(viewer.user_id), times, per_s)


def _return_path() -> str:
    path = request.full_path if request.method in SAFE else "/"
    return quote(path_after_login(path), safe="")
