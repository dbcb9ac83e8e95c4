"""How people stand to each other."""

from __future__ import annotations

from pigeon.services.follows import follows
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import MUTED
from pigeon.services.users import users
from tests.factories.people import Person


def make_block(blocker: Person, blocked: Person) -> None:
    """`blocker` blocks `blocked`."""
    blocks.block(blocked.id, by=blocker.id)


def make_mute(muter: Person, muted: Person, *of: str) -> None:
    """`muter` mutes these things of `muted`; without any of them, everything."""
    mutes.set_muted(muted.id, by=muter.id, of=of or MUTED, on=True)


def make_private(person: Person, *followers: Person) -> None:
    """A private account that these people follow."""
    for follower in followers:
        follows.follow(person.id, by=follower.id)
    users.update_profile(person.id, {"is_private": True})


def make_public(person: Person) -> None:
    users.update_profile(person.id, {"is_private": False})
