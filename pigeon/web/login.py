"""Flask-Login on top of revocable sessions: the cookie carries a token, never a user id."""

from __future__ import annotations

from flask import Request, g, session
from flask_login import UserMixin, current_user

from pigeon.domain.errors import Unauthenticated
from pigeon.domain.sessions import SessionUser
from pigeon.extensions import login_manager
from pigeon.services.access.viewers import Viewer, stranger
from pigeon.services.access.viewers import viewer as viewer_of
from pigeon.services.accounts import sessions


class LoggedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login calls a user: a token and the session it stands for."""

    def __init__(self, token: str, found: SessionUser) -> None:
        self.token = token
        self.session = found

    def get_id(self) -> str:
        return self.token


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _from_cookie(token: str) -> LoggedIn | None:
    found = sessions.find(token)
    return LoggedIn(token, found) if found and found.kind == "web" else None


@login_manager.request_loader  # type: ignore[untyped-decorator]
def _from_header(request: Request) -> LoggedIn | None:
    token = bearer_token(request)
    found = sessions.find(token) if token else None
    return LoggedIn(token, found) if token and found and found.kind == "token" else None


def bearer_token(request: Request) -> str | None:
    """The personal access token of `Authorization: Bearer …`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and "_user_id" not in session else None


def find_viewer() -> SessionUser | None:
    """Who is asking; None for an anonymous reader."""
    return current_user.session if current_user.is_authenticated else None


def viewer_id() -> int | None:
    """As `find_viewer`, for services that take an id."""
    viewer = find_viewer()
    return viewer.user_id if viewer else None


def this_viewer() -> Viewer:
    """As `find_viewer`, for what asks the rules of access itself."""
    found = find_viewer()
    return viewer_of(found.user_id, found.role) if found else stranger()


def know_no_more() -> None:
    """From here on this request asks no store who is asking: unknown is anonymous."""
    if "_login_user" not in g:
        g._login_user = login_manager.anonymous_user()


def get_viewer() -> SessionUser:
    """Who is asking; Unauthenticated for an anonymous reader."""
    viewer = find_viewer()
    if viewer is None:
        raise Unauthenticated
    return viewer
