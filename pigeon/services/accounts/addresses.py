"""Brings stored e-mail addresses along to the spelling of today: domains in ASCII.

Older releases stored `ann@한국.test` and its punycode as two addresses. The walk goes by id in
small units and keeps its place in the state Redis; it may be killed anywhere and go on, or begin
again, for what is spelled right is left alone.
"""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pigeon.cache import keys
from pigeon.crash_points import crash_point
from pigeon.domain.names import email_problem, stored_email
from pigeon.extensions import db, state
from pigeon.models import MailedToken, UserModel
from pigeon.services.accounts import sessions
from pigeon.services.users import users
from pigeon.unit_of_work import retried, unit_of_work

log = structlog.get_logger()

BATCH = 500
DONE = "done"


def respell() -> None:
    """Respell what is left to do; nothing once everything was seen."""
    place = keys.ADDRESSES.key()
    kept: Any = state.client.get(place)
    reached = kept.decode() if kept else "0"
    if reached == DONE:
        return
    while reached != DONE:
        last = _respell_batch(int(reached))
        crash_point("addresses.respelled")
        reached = DONE if last is None else str(last)
        if last is None:
            _respell_links()
        state.client.set(place, reached)
    log.info("addresses_respelled")


def _respell_batch(after: int) -> int | None:
    """The id of the last account that was looked at; None behind the end."""
    columns = (UserModel.id, UserModel.email, UserModel.email_key, UserModel.pending_email)
    batch = select(*columns).where(UserModel.id > after).order_by(UserModel.id).limit(BATCH)
    found = db.session.execute(batch).all()
    db.session.rollback()
    for user_id, email, key, pending in found:
        is_ascii = email.isascii() and (pending or "").isascii()
        if not is_ascii or stored_email(email) != (email, key):
            _respell(user_id)
    return found[-1].id if found else None


@retried
def _respell(user_id: int) -> None:
    """What is no address for us and what is taken stays: only its owner can choose another."""
    with unit_of_work() as uow:
        user = sessions.lock_user(user_id)
        if user is None:
            return
        username = user.username
        if user.pending_email:
            user.pending_email = stored_email(user.pending_email)[0]
        address, key = stored_email(user.email)
        if email_problem(key) is not None:
            log.warning("address_unusable", user_id=user_id)
            return
        try:
            with db.session.begin_nested():
                user.email, user.email_key = address, key
        except IntegrityError:
            log.warning("address_taken", user_id=user_id)
        uow.after_commit(lambda: users.evict(user_id, username))


@retried
def _respell_links() -> None:
    """Links that wait: few, for they live a day; what one holds is respelled when it is opened."""
    with unit_of_work():
        for row in db.session.scalars(select(MailedToken).where(MailedToken.kind != "reset")):
            row.email_key = stored_email(row.email_key)[1]
