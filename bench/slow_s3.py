"""`python -m bench.slow_s3 PORT SECONDS`: an object store in memory; storing takes its time.

Only what storing needs: PUT (after the delay), HEAD, GET, DELETE. A process of its own, so that it
takes nothing from the interpreter that is measured.
"""

from __future__ import annotations

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    delay_s = 0.0
    sizes: dict[str, int] = {}

    def do_PUT(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        left = length
        while left > 0:
            left -= len(self.rfile.read(min(left, 1 << 20)))
        time.sleep(self.delay_s)
        self.sizes[self.path] = length
        self._answer(200, 0)

    def do_HEAD(self) -> None:
        size = self.sizes.get(self.path)
        self._answer(404 if size is None else 200, size or 0)

    def do_GET(self) -> None:
        self._answer(200, 0)

    def do_POST(self) -> None:
        self._answer(200, 0)

    def _answer(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.send_header("ETag", '"0"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


class Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


if __name__ == "__main__":
    Handler.delay_s = float(sys.argv[2])
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
