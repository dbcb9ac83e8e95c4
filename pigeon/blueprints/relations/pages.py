"""Relations as forms: every button works without scripts, and leads back."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pigeon.blueprints.relations.api import CHANGES, id_of, id_of_blocked
from pigeon.domain.users import UserRow
from pigeon.services.follows import follows, requests
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import MUTED
from pigeon.services.users import users
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, viewer_id
from pigeon.web.parsing import read_page, read_texts
from pigeon.web.paths import referring_path

ROWS = 40


def _person(username: str) -> UserRow:
    (row,) = users.rows([id_of(username)], viewer_id())
    return row


def _back(username: str) -> ResponseReturnValue:
    return redirect(referring_path(f"/u/{username}"), 303)


# -- blocks ------------------------------------------------------------------------------------


@access(MEMBERS)
def show_block(username: str) -> ResponseReturnValue:
    """Says what a block does, before it is done."""
    return render_template("relations/block.html", user=_person(username))


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
    """Chooses what of somebody is muted."""
    user = users.get(username, viewer_id())
    return render_template("relations/mute.html", user=user)


@access(MEMBERS, rate=CHANGES)
def mute(username: str) -> ResponseReturnValue:
    """What is ticked is muted, what is not is not any more."""
    user_id, by = id_of(username), get_viewer().user_id
    wanted = set(read_texts("of"))
    for name in MUTED:
        mutes.set_muted(user_id, by=by, of=[name], on=name in wanted)
    return _back(username)


@access(MEMBERS, rate=CHANGES)
def unmute(username: str) -> ResponseReturnValue:
    mutes.set_muted(id_of(username), by=get_viewer().user_id, of=MUTED, on=False)
    return _back(username)


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
