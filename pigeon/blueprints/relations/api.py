"""Relations as JSON: state is set, never toggled."""

from __future__ import annotations

from flask import request

from pigeon.domain.errors import NotFound
from pigeon.domain.page import Page
from pigeon.domain.users import User, UserRow
from pigeon.services.follows import follows, requests
from pigeon.services.relations import blocks, mutes
from pigeon.services.users import users
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, viewer_id
from pigeon.web.parsing import Body, read_json, read_page

CHANGES = (200, 3_600)


class MuteBody(Body):
    of: list[str] | None = None


def id_of(username: str) -> int:
    """Of somebody whom the viewer may know of; NotFound for everybody else."""
    return users.get_card(username, viewer_id()).id


def id_of_blocked(username: str) -> int:
    """The same, also of somebody who is blocked: that must be possible to end."""
    user_id = users.find_id(username)
    if user_id is None:
        raise NotFound
    return user_id


# -- blocks ------------------------------------------------------------------------------------


@access(MEMBERS, rate=CHANGES)
@answers(status=204, also=(409,))
def block(username: str) -> None:
    blocks.block(id_of_blocked(username), by=get_viewer().user_id)


@access(MEMBERS, rate=CHANGES)
@answers(status=204, also=(409,))
def unblock(username: str) -> None:
    blocks.unblock(id_of_blocked(username), by=get_viewer().user_id)


@access(MEMBERS)
@answers(Page[UserRow], query=LIST)
def list_blocks() -> Page[UserRow]:
    reader_id = get_viewer().user_id
    page = blocks.list_of(reader_id, read_page(f"blocks-{reader_id}"))
    return page.map(users.blocked_rows)


# -- mutes -------------------------------------------------------------------------------------


@access(MEMBERS, rate=CHANGES)
@answers(User, body=MuteBody, also=(409, 422))
def mute(username: str) -> User:
    return _set_muted(username, on=True)


@access(MEMBERS, rate=CHANGES)
@answers(User, body=MuteBody, also=(409, 422))
def unmute(username: str) -> User:
    return _set_muted(username, on=False)


def _set_muted(username: str, *, on: bool) -> User:
    """A request without a body is about everything that can be muted."""
    user_id = id_of(username)
    body = read_json(MuteBody) if request.get_data() else MuteBody()
    of = mutes.check_kinds(body.of)
    mutes.set_muted(user_id, by=get_viewer().user_id, of=of, on=on)
    return users.get(username, viewer_id())


@access(MEMBERS)
@answers(Page[UserRow], query=LIST)
def list_mutes() -> Page[UserRow]:
    reader_id = get_viewer().user_id
    page = mutes.list_of(reader_id, read_page(f"mutes-{reader_id}"))
    return page.map(lambda ids: users.rows(ids, reader_id))


# -- who follows me ----------------------------------------------------------------------------


@access(MEMBERS)
@answers(Page[UserRow], query=LIST)
def list_requests() -> Page[UserRow]:
    reader_id = get_viewer().user_id
    page = requests.list_of(reader_id, read_page(f"requests-{reader_id}"))
    return page.map(lambda ids: users.rows(ids, reader_id))


@access(MEMBERS, rate=(1_000, 3_600))
@answers(status=204)
def approve(username: str) -> None:
    requests.approve(id_of(username), by=get_viewer().user_id)


@access(MEMBERS, rate=(1_000, 3_600))
@answers(status=204)
def decline(username: str) -> None:
    requests.decline(id_of(username), by=get_viewer().user_id)


@access(MEMBERS, rate=CHANGES)
@answers(status=204, also=(409,))
def remove_follower(username: str) -> None:
    follows.remove_follower(id_of(username), by=get_viewer().user_id)
