"""The presence of people as one viewer may know it, and as it is for whoever may."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pigeon.cache import trips
from pigeon.cache.breaker import state_breaker
from pigeon.cache.trips import Read
from pigeon.domain.clock import time_of_ms
from pigeon.domain.presence import Presence, Showing, status_of
from pigeon.domain.users import UserCard
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.relations.apart import apart
from pigeon.services.relations.showings import showings
from pigeon.services.users import users
from pigeon.stores import presence as store
from pigeon.stores.presence import Live


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a viewer is answered about people, and of whom of them they may know it."""

    presences: dict[int, Presence]
    ids: AbstractSet[int]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a room hears of somebody; `blocked` are people whom they do not meet."""

    presence: Presence
    blocked: AbstractSet[int]


def read(user_ids: Collection[int], viewer: Viewer) -> Read[dict[int, Presence]]:
    """As `of`, in a trip with others; together with `viewer.relations.read_apart()`."""
    return trips.then(_read_known(user_ids, viewer), lambda known: known.presences)


def of(user_ids: Collection[int], viewer: Viewer) -> dict[int, Presence]:
    """Of active people; `offline` for whoever the viewer may not know it of.

    Everybody is, while the state Redis cannot be asked: no page fails because of it.
    """
    return known(user_ids, viewer).presences


def known(user_ids: Collection[int], viewer: Viewer) -> Known:
    """As `of`, with the answer of the rule."""
    found, _ = trips.trip(_read_known(user_ids, viewer), viewer.relations.read_apart())
    return found


def told(user_ids: Collection[int]) -> dict[int, Told]:
    """Of active people, for rooms of those who may know it; RedisError when it is not known."""
    ids = list(user_ids)
    read = trips.both(users.cards.read(ids), showings.read(ids))
    (cards, found), kept_away = trips.trip(read, apart.read(ids))
    there = _live(ids, found, store.look)
    return {
        one: Told(
            presence=_shown(cards[one], showing, there.get(one, Live())),
            blocked=kept_away[one].blocked if one in kept_away else frozenset(),
        )
        for one, showing in found.items()
        if one in cards
    }


def _read_known(user_ids: Collection[int], viewer: Viewer) -> Read[Known]:
    ids = list(user_ids) if viewer.id is not None else []
    asked = [*ids, viewer.id] if ids and viewer.id is not None else []
    read = trips.both(users.cards.read(user_ids), showings.read(asked))
    return trips.then(read, lambda found: _as_known(viewer, user_ids, *found))


def _as_known(
    viewer: Viewer,
    user_ids: Collection[int],
    cards: Mapping[int, UserCard],
    found: Mapping[int, Showing],
) -> Known:
    ids = access.presence.known_among(viewer, found).intersection(user_ids)
    there = _live(ids, found, lambda wanted: state_breaker.attempt(lambda: store.look(wanted), {}))
    presences = {
        one: _shown(card, found[one], there.get(one, Live()))
        if one in ids
        else Presence(username=card.username)
        for one, card in cards.items()
    }
    return Known(presences=presences, ids=ids)


def _live(ids: Iterable[int], found: Mapping[int, Showing], look: store.Look) -> Mapping[int, Live]:
    """What connections say of those who are not invisible: of the others it changes nothing."""
    wanted = [one for one in ids if one in found and found[one].chosen != "invisible"]
    return look(wanted) if wanted else {}


def _shown(card: UserCard, showing: Showing, live: Live) -> Presence:
    last_ms = max(live.last_ms, showing.last_ms)
    return Presence(
        username=card.username,
        status=status_of(showing.chosen, live.word),
        last_active_at=time_of_ms(last_ms) if last_ms else None,
    )
