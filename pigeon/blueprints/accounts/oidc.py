"""Pages of log-in with OpenID Connect: there, back, and choosing a username the first time."""

from __future__ import annotations

import time
from typing import Any

import structlog
from flask import flash, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pigeon.blueprints.accounts import provider
from pigeon.blueprints.accounts.cookies import begin_session, caller, language
from pigeon.domain.errors import DomainError, Forbidden, Malformed, NotFound
from pigeon.extensions import settings
from pigeon.services.accounts import invites, oidc
from pigeon.services.accounts.oidc import Identity
from pigeon.web.forms import Form, render_refused
from pigeon.web.guards import ANYONE, access
from pigeon.web.login import find_viewer
from pigeon.web.parsing import read_form, read_shown
from pigeon.web.paths import path_after_login
from pigeon.web.wording import error_sentence

log = structlog.get_logger()

AIM = "oidc_aim"
PENDING = "oidc_pending"
PENDING_S = 1_800


@access(ANYONE)
def leave() -> ResponseReturnValue:
    """To the provider; where to go afterwards stays in our own cookie."""
    _need_provider()
    home = "/settings/account" if find_viewer() else "/"
    answer = provider.send_away()
    session[AIM] = {
        "next": path_after_login(read_shown("next"), home),
        "invite": read_shown("invite")[:100],
    }
    return answer


@access(ANYONE)
def come_back() -> ResponseReturnValue:
    """From the provider: logged in, or on to choosing a username, or told why not."""
    _need_provider()
    aim = session.pop(AIM, {"next": "/", "invite": ""})
    try:
        identity = provider.read_identity()
    except provider.Refused as error:
        log.info("oidc_refused", reason=str(error))
        return _turned_away(
            _("Logging in with %(name)s did not work. Please try again.", name=_name())
        )
    try:
        user_id = oidc.find_user(identity)
    except Forbidden as error:
        return _turned_away(error_sentence(error.code))
    if user_id is None:
        return _newcomer(identity, aim["invite"])
    begin_session(oidc.log_in(user_id, caller=caller()), by_oidc=True)
    return redirect(path_after_login(aim["next"]))


@access(ANYONE)
def show_signup() -> ResponseReturnValue:
    _need_provider()
    pending = _pending()
    if pending is None:
        return redirect("/login")
    form = Form(values={"display_name": pending["name"]})
    return render_template("accounts/signup_oidc.html", form=form, email=pending["email"])


@access(ANYONE)
def sign_up() -> ResponseReturnValue:
    """Identity and address come from our cookie alone, whatever the form says."""
    _need_provider()
    pending = _pending()
    if pending is None:
        raise Malformed
    typed = read_form("username", "display_name")
    identity = Identity(**{name: pending[name] for name in Identity.__dataclass_fields__})
    try:
        user_id = oidc.sign_up(
            identity, **typed, invite=pending["invite"], language=language(), caller=caller()
        )
    except DomainError as error:
        email = pending["email"]
        return render_refused("accounts/signup_oidc.html", error, typed, email=email)
    begin_session(oidc.log_in(user_id, caller=caller()), by_oidc=True)
    return redirect("/", 303)


def _newcomer(identity: Identity, invite: str) -> ResponseReturnValue:
    problem = _problem(identity, invite)
    if problem:
        return _turned_away(problem)
    session[PENDING] = {
        **vars(identity),
        "invite": invite,
        "at": int(time.time()),
        "provider": provider.name_of_settings(),
    }
    return redirect("/signup/oidc")


def _problem(identity: Identity, invite: str) -> str | None:
    """Why this identity cannot sign up, in words for its owner."""
    if find_viewer():
        return str(_("This %(name)s account belongs to nobody here.", name=_name()))
    try:
        invites.check(invite)
    except Forbidden:
        return str(_("New accounts are by invitation only here."))
    if not identity.email:
        return str(_("%(name)s has not confirmed your e-mail address.", name=_name()))
    problem = oidc.find_problem(identity)
    if problem == "taken":
        return str(
            _("An account with this e-mail address exists already. Log in with its password.")
        )
    if problem:
        return str(_("No letter can reach the e-mail address that %(name)s has.", name=_name()))
    return None


def _need_provider() -> None:
    """Without OpenID Connect no door of it exists, the second step included."""
    if not settings().offers_oidc:
        raise NotFound


def _pending() -> dict[str, Any] | None:
    """What our callback put into the cookie, while it is fresh and its provider is still ours."""
    found: dict[str, Any] | None = session.get(PENDING)
    if found is None or found.get("provider") != provider.name_of_settings():
        return None
    return found if time.time() - found["at"] < PENDING_S else None


def _turned_away(message: str) -> ResponseReturnValue:
    flash(message, "error")
    return redirect("/settings/account" if find_viewer() else "/login")


def _name() -> str:
    return settings().oidc_name
