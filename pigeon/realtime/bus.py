"""The bus between realtime processes: Redis pub/sub that says when something may have been missed.

In order, over one connection each way. A message that could not be published is remembered, and at
the next success everybody on every process hears `resync`; so does a process after a gap in its
own listening. Hooks into python-socketio are private: it is pinned, and tests hold them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import socketio
import structlog
from redis.exceptions import RedisError

from pigeon.cache import keys, resp

log = structlog.get_logger()
NAMESPACE = "/"
PUBLISH_S = 1.0
CONNECT_S = 1.0
SILENT_S = 2.0
"""After which the listener asks whether Redis is still there; as long again for the answer."""
SHORTEST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0
TOGETHER_S = 0.2
"""Several processes that missed something make one `resync`."""
RESYNC = b'{"method":"resync"}'
RECHECK = "rooms.recheck"
PRESENCE = "presence.changed"
"""Of people whose status changed; the state Redis says it itself, see `stores/presence_scripts`."""
WITHOUT = "emit.without"
CHANNELS = (keys.BUS_CHANNEL.encode(), keys.KICKS_CHANNEL.encode())


def _nothing(*_arguments: Any) -> None:
    """For a process without sockets, which has nothing to do."""


def _no_sockets(_user_ids: Iterable[int]) -> list[str]:
    return []


class Outlet:
    """Publishes in the order of the calls, and owes a `resync` while something was lost."""

    def __init__(self, url: str) -> None:
        self._pool = resp.Pool(url, PUBLISH_S)
        self._turn = threading.Lock()
        self._owes = False

    def say(self, text: str) -> None:
        """Publish to every process; a failure raises nothing and is made good later."""
        if self._owes and self._turn.locked():
            return  # whoever has the turn finds out whether Redis is back
        with self._turn:
            self._publish([_published(text.encode())])

    def _publish(self, commands: list[list[bytes]]) -> None:
        owed = [_published(RESYNC)] if self._owes else []
        try:
            self._pool.pipeline(commands + owed)
        except (RedisError, OSError) as error:
            log.warning("bus_unsaid", error=type(error).__name__)
            if not self._owes:
                self._owes = True
                threading.Thread(target=self._make_good, daemon=True).start()
        else:
            self._owes = False

    def _make_good(self) -> None:
        """Publish the owed `resync` although nobody publishes anything else."""
        wait_s = SHORTEST_WAIT_S
        while self._owes:
            time.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            with self._turn:
                if self._owes:
                    self._publish([])


def _published(text: bytes) -> list[bytes]:
    return [b"PUBLISH", CHANNELS[0], text]


class Bus(socketio.pubsub_manager.PubSubManager):  # type: ignore[misc]
    """The manager of a realtime process, or with `write_only` another process's end of the bus."""

    name = "bus"

    def __init__(self, url: str, *, write_only: bool = False) -> None:
        super().__init__(channel=keys.BUS_CHANNEL, write_only=write_only)
        self.on_kick: Callable[[bytes], None] = _nothing
        self.on_gap: Callable[[], None] = _nothing
        self.on_recheck: Callable[[dict[str, Any]], None] = _nothing
        self.on_presence: Callable[[dict[str, Any]], None] = _nothing
        self.sockets_of: Callable[[Iterable[int]], list[str]] = _no_sockets
        self._url = url
        self._outlet = Outlet(url)
        self._will_resync = False

    def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        """Do nothing for a socket that is gone: the library would ask other processes for it."""
        if self._is_here(sid, namespace):
            super().enter_room(sid, namespace, room, eio_sid=eio_sid)

    def leave_room(self, sid: str, namespace: str, room: str) -> None:
        if self._is_here(sid, namespace):
            super().leave_room(sid, namespace, room)

    def say_resync(self) -> None:
        """Everybody on every process may have missed something, and looks again."""
        self._outlet.say(RESYNC.decode())

    def say_recheck(
        self,
        user_ids: Iterable[int],
        post_ids: Iterable[int],
        pair: Iterable[int] | None = None,
    ) -> None:
        """Every process, this one too, asks again who may be in the rooms of these.

        With a `pair` the presence of nobody else is asked about.
        """
        message = {"method": RECHECK, "user_ids": [*user_ids], "post_ids": [*post_ids]}
        self._publish(message if pair is None else message | {"pair": [*pair]})

    def say_presence(self, user_ids: Iterable[int]) -> None:
        """Every process looks again what people are shown as, and tells who watches."""
        self._publish({"method": PRESENCE, "user_ids": [*user_ids]})

    def say_without(self, event: str, payload: Any, room: str, user_ids: Iterable[int]) -> None:
        """As `emit`, but for the sockets of some people, which each process knows by itself."""
        self._publish(
            {
                "method": WITHOUT,
                "event": event,
                "data": payload,
                "room": room,
                "user_ids": [*user_ids],
            }
        )

    def _is_here(self, sid: str, namespace: str) -> bool:
        return bool(self.is_connected(sid, namespace) or self.is_pre_connected(sid, namespace))

    def _publish(self, data: dict[str, Any]) -> None:
        self._outlet.say(self.json.dumps(data, separators=(",", ":")))

    def _listen(self) -> Iterator[dict[str, Any]]:
        """What other processes publish, for ever."""
        wait_s = SHORTEST_WAIT_S
        while True:
            try:
                for message in self._messages():
                    wait_s = SHORTEST_WAIT_S
                    if message is not None:
                        yield message
            except Exception as error:  # whatever it was: the listener must outlive it
                log.warning("bus_lost", error=type(error).__name__)
                time.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def _messages(self) -> Iterator[dict[str, Any] | None]:
        """None once it listens; ends by an error when Redis is gone or says nothing any more."""
        connection = _subscribed(self._url)
        try:
            yield None
            self._say_resync_soon()
            self.on_gap()
            while True:
                _, channel, message = _next(connection)
                if channel == CHANNELS[1]:
                    self.on_kick(message)
                elif message == RESYNC:
                    self._say_resync_soon()
                    self.on_gap()
                elif (readable := self._read(message)) is not None:
                    yield from self._take(readable)
        finally:
            connection.close()

    def _take(self, message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Do what is ours; the rest is the library's."""
        if message.get("method") == RECHECK:
            self.on_recheck(message)
        elif message.get("method") == PRESENCE:
            self.on_presence(message)
        elif message.get("method") == WITHOUT:
            self._emit_without(message)
        else:
            yield message

    def _emit_without(self, message: dict[str, Any]) -> None:
        try:
            event, payload, room = str(message["event"]), message["data"], str(message["room"])
            sids = self.sockets_of(map(int, message["user_ids"]))
        except (KeyError, ValueError, TypeError):
            log.warning("frame_unreadable")
            return
        self.emit(event, payload, namespace=NAMESPACE, room=room, skip_sid=sids, ignore_queue=True)

    def _read(self, message: bytes) -> dict[str, Any] | None:
        """A message as an object, or None: the library would stop listening at anything else."""
        try:
            found = self.json.loads(message)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def _say_resync_soon(self) -> None:
        if not self._will_resync:
            self._will_resync = True
            self.server.start_background_task(self._say_resync)

    def _say_resync(self) -> None:
        time.sleep(TOGETHER_S)
        self._will_resync = False
        self.emit("resync", {}, namespace=NAMESPACE, ignore_queue=True)


def _subscribed(url: str) -> resp.Connection:
    connection = resp.Connection(url, CONNECT_S)
    try:
        for answer in connection.pipeline(resp.encode([b"SUBSCRIBE", *CHANNELS]), len(CHANNELS)):
            if isinstance(answer, Exception):
                raise answer
        connection.set_timeout(SILENT_S)
    except BaseException:
        connection.close()
        raise
    return connection


def _next(connection: resp.Connection) -> tuple[bytes, bytes, bytes]:
    """The next message; TimeoutError when Redis does not answer for twice `SILENT_S`."""
    has_asked = False
    while True:
        try:
            (reply,) = connection.read(1)
        except TimeoutError:
            if has_asked:
                raise
            has_asked = True
            connection.send(resp.encode([b"PING"]))
            continue
        has_asked = False
        if isinstance(reply, Exception):
            raise reply
        if reply[0] == b"message":
            return reply[0], reply[1], reply[2]
