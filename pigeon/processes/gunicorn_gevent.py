"""gunicorn's gevent worker with places and deadlines: it may be open to everybody."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from gunicorn.workers.ggevent import GeventWorker

from pigeon.processes.gunicorn_requests import begin, stall_s, visits_of


class Worker(GeventWorker):  # type: ignore[misc]
    """Each connection is a `Visit`; the application gets the socket itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visits = visits_of(self.cfg, stall_s=stall_s())

    def timeout_ctx(self) -> Any:
        """A visit keeps the time: the stock one counts a pause and a head together."""
        return nullcontext()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        super().handle(listener, self.visits.open(client, addr), addr)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        begin(req, sock, self.visits)
        try:
            return super().handle_request(listener_name, req, sock.sock, addr)
        finally:
            sock.expect_head()
