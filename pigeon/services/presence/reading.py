"""The presence of people as one viewer may know it."""

from __future__ import annotations

from collections.abc import Collection

from pigeon.cache import trips
from pigeon.cache.trips import Read
from pigeon.domain.presence import Presence
from pigeon.domain.users import UserCard
from pigeon.services.access.viewers import Viewer
from pigeon.services.users import users


def read(user_ids: Collection[int], viewer: Viewer) -> Read[dict[int, Presence]]:
    """As `of`, in a trip with others."""
    return trips.then(users.cards.read(list(user_ids)), lambda cards: _shown(cards, viewer))


def of(user_ids: Collection[int], viewer: Viewer) -> dict[int, Presence]:
    """Of active people; `offline` for whoever the viewer may not know it of."""
    return trips.one(read(user_ids, viewer))


def _shown(cards: dict[int, UserCard], _viewer: Viewer) -> dict[int, Presence]:
    return {user_id: Presence(username=card.username) for user_id, card in cards.items()}
