"""Pages of settings, one per section; and the footer's choices for strangers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh

from pigeon.blueprints.accounts.avatars import read_avatar
from pigeon.blueprints.accounts.cookies import (
    LANGUAGES,
    begin_session,
    caller,
    end_session,
    is_fresh_identity,
)
from pigeon.domain.errors import DomainError, FieldsRefused
from pigeon.extensions import settings
from pigeon.services import presence
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.accounts import sessions
from pigeon.services.follows import requests
from pigeon.services.notifications.sources import SETTINGS
from pigeon.services.users import avatars, users
from pigeon.web.forms import Form, render_refused
from pigeon.web.guards import ANYONE, MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.parsing import read_form, read_switch
from pigeon.web.paths import own_path, referring_path
from pigeon.web.wording import me_with_sentences

THEMES = ("system", "light", "dark")
PRIVACY = (
    *("is_private", "is_discoverable", "messages_from"),
    *("sends_receipts", "shows_activity", "saves_searches"),
)
YEAR_S = 365 * 86_400


# -- profile -----------------------------------------------------------------------------------


@access(MEMBERS)
def show_settings() -> ResponseReturnValue:
    return redirect("/settings/profile")


@access(MEMBERS)
def show_profile() -> ResponseReturnValue:
    return render_template("settings/profile.html", form=Form(), section="", me=_me())


@access(MEMBERS, rate=(60, 60))
def save_profile() -> ResponseReturnValue:
    typed = read_form("display_name", "bio", "pronouns", "link")
    try:
        users.update_profile(get_viewer().user_id, dict(typed))
    except DomainError as error:
        return render_refused("settings/profile.html", error, typed, section="", me=_me())
    flash(_("Saved."), "success")
    return redirect("/settings/profile", 303)


@access(MEMBERS, rate=(20, 300), files=1)
def save_avatar() -> ResponseReturnValue:
    try:
        crop = read_form("crop")["crop"]
        avatars.set_avatar(get_viewer().user_id, read_avatar(), crop)
    except DomainError as error:
        return render_refused("settings/profile.html", error, {}, section="avatar", me=_me())
    flash(_("Your new picture will show in a moment."), "success")
    return redirect("/settings/profile", 303)


@access(MEMBERS, rate=(20, 300))
def remove_avatar() -> ResponseReturnValue:
    avatars.remove_avatar(get_viewer().user_id)
    return redirect("/settings/profile", 303)


@access(MEMBERS, rate=(60, 60))
def dismiss_avatar() -> ResponseReturnValue:
    avatars.dismiss_failure(get_viewer().user_id)
    return redirect("/settings/profile", 303)


# -- account -----------------------------------------------------------------------------------


@access(MEMBERS)
def show_account() -> ResponseReturnValue:
    return render_template("settings/account.html", form=Form(), section="", **_account())


@access(MEMBERS, rate=(10, 3_600))
def change_email() -> ResponseReturnValue:
    typed = read_form("email", "password")
    try:
        accounts_changes.change_email(get_viewer().user_id, **typed, caller=caller())
    except DomainError as error:
        return _refused_account(error, typed, "email")
    flash(_("A letter with a link is on its way to the new address."), "success")
    return redirect("/settings/account", 303)


@access(MEMBERS)
def change_password() -> ResponseReturnValue:
    typed = read_form("current_password", "password")
    try:
        token = accounts_changes.change_password(
            get_viewer().user_id,
            current=typed["current_password"],
            password=typed["password"],
            caller=caller(),
        )
    except DomainError as error:
        return _refused_account(error, {}, "password")
    begin_session(token)
    flash(_("Your new password is set."), "success")
    return redirect("/settings/account", 303)


@access(MEMBERS, rate=(60, 60))
def end_one_session(handle: str) -> ResponseReturnValue:
    sessions.end_by_handle(get_viewer().user_id, handle)
    return redirect("/settings/account", 303)


@access(MEMBERS, rate=(60, 60))
def end_other_sessions() -> ResponseReturnValue:
    viewer = get_viewer()
    sessions.end_others(viewer.user_id, keep=viewer.session_id)
    flash(_("Your other devices are logged out."), "success")
    return redirect("/settings/account", 303)


@access(MEMBERS)
def withdraw() -> ResponseReturnValue:
    typed = read_form("password")
    try:
        accounts_changes.withdraw(
            get_viewer().user_id,
            password=typed["password"],
            fresh_identity=is_fresh_identity(),
            caller=caller(),
        )
    except DomainError as error:
        return _refused_account(error, {}, "withdraw")
    end_session()
    flash(_("Your account is deleted."), "success")
    return redirect("/", 303)


# -- appearance --------------------------------------------------------------------------------


@access(MEMBERS)
def show_appearance() -> ResponseReturnValue:
    return render_template("settings/appearance.html", form=Form())


@access(MEMBERS, rate=(60, 60))
def save_appearance() -> ResponseReturnValue:
    typed = read_form("language", "theme")
    try:
        users.update_profile(get_viewer().user_id, {k: v for k, v in typed.items() if v})
    except DomainError as error:
        return render_refused("settings/appearance.html", error, typed)
    refresh()
    flash(_("Saved."), "success")
    return _with_cookies(redirect("/settings/appearance", 303), typed)


# -- privacy -----------------------------------------------------------------------------------


@access(MEMBERS)
def show_privacy() -> ResponseReturnValue:
    return render_template("settings/privacy.html", form=Form(), **_privacy())


@access(MEMBERS, rate=(60, 60))
def save_privacy() -> ResponseReturnValue:
    typed = read_form("messages_from")
    try:
        users.update_profile(get_viewer().user_id, _wanted_privacy(typed["messages_from"]))
    except DomainError as error:
        return render_refused("settings/privacy.html", error, typed, **_privacy())
    flash(_("Saved."), "success")
    return redirect("/settings/privacy", 303)


def _wanted_privacy(messages_from: str) -> dict[str, Any]:
    """What the form sends; pages of earlier releases do not have all of the switches."""
    wanted: dict[str, Any] = {"is_private": read_switch("is_private")}
    receipts, activity = read_switch("sends_receipts"), read_switch("shows_activity")
    searches, discoverable = read_switch("saves_searches"), read_switch("is_discoverable")
    if messages_from:
        wanted |= {"messages_from": messages_from, "sends_receipts": receipts}
    if read_switch("has_activity"):
        wanted["shows_activity"] = activity
    if read_switch("has_discoverable"):
        wanted["is_discoverable"] = discoverable
    if read_switch("has_searches"):
        wanted["saves_searches"] = searches
    return wanted


def _privacy() -> dict[str, Any]:
    """What is chosen, and how many ask to follow: they wait, also while the account is public."""
    me = _me()
    return {
        **{name: getattr(me, name) for name in PRIVACY},
        "chosen": me.status,
        "waiting": requests.count_of(get_viewer().user_id),
    }


@access(MEMBERS, rate=(60, 60))
def choose_status() -> ResponseReturnValue:
    """What one is shown as: chosen here, or at one's own handle, where one is back then."""
    typed = read_form("status")
    try:
        presence.choose(typed["status"], by=get_viewer().user_id)
    except DomainError as error:
        return render_refused("settings/privacy.html", error, typed, **_privacy())
    flash(_("Saved."), "success")
    return redirect(referring_path("/settings/privacy"), 303)


