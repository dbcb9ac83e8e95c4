"""Where a browser may be sent after a form: nowhere but here."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from pigeon.web import texts


def own_path(text: str, default: str = "/") -> str:
    """`text` when it is a path that a page of ours answers, else `default`."""
    if texts.is_excessive("next", text):
        return default
    if not text.startswith("/") or text.startswith("//") or not text.isprintable() or "\\" in text:
        return default
    try:
        parts = urlsplit(text)
        path = unquote(parts.path, errors="strict")
        current_app.url_map.bind("").match(path, method="GET")
    except RequestRedirect:
        return default
    except (HTTPException, ValueError):
        return default
    is_page = not parts.netloc and not path.startswith(("/api/", "/static/", "/media/", "//"))
    return text if is_page else default


def path_after_login(text: str, default: str = "/") -> str:
    """Where somebody goes on who logs in: without the words that were searched there.

    On a browser that people share the one who logs in may not be the one who typed them.
    """
    target = own_path(text, default)
    path, _, query = target.partition("?")
    kept = [one for one in query.split("&") if one and one.partition("=")[0] != "q"]
    return path + (f"?{'&'.join(kept)}" if kept else "")


def referring_path(default: str) -> str:
    """The page of ours that a form was sent from, else `default`."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return default
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""), default)
