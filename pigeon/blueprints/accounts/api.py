"""Accounts as JSON: sign-up, log-in, recovery, and oneself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_wtf.csrf import generate_csrf

from pigeon.blueprints.accounts.avatars import read_avatar
from pigeon.blueprints.accounts.cookies import (
    begin_session,
    caller,
    drop_sign_up,
    end_session,
    is_fresh_identity,
    language,
    new_sign_up_caller,
    remember_sign_up,
)
from pigeon.domain.users import Me
from pigeon.services.accounts import changes, links, logins, recovery, sessions, signups
from pigeon.services.users import avatars, users
from pigeon.web.answers import answers
from pigeon.web.guards import ANYONE, MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.parsing import Body, check_form_names, read_form, read_json
from pigeon.web.wording import me_with_sentences

AVATAR = {"image": "binary", "crop": "string"}


@dataclass(frozen=True, kw_only=True)
class CsrfToken:
    csrf_token: str


@dataclass(frozen=True, kw_only=True)
class SentTo:
    email: str


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """An empty object."""


class SignUpBody(Body):
    email: str
    username: str
    display_name: str
    password: str
    invite: str | None = None


class ConfirmBody(Body):
    token: str
    password: str | None = None
    username: str | None = None


class EmailBody(Body):
    email: str


class LogInBody(Body):
    login: str
    password: str
    code: str | None = None


class ResetBody(Body):
    token: str
    password: str


class WithdrawBody(Body):
    password: str | None = None


class MeBody(Body):
    display_name: str = ""
    bio: str = ""
    pronouns: str = ""
    link: str | None = None
    is_private: bool = False
    language: str = ""
    theme: str = ""
    time_zone: str = ""
    is_discoverable: bool = True
    shows_activity: bool = True
    sends_receipts: bool = True
    saves_searches: bool = True
    messages_from: str = ""
    notify: dict[str, str] = {}


@access(ANYONE)
@answers(CsrfToken)
def get_csrf() -> CsrfToken:
    return CsrfToken(csrf_token=generate_csrf())


@access(ANYONE)
@answers(SentTo, 202, body=SignUpBody, also=(403, 422, 429))
def sign_up() -> SentTo:
    body = read_json(SignUpBody)
    form = signups.SignUp(**body.model_dump(), language=language())
    asking = new_sign_up_caller()
    email = signups.sign_up(form, caller=asking)
    remember_sign_up(asking.sign_up)
    return SentTo(email=email)


@access(ANYONE)
@answers(Me, body=ConfirmBody, also=(422, 429))
def confirm() -> Me:
    body = read_json(ConfirmBody)
    kind = links.kind_of(body.token)
    user_id = links.confirm(
        body.token, password=body.password or "", username=body.username, caller=caller()
    )
    if kind == "signup":
        begin_session(sessions.start(user_id, caller=caller()))
        drop_sign_up()
    return me_with_sentences(users.get_me(user_id))


@access(ANYONE)
@answers(Nothing, 202, body=EmailBody, also=(422, 429))
def resend() -> Nothing:
    asking = caller()
    signups.resend(read_json(EmailBody).email, caller=asking)
    if asking.sign_up:
        remember_sign_up(asking.sign_up)
    return Nothing()


@access(ANYONE)
@answers(Me, body=LogInBody, also=(401, 422, 429))
def log_in() -> Me:
    body = read_json(LogInBody)
    token = logins.log_in(body.login, body.password, caller=caller())
    return me_with_sentences(users.get_me(begin_session(token).user_id))


@access(ANYONE)
@answers(status=204)
def log_out() -> None:
    end_session()


@access(ANYONE)
@answers(Nothing, 202, body=EmailBody, also=(422, 429))
def forgot() -> Nothing:
    recovery.forgot(read_json(EmailBody).email, caller=caller())
    return Nothing()


@access(ANYONE)
@answers(status=204, body=ResetBody, also=(422,))
def reset() -> None:
    body = read_json(ResetBody)
    recovery.reset(body.token, body.password, caller=caller())


@access(MEMBERS)
@answers(Me)
def get_me() -> Me:
    return me_with_sentences(users.get_me(get_viewer().user_id))


@access(MEMBERS, rate=(60, 60))
@answers(Me, body=MeBody, also=(422,))
def update_me() -> Me:
    changed = users.update_profile(get_viewer().user_id, read_json(MeBody).given())
    return me_with_sentences(changed)


@access(MEMBERS)
@answers(Nothing, 202, body=WithdrawBody, also=(403, 422, 429))
def withdraw() -> Nothing:
    body = read_json(WithdrawBody) if request.get_data() else WithdrawBody()
    changes.withdraw(
        get_viewer().user_id,
        password=body.password or "",
        fresh_identity=is_fresh_identity(),
        caller=caller(),
    )
    end_session()
    return Nothing()


@access(MEMBERS, rate=(20, 300), files=1)
@answers(Me, 202, multipart=AVATAR, also=(413, 422))
def set_avatar() -> Me:
    check_form_names(*AVATAR)
    crop = read_form("crop")["crop"]
    return avatars.set_avatar(get_viewer().user_id, read_avatar(), crop)


@access(MEMBERS, rate=(20, 300))
@answers(status=204)
def remove_avatar() -> None:
    avatars.remove_avatar(get_viewer().user_id)
