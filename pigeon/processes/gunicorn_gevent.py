"""gunicorn's gevent worker with places, deadlines and turns: it may be open to everybody."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from gunicorn.workers.ggevent import GeventWorker

from pigeon.processes.gunicorn_requests import begin, client_of, is_upgrade, stall_s, visits_of
from pigeon.processes.sending import Sender
from pigeon.processes.turns import Turns


class Worker(GeventWorker):  # type: ignore[misc]
    """Each connection is a `Visit`, each request but a socket takes a turn of its client's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visits = visits_of(self.cfg, stall_s=stall_s())
        self.turns = Turns()

    def timeout_ctx(self) -> Any:
        """A visit keeps the time: the stock one counts a pause and a head together."""
        return nullcontext()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        super().handle(listener, self.visits.open(client, addr), addr)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        sock.turn = self.turns.of("" if is_upgrade(req) else client_of(req, sock))
        try:
            if sock.turn.take() and sock.has_left():
                raise StopIteration
            return self._serve(listener_name, req, sock, addr)
        finally:
            sock.turn.give_back()
            sock.turn = None
            sock.expect_head()

    def _serve(self, listener_name: Any, req: Any, visit: Any, addr: Any) -> Any:
        begin(req, visit, self.visits)
        if is_upgrade(req):
            return super().handle_request(listener_name, req, visit.sock, addr)
        return super().handle_request(listener_name, req, Sender(visit), addr)