# -- notifications -----------------------------------------------------------------------------


@access(MEMBERS)
def show_notifications() -> ResponseReturnValue:
    return render_template("settings/notifications.html", form=Form(), **_wishes({}))


@access(MEMBERS, rate=(60, 60))
def save_notifications() -> ResponseReturnValue:
    typed = read_form(*(setting.name for setting in SETTINGS))
    try:
        wanted = {name: choice for name, choice in typed.items() if choice}
        users.update_profile(get_viewer().user_id, {"notify": wanted})
    except DomainError as error:
        if isinstance(error, FieldsRefused):
            named = {name.removeprefix("notify."): fault for name, fault in error.fields.items()}
            error.fields = named
        wishes = _wishes(typed.shown())
        return render_refused("settings/notifications.html", error, typed, **wishes)
    flash(_("Saved."), "success")
    return redirect("/settings/notifications", 303)


def _wishes(typed: Mapping[str, str]) -> dict[str, Any]:
    """The rows of the form, and what is chosen in each; a switch is off or for everyone."""
    chosen = vars(_me().notify) | typed
    switches = {setting.name for setting in SETTINGS if setting.is_switch}
    for name in switches - {name for name, choice in chosen.items() if choice == "off"}:
        chosen[name] = "everyone"
    return {"notified": SETTINGS, "chosen": chosen}


@access(ANYONE)
def choose_appearance() -> ResponseReturnValue:
    """For readers without an account: the choice lives in a cookie."""
    typed = read_form("language", "theme", "next").sent  # compared with what there is, and no more
    return _with_cookies(redirect(own_path(typed["next"]), 303), typed)


def _with_cookies(answer: Any, typed: Mapping[str, str]) -> Response:
    response = make_response(answer)
    for name, choices in (("language", LANGUAGES), ("theme", THEMES)):
        if typed[name] in choices:
            response.set_cookie(
                name, typed[name], max_age=YEAR_S, samesite="Lax", secure=settings().is_secure
            )
    return response


def _refused_account(error: DomainError, typed: Mapping[str, str], section: str) -> Response:
    return render_refused("settings/account.html", error, typed, section=section, **_account())


def _account() -> dict[str, Any]:
    viewer = get_viewer()
    entries = sessions.list_of(viewer.user_id, current=viewer.session_id)
    return {"me": _me(), "sessions": entries}


def _me() -> Any:
    """Oneself with everything that only settings show."""
    return me_with_sentences(users.get_me(get_viewer().user_id))
