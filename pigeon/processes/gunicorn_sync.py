"""gunicorn's sync worker with deadlines: a client that stalls costs seconds, not the process.

One request at a time, so it belongs behind a proxy that takes bodies in first; see nginx.conf.
"""

from __future__ import annotations

from typing import Any

from gunicorn.workers.sync import SyncWorker

from pigeon.processes.gunicorn_requests import begin, stall_s, visits_of

LONGEST_STALL_S = 5.0
"""A proxy sends what it has; gunicorn's own `timeout` would end the process and all that wait."""


class Worker(SyncWorker):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visits = visits_of(
            self.cfg, stall_s=min(stall_s(), LONGEST_STALL_S), linger_pause_s=0.0
        )

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        super().handle(listener, self.visits.open(client, addr), addr)

    def handle_request(self, listener: Any, req: Any, client: Any, addr: Any) -> None:
        begin(req, client, self.visits)
        super().handle_request(listener, req, client.sock, addr)
