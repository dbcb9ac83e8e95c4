"""Who on this process hears of whom: sockets in the rooms `presence:<id>`.

The rule is asked once, before a socket is let into a room. When it may have changed, the sockets
concerned leave at once, are asked again, and are told what they missed meanwhile: nobody hears a
frame that was sent behind a block. What somebody is shown as is read anew whenever it is told, so
frames cannot be out of date, and it is told only if it differs from what the room heard last: an
invisible person makes no frame whatever they do.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pigeon.cache.codec import adapter
from pigeon.domain.presence import Presence, PresenceStatus
from pigeon.realtime import connections
from pigeon.realtime.push import presence_room
from pigeon.services import access, presence

NAMESPACE = "/"
EVENT = "presence.changed"
TOGETHER_S = 0.05
"""What changes within it is read in one trip."""
AT_ONCE = 500


@dataclass(kw_only=True)
class Wish:
    """Whom a socket wants to hear of, by id and name; `joined` are those of whom it does."""

    viewer_id: int
    names: Mapping[int, str]
    joined: set[int] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Somebody whom a socket may not be allowed to hear of any more, or may be now."""

    user_id: int
    was: PresenceStatus | None
    """What the room had heard when the socket left it; None for a socket that was not in it."""


class Audience:
    def __init__(self) -> None:
        self._wishes: dict[str, Wish] = {}
        self._listeners: dict[int, set[str]] = {}
        self._heard: dict[int, PresenceStatus] = {}
        self._changed: set[int] = set()
        self._doubts: dict[str, dict[int, Doubt]] = defaultdict(dict)
        self._turn = 0
        self._has_changed = threading.Event()
        self._has_doubts = threading.Event()

    # -- who wants to hear -------------------------------------------------------------------------

    def watch(
        self, server: Any, sid: str, viewer_id: int, names: Mapping[int, str]
    ) -> dict[int, Presence]:
        """Replace whom a socket hears of; what each is shown as to the viewer.

        RedisError or Unavailable when it is not known: then the list before stays.
        """
        turn = self._turn
        known = presence.known(names, access.viewer(viewer_id))
        if connections.find(sid) is None:
            return known.presences
        self._leave_all(server, sid)
        wish = self._wishes[sid] = Wish(viewer_id=viewer_id, names=names)
        for user_id in known.ids:
            self._join(server, sid, wish, known.presences[user_id], user_id)
        if self._turn != turn:  # something changed between the answer and the room
            self._doubt(server, sid, wish, names)
            self._note(known.ids)
        return known.presences

    def leave(self, sid: str) -> None:
        """The socket is gone; the library empties its rooms."""
        wish = self._wishes.pop(sid, None)
        for user_id in wish.joined if wish is not None else ():
            self._forget(sid, user_id)

    def _join(self, server: Any, sid: str, wish: Wish, shown: Presence, user_id: int) -> None:
        wish.joined.add(user_id)
        self._listeners.setdefault(user_id, set()).add(sid)
        server.enter_room(sid, presence_room(user_id), namespace=NAMESPACE)
        if self._heard.setdefault(user_id, shown.status) != shown.status:
            self._note([user_id])

    def _leave_all(self, server: Any, sid: str) -> None:
        wish = self._wishes.get(sid)
        for user_id in list(wish.joined) if wish is not None else ():
            server.leave_room(sid, presence_room(user_id), namespace=NAMESPACE)
        self.leave(sid)

    def _forget(self, sid: str, user_id: int) -> None:
        listeners = self._listeners.get(user_id, set())
        listeners.discard(sid)
        if not listeners:
            self._listeners.pop(user_id, None)
            self._heard.pop(user_id, None)

    # -- what they hear ----------------------------------------------------------------------------

    def note(self, user_ids: Iterable[int]) -> None:
        """Somebody may be shown otherwise than before; those whom nobody watches cost nothing."""
        self._turn += 1
        self._note(user_ids)

    def _note(self, user_ids: Iterable[int]) -> None:
        watched = [one for one in user_ids if one in self._listeners]
        if watched:
            self._changed.update(watched)
            self._has_changed.set()

    def tell(self, server: Any) -> None:
        """Wait for a change, then tell it; again if it cannot be read now."""
        self._has_changed.wait()
        time.sleep(TOGETHER_S)
        self._has_changed.clear()
        changed, self._changed = self._changed, set()
        try:
            self._tell(server, changed)
        except Exception:
            self._note(changed)
            raise

    def _tell(self, server: Any, changed: Collection[int]) -> None:
        ids = list(changed)
        for first in range(0, len(ids), AT_ONCE):
            found = presence.told(ids[first : first + AT_ONCE])
            for user_id, told in found.items():
                status = told.presence.status
                if self._heard.get(user_id, status) != status:
                    self._heard[user_id] = status
                    self._emit(server, user_id, told)

    def _emit(self, server: Any, user_id: int, told: presence.Told) -> None:
        """Also passed over: whom a block keeps away, and who has not been asked yet."""
        away = [
            sid
            for sid in self._listeners.get(user_id, ())
            if self._wishes[sid].viewer_id in told.blocked
        ]
        server.manager.emit(
            EVENT,
            _frame(told.presence),
            namespace=NAMESPACE,
            room=presence_room(user_id),
            skip_sid=away,
            ignore_queue=True,
        )

    # -- who may hear it ---------------------------------------------------------------------------

    def doubt(self, server: Any, message: Mapping[str, Any]) -> None:
        """A relation changed, as the bus says it; ValueError or TypeError for what it does not."""
        pair = frozenset(map(int, message["pair"])) if "pair" in message else None
        people = pair if pair is not None else frozenset(map(int, message.get("user_ids", ())))
        if not people:
            return
        self._turn += 1
        for sid, wish in list(self._wishes.items()):
            others = people - {wish.viewer_id}
            if wish.viewer_id in people and pair is None:
                self._doubt(server, sid, wish, wish.names)
            elif pair is None or wish.viewer_id in people:
                self._doubt(server, sid, wish, others.intersection(wish.names))

    def doubt_all(self) -> None:
        """After a gap, and now and then: nobody leaves before the answer, and nobody joins."""
        self._turn += 1
        for sid, wish in list(self._wishes.items()):
            for user_id in wish.joined:
                was = self._heard.get(user_id)
                self._doubts[sid].setdefault(user_id, Doubt(user_id=user_id, was=was))
        self._has_doubts.set()

    def _doubt(self, server: Any, sid: str, wish: Wish, user_ids: Iterable[int]) -> None:
        for user_id in user_ids:
            was = self._heard.get(user_id) if user_id in wish.joined else None
            self._doubts[sid].setdefault(user_id, Doubt(user_id=user_id, was=was))
            self._part(server, sid, wish, user_id)
        if self._doubts:
            self._has_doubts.set()

    def settle(self, server: Any) -> None:
        """Wait for a doubt, then ask the rule; again if that fails."""
        self._has_doubts.wait()
        self._has_doubts.clear()
        while self._doubts:
            sid, doubts = self._doubts.popitem()
            try:
                self._settle(server, sid, doubts)
            except Exception:
                self._doubts[sid] |= doubts  # what was heard at first counts
                self._has_doubts.set()
                raise

    def _settle(self, server: Any, sid: str, doubts: dict[int, Doubt]) -> None:
        wish = self._wishes.get(sid)
        if wish is None:
            return
        wanted = [one for one in doubts if one in wish.names]
        turn = self._turn
        known = presence.known(wanted, access.viewer(wish.viewer_id))
        if self._wishes.get(sid) is not wish:
            return
        if self._turn != turn and set(wanted) & self._doubts.get(sid, {}).keys():
            self._doubts[sid] |= (
                doubts  # doubted again: ask once more, from what was heard at first
            )
            return
        for user_id in wanted:
            self._answer(server, sid, wish, doubts[user_id], known)

    def _answer(
        self, server: Any, sid: str, wish: Wish, doubt: Doubt, known: presence.Known
    ) -> None:
        user_id, nobody = doubt.user_id, Presence(username=wish.names[doubt.user_id])
        if user_id in known.ids:
            shown = known.presences[user_id]
            self._join(server, sid, wish, shown, user_id)
            is_new = shown != nobody if doubt.was is None else shown.status != doubt.was
        else:
            shown, is_new = nobody, doubt.was is not None
            self._part(server, sid, wish, user_id)
        if is_new:
            server.emit(EVENT, _frame(shown), to=sid, namespace=NAMESPACE)

    def _part(self, server: Any, sid: str, wish: Wish, user_id: int) -> None:
        if user_id in wish.joined:
            wish.joined.discard(user_id)
            server.leave_room(sid, presence_room(user_id), namespace=NAMESPACE)
            self._forget(sid, user_id)


audience = Audience()


def _frame(shown: Presence) -> dict[str, Any]:
    return dict(adapter(Presence).dump_python(shown, mode="json"))
