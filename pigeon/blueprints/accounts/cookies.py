"""The signed cookie of a browser: which session it holds, and how that began."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from flask import Response, after_this_request, request, session
from flask_babel import get_locale
from flask_login import login_user, logout_user

from pigeon.domain.errors import Unauthenticated
from pigeon.domain.sessions import Caller, SessionUser
from pigeon.extensions import settings
from pigeon.services.accounts import devices, sessions
from pigeon.web.login import LoggedIn, find_viewer
from pigeon.web.requests import client_address, client_agent, request_id

FRESH_S = 600
DEVICE_S = 365 * 86_400
SIGN_UP_S = 86_400
"""As long as its link works."""
OIDC_AT = "oidc_at"
LANGUAGES = ("ko", "en")


def caller() -> Caller:
    return Caller(
        address=client_address(),
        user_agent=client_agent(),
        request_id=request_id(),
        device=request.cookies.get(_cookie_name("device"), "")[:100],
        sign_up=request.cookies.get(_cookie_name("signup"), "")[:100],
    )


def new_sign_up_caller() -> Caller:
    """The caller with a secret of a sign-up that is being made."""
    return replace(caller(), sign_up=secrets.token_urlsafe(32))


def remember_sign_up(secret: str) -> None:
    """Keep a sign-up's secret in this browser, which need not give the password again.

    Not in the session: that one ends with the window.
    """
    _send_cookie("signup", secret, max_age_s=SIGN_UP_S)


def drop_sign_up() -> None:
    if _cookie_name("signup") in request.cookies:
        _send_cookie("signup", "", max_age_s=0)


def language() -> str:
    """The language of this answer, in which mails to a stranger are written too."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "en"


def begin_session(token: str, *, by_oidc: bool = False) -> SessionUser:
    """Put a new session into the cookie; what was in it before is forgotten and ends."""
    end_session()
    found = sessions.find(token)
    if found is None:
        raise Unauthenticated
    session.permanent = True
    login_user(LoggedIn(token, found))
    _remember_device(found)
    if by_oidc:
        session[OIDC_AT] = int(time.time())
    return found


def end_session() -> None:
    """Forget the browser's session, and end it for every copy of the cookie."""
    viewer = find_viewer()
    if viewer and viewer.kind == "web":
        sessions.end(viewer.user_id, viewer.session_id)
    logout_user()
    session.clear()


def _remember_device(found: SessionUser) -> None:
    """Mark this browser, unless it bears a mark of this person already."""
    known = request.cookies.get(_cookie_name("device"), "")
    if devices.is_known(known, found.user_id, found.auth_version):
        return
    mark = devices.mark(found.user_id, found.auth_version)
    _send_cookie("device", mark, max_age_s=DEVICE_S)


def _send_cookie(name: str, value: str, *, max_age_s: int) -> None:
    @after_this_request
    def _send(response: Response) -> Response:
        response.set_cookie(
            _cookie_name(name),
            value,
            max_age=max_age_s,
            secure=settings().is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def _cookie_name(name: str) -> str:
    return f"__Host-{name}" if settings().is_secure else name


def is_fresh_identity() -> bool:
    """Whether this session began by a log-in at the provider in the last ten minutes."""
    if "Authorization" in request.headers:
        return False
    return time.time() - int(session.get(OIDC_AT, 0)) < FRESH_S
