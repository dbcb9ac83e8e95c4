"""The signed cookie of a browser: which session it holds, and how that began."""

from __future__ import annotations

import time

from flask import Response, after_this_request, request, session
from flask_babel import get_locale
from flask_login import login_user, logout_user

from pigeon.domain.errors import Unauthenticated
from pigeon.domain.sessions import Caller, SessionUser
from pigeon.extensions import settings
from pigeon.services import accounts_devices, sessions
from pigeon.web.login import LoggedIn, find_viewer
from pigeon.web.requests import client_address, client_agent, request_id

FRESH_S = 600
DEVICE_S = 365 * 86_400
OIDC_AT = "oidc_at"
LANGUAGES = ("ko", "en")


def caller() -> Caller:
    return Caller(
        address=client_address(),
        user_agent=client_agent(),
        request_id=request_id(),
        device=request.cookies.get(_device_cookie(), "")[:100],
    )


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
    known = request.cookies.get(_device_cookie(), "")
    if accounts_devices.is_known(known, found.user_id, found.auth_version):
        return
    mark = accounts_devices.mark(found.user_id, found.auth_version)

    @after_this_request
    def _send(response: Response) -> Response:
        response.set_cookie(
            _device_cookie(),
            mark,
            max_age=DEVICE_S,
            secure=settings().is_secure,
            httponly=True,
            samesite="Lax",
        )
        return response


def _device_cookie() -> str:
    return "__Host-device" if settings().is_secure else "device"


def is_fresh_identity() -> bool:
    """Whether this session began by a log-in at the provider in the last ten minutes."""
    if "Authorization" in request.headers:
        return False
    return time.time() - int(session.get(OIDC_AT, 0)) < FRESH_S
