"""Whom a conversation is with, as one of its members sees them; who left has a name of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from pigeon.domain.errors import NotFound
from pigeon.domain.ids import find_id
from pigeon.domain.messages import DELETED, deleted_name, pair_key
from pigeon.domain.users import RowViewer, UserCard, UserRow
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.users import users
from pigeon.stores.messages import Conversation
from pigeon.stores.messages_urls import message_store

_NO_RELATION = RowViewer(is_self=False, follows_me=False, follow="none", mutuals=None)


def partner_id(conversation: Conversation, user_id: int) -> int:
    """The other one of a pair, who is its alias on the wire."""
    return conversation.others(user_id)[0].user_id


def find_partner(username: str, viewer: Viewer) -> int:
    """Of a username, or of the name of a deleted account that wrote with the viewer; NotFound."""
    if not username.startswith(DELETED):
        return users.get_card(username, viewer).id
    user_id = find_id(username.removeprefix(DELETED))
    if user_id is None or not is_deleted_name(row_of(user_id, viewer).username):
        raise NotFound
    if message_store().find(pair_key(viewer.id or 0, user_id)) is None:
        raise NotFound
    return user_id


def rows(ids: Collection[int], viewer: Viewer) -> dict[int, UserRow]:
    """People of conversations by id; those whom the viewer must not meet are left out."""
    found = {int(row.id): row for row in users.rows(list(ids), viewer)}
    missing = set(ids) - found.keys()
    missing -= access.messages.hidden_among(viewer, missing) if missing else set()
    gone = missing - access.messages.shut_out_among(missing).keys()
    return found | {user_id: _deleted_row(user_id) for user_id in gone}


def row_of(user_id: int, viewer: Viewer) -> UserRow:
    """The same of one person; NotFound when they are not to be met."""
    found = rows([user_id], viewer).get(user_id)
    if found is None:
        raise NotFound
    return found


def is_deleted_name(username: str) -> bool:
    return username.startswith(DELETED)


def names(ids: Iterable[int]) -> dict[int, str]:
    """What people of conversations are called on the wire, whether or not they are still there."""
    wanted = list(ids)
    return names_of(wanted, users.cards.many(wanted))


def names_of(ids: Iterable[int], cards: Mapping[int, UserCard]) -> dict[int, str]:
    """The same, of whom the cards are known already."""
    wanted = list(ids)
    shut_out = access.messages.shut_out_among([one for one in wanted if one not in cards])
    called = shut_out | {user_id: card.username for user_id, card in cards.items()}
    return {user_id: called.get(user_id) or deleted_name(user_id) for user_id in wanted}


def _deleted_row(user_id: int) -> UserRow:
    return UserRow(
        id=str(user_id),
        username=deleted_name(user_id),
        display_name="",
        avatar_url=None,
        viewer=_NO_RELATION,
    )
