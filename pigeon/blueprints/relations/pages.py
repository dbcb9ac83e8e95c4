"""Relations as forms: every button works without scripts, and leads back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pigeon.blueprints.relations.api import CHANGES, id_of, id_of_blocked
from pigeon.domain.errors import DomainError
from pigeon.domain.users import User
from pigeon.services.access.users import check_is_other
from pigeon.services.follows import follows, requests
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import MUTED
from pigeon.services.users import users
from pigeon.web.forms import Form, render_refused
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, viewer_id
from pigeon.web.parsing import read_page, read_texts
from pigeon.web.paths import referring_path

ROWS = 40
TICKED = ("posts",)
"""What the form begins with, as what scripts mute at once."""


def _other(username: str) -> User:
    """Whom a question is about; Conflict `self`, as the answer to it would be."""
    user = users.get(username, viewer_id())
    check_is_other(int(user.id), by=get_viewer().user_id)
    return user


# -- blocks ------------------------------------------------------------------------------------


@access(MEMBERS)
def show_block(username: str) -> ResponseReturnValue:
    """Says what a block does, before it is done."""
    return render_template("relations/block.html", user=_other(username))


@access(MEMBERS, rate=CHANGES)
def block(username: str) -> ResponseReturnValue:
    """Home, for the place where it was pressed is likely to be theirs."""
    blocks.block(id_of_blocked(username), by=get_viewer().user_id)
    flash(_("%(name)s is blocked.", name=username), "success")
    return redirect("/", 303)


@access(MEMBERS, rate=CHANGES)
def unblock(username: str) -> ResponseReturnValue:
    blocks.unblock(id_of_blocked(username), by=get_viewer().user_id)
    flash(_("%(name)s is not blocked any more.", name=username), "success")
    return redirect(referring_path("/settings/blocked"), 303)


@access(MEMBERS)
def list_blocked() -> ResponseReturnValue:
    reader_id = get_viewer().user_id
    page = blocks.list_of(reader_id, read_page(f"blocks-{reader_id}", default=ROWS))
    people = page.map(users.blocked_rows)
    return render_template("relations/blocked.html", page=people)


# -- mutes -------------------------------------------------------------------------------------


@access(MEMBERS)
def show_mute(username: str) -> ResponseReturnValue:
    """Chooses what of somebody is muted; at first the posts."""
    user = _other(username)
    muted = user.viewer.muted if user.viewer else []
    return render_template("relations/mute.html", **_choices(user, muted or TICKED), form=Form())


def _choices(user: User, chosen: Sequence[str]) -> dict[str, Any]:
    return {"user": user, "chosen": chosen}


@access(MEMBERS, rate=CHANGES)
def mute(username: str) -> ResponseReturnValue:
    """What is ticked is muted; what is not ticked is not any more."""
    user, wanted = _other(username), read_texts("of")
    try:
        kinds = mutes.check_kinds(wanted) if wanted else []
    except DomainError as error:
        return render_refused("relations/mute.html", error, {}, **_choices(user, wanted))
    user_id, by = int(user.id), get_viewer().user_id
    for name in MUTED:
        mutes.set_muted(user_id, by=by, of=[name], on=name in kinds)
    flash(_said(user.username, is_muted=bool(kinds)), "success")
    return redirect(f"/u/{user.username}", 303)


@access(MEMBERS, rate=CHANGES)
def unmute(username: str) -> ResponseReturnValue:
    user_id, by = id_of(username), get_viewer().user_id
    mutes.set_muted(user_id, by=by, of=mutes.check_kinds(None), on=False)
    flash(_said(username, is_muted=False), "success")
    return redirect(referring_path(f"/u/{username}"), 303)


def _said(name: str, *, is_muted: bool) -> str:
    if is_muted:
        return str(_("%(name)s is muted.", name=name))
    return str(_("%(name)s is not muted any more.", name=name))


@access(MEMBERS)
def list_muted() -> ResponseReturnValue:
    reader_id = get_viewer().user_id
    page = mutes.list_of(reader_id, read_page(f"mutes-{reader_id}", default=ROWS))
    return render_template(
        "relations/muted.html", page=page.map(lambda ids: users.rows(ids, reader_id))
    )


# -- who follows me ----------------------------------------------------------------------------


@access(MEMBERS)
def list_requests() -> ResponseReturnValue:
    reader_id = get_viewer().user_id
    page = requests.list_of(reader_id, read_page(f"requests-{reader_id}", default=ROWS))
    people = page.map(lambda ids: users.rows(ids, reader_id))
    return render_template("relations/requests.html", page=people)


@access(MEMBERS, rate=(1_000, 3_600))
def approve(username: str) -> ResponseReturnValue:
    requests.approve(id_of(username), by=get_viewer().user_id)
    return redirect(referring_path("/notifications/requests"), 303)


@access(MEMBERS, rate=(1_000, 3_600))
def decline(username: str) -> ResponseReturnValue:
    requests.decline(id_of(username), by=get_viewer().user_id)
    return redirect(referring_path("/notifications/requests"), 303)


@access(MEMBERS, rate=CHANGES)
def remove_follower(username: str) -> ResponseReturnValue:
    follows.remove_follower(id_of(username), by=get_viewer().user_id)
    return redirect(referring_path(f"/u/{get_viewer().username}/followers"), 303)
