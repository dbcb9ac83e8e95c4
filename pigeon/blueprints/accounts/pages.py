"""Pages of accounts: log-in, sign-up, mailed links, recovery; every form works without scripts."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pigeon.blueprints.accounts.cookies import (
    begin_session,
    caller,
    drop_sign_up,
    end_session,
    language,
    new_sign_up_caller,
    remember_sign_up,
)
from pigeon.domain.errors import DomainError
from pigeon.services import mails, rates
from pigeon.services.accounts import links, logins, recovery, sessions, signups, tokens
from pigeon.web.forms import Form, refused_form, render_refused
from pigeon.web.guards import ANYONE, access
from pigeon.web.login import find_viewer
from pigeon.web.parsing import read_form, read_query, read_shown
from pigeon.web.paths import path_after_login

LOOK_UPS = (60, 60)
"""(times, seconds) of username look-ups per network."""


# -- log-in ------------------------------------------------------------------------------------


@access(ANYONE)
def show_login() -> ResponseReturnValue:
    target = path_after_login(read_shown("next"))
    if find_viewer():
        return redirect(target)
    values = {"next": target} if target != "/" else {}
    return render_template("accounts/login.html", form=Form(values=values))


@access(ANYONE)
def log_in() -> ResponseReturnValue:
    typed = read_form("login", "password", "next")
    try:
        token = logins.log_in(typed["login"], typed["password"], caller=caller())
    except DomainError as error:
        return render_refused("accounts/login.html", error, typed)
    begin_session(token)
    return redirect(path_after_login(typed["next"]), 303)


@access(ANYONE)
def log_out() -> ResponseReturnValue:
    end_session()
    return redirect("/", 303)


# -- sign-up -----------------------------------------------------------------------------------


@access(ANYONE)
def show_signup() -> ResponseReturnValue:
    if find_viewer():
        return redirect("/")
    invite = read_query("invite")
    values = {"invite": invite} if invite else {}
    return render_template("accounts/signup.html", form=Form(values=values))


@access(ANYONE)
def sign_up() -> ResponseReturnValue:
    typed = read_form("email", "username", "display_name", "password", "invite")
    asking = new_sign_up_caller()
    try:
        form = signups.SignUp(**typed, language=language())
        email = signups.sign_up(form, caller=asking)
    except DomainError as error:
        return render_refused("accounts/signup.html", error, typed)
    remember_sign_up(asking.sign_up)
    return _check_mail(email)


@access(ANYONE)
def find_username() -> ResponseReturnValue:
    """Whether a username can be had, while it is being typed: {"problem": null or a code}."""
    rates.hit("usernames", logins.network_of(caller().address), *LOOK_UPS)
    problem = signups.find_username_problem(read_shown("u"))
    known = ("taken", "reserved", None)
    return jsonify({"problem": problem if problem in known else "bad_format"})


@access(ANYONE)
def show_check_mail() -> ResponseReturnValue:
    return _check_mail("")


@access(ANYONE)
def resend() -> ResponseReturnValue:
    typed, asking = read_form("email"), caller()
    try:
        signups.resend(typed["email"], caller=asking)
    except DomainError as error:
        context = {"email": "", "are_files": mails.are_files()}
        return render_refused("accounts/check_mail.html", error, typed, **context)
    if asking.sign_up:
        remember_sign_up(asking.sign_up)
    return _check_mail(typed["email"])


@access(ANYONE)
def show_confirm(token: str) -> ResponseReturnValue:
    """Names the account; what opens links before their reader does uses nothing up."""
    link = links.find(token, caller=caller())
    if link is None:
        return _refused_link("accounts/confirm.html", tokens.expired())
    return _secret_page("accounts/confirm.html", Form(), link=link)


@access(ANYONE)
def confirm(token: str) -> ResponseReturnValue:
    typed = read_form("username", "password")
    link = links.find(token, caller=caller())
    try:
        user_id = links.confirm(
            token,
            password=typed["password"],
            username=typed["username"] or None,
            caller=caller(),
        )
    except DomainError as error:
        return render_refused("accounts/confirm.html", error, typed, link=link)
    if link and link.kind == "email":
        flash(_("Your new e-mail address is confirmed."), "success")
        return redirect("/settings/account", 303)
    begin_session(sessions.start(user_id, caller=caller()))
    drop_sign_up()
    return redirect("/", 303)


# -- recovery ----------------------------------------------------------------------------------


@access(ANYONE)
def show_forgot() -> ResponseReturnValue:
    return _forgot(Form(), sent=False)


@access(ANYONE)
def forgot() -> ResponseReturnValue:
    typed = read_form("email")
    try:
        recovery.forgot(typed["email"], caller=caller())
    except DomainError as error:
        return render_refused("accounts/forgot.html", error, typed, sent=False)
    return _forgot(Form(), sent=True)


@access(ANYONE)
def show_reset(token: str) -> ResponseReturnValue:
    names = recovery.find_names(token)
    if names is None:
        return _refused_link("accounts/reset.html", tokens.expired())
    return _secret_page("accounts/reset.html", Form(), names=names)


@access(ANYONE)
def reset(token: str) -> ResponseReturnValue:
    typed = read_form("password")
    try:
        recovery.reset(token, typed["password"], caller=caller())
    except DomainError as error:
        names = recovery.find_names(token) or ()
        return render_refused("accounts/reset.html", error, {}, names=names)
    end_session()
    flash(_("Your new password is set. Log in with it."), "success")
    return redirect("/login", 303)


def _check_mail(email: str) -> ResponseReturnValue:
    return render_template(
        "accounts/check_mail.html", form=Form(), email=email, are_files=mails.are_files()
    )


def _forgot(form: Form, *, sent: bool) -> ResponseReturnValue:
    return render_template(
        "accounts/forgot.html", form=form, sent=sent, are_files=mails.are_files()
    )


def _refused_link(template: str, error: DomainError) -> ResponseReturnValue:
    return _secret_page(template, refused_form(error, {}), 404)


def _secret_page(
    template: str, form: Form, status: int = 200, **context: object
) -> ResponseReturnValue:
    """A page whose address is a secret: no other site is told it."""
    page = render_template(template, form=form, **context)
    return page, status, {"Referrer-Policy": "no-referrer"}
