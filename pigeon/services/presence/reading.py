"""The presence of people as one viewer may know it, and as it is for whoever may."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pigeon.cache import trips
from pigeon.cache.breaker import state_breaker
from pigeon.cache.trips import Read
from pigeon.domain.clock import time_of_ms
from pigeon.domain.errors import Unavailable
from pigeon.domain.presence import Presence, Showing, status_of
from pigeon.domain.users import UserCard
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.relations.apart import apart
from pigeon.services.relations.showings import showings
from pigeon.services.users import users
from pigeon.stores import presence as store
from pigeon.stores.presence import Live

Facts = tuple[dict[int, UserCard], dict[int, Showing]]


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
    read = _read_facts(user_ids, viewer)
    return trips.then(read, lambda facts: _known_or_nobody(facts, viewer).presences)


def of(user_ids: Collection[int], viewer: Viewer) -> dict[int, Presence]:
    """Of active people; `offline` for whoever the viewer may not know it of.

    Everybody is, while it cannot be found out: no page fails because of it.
    """
    found, _ = trips.trip(read(user_ids, viewer), viewer.relations.read_apart())
    return found


def known(user_ids: Collection[int], viewer: Viewer) -> Known:
    """The same, with the answer of the rule; RedisError or Unavailable when it is not known.

    For what is told: a guess would say that people left who did not.
    """
    facts, _ = trips.trip(_read_facts(user_ids, viewer), viewer.relations.read_apart())
    return _known(facts, viewer)


def told(user_ids: Collection[int]) -> dict[int, Told]:
    """Of active people, for rooms of those who may know it; RedisError when it is not known."""
    ids = list(user_ids)
    read = trips.both(users.cards.read(ids), showings.read(ids))
    (cards, found), kept_away = trips.trip(read, apart.read(ids))
    there = _live(ids, found)
    return {
        one: Told(
            presence=_shown(cards[one], showing, there.get(one, Live())),
            blocked=kept_away[one].blocked if one in kept_away else frozenset(),
        )
        for one, showing in found.items()
        if one in cards
    }


def _read_facts(user_ids: Collection[int], viewer: Viewer) -> Read[Facts]:
    """Cards of the people, and what they and the viewer show."""
    me = [viewer.id] if viewer.id is not None and user_ids else []
    return trips.both(users.cards.read(user_ids), showings.read([*user_ids, *me]))


def _known_or_nobody(facts: Facts, viewer: Viewer) -> Known:
    nobody = Known(
        presences={one: Presence(username=card.username) for one, card in facts[0].items()},
        ids=frozenset(),
    )
    try:
        return state_breaker.attempt(lambda: _known(facts, viewer), nobody)
    except Unavailable:
        return nobody


def _known(facts: Facts, viewer: Viewer) -> Known:
    cards, found = facts
    ids = access.presence.known_among(viewer, found) & cards.keys()
    there = _live(ids, found)
    presences = {
        one: _shown(card, found[one], there.get(one, Live()))
        if one in ids
        else Presence(username=card.username)
        for one, card in cards.items()
    }
    return Known(presences=presences, ids=ids)


def _live(ids: Iterable[int], found: Mapping[int, Showing]) -> Mapping[int, Live]:
    """What connections say of those who are not invisible: of the others it changes nothing."""
    wanted = [one for one in ids if one in found and found[one].chosen != "invisible"]
    return store.look(wanted) if wanted else {}


def _shown(card: UserCard, showing: Showing, live: Live) -> Presence:
    last_ms = max(live.last_ms, showing.last_ms)
    return Presence(
        username=card.username,
        status=status_of(showing.chosen, live.word),
        last_active_at=time_of_ms(last_ms) if last_ms else None,
    )
