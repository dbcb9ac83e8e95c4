"""`python -m bench.slow_s3 PORT SECONDS`: an object store in memory; storing takes its time.

Only what storing needs: PUT (after the delay), HEAD, GET, DELETE of several. Of finished pictures
it keeps the size alone; of uploads that wait, their bytes. A process of its own, so that it takes
nothing from the interpreter that is measured.
"""

from __future__ import annotations

import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAITING = "/incoming/"
DELETED = re.compile(rb"<Key>([^<]+)</Key>")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    delay_s = 0.0
    sizes: dict[str, int] = {}
    waiting: dict[str, bytes] = {}

    def do_PUT(self) -> None:
        body = self._read()
        time.sleep(self.delay_s)
        self.sizes[self.path] = len(body)
        if WAITING in self.path:
            self.waiting[self.path] = body
        self._answer(200)

    def do_HEAD(self) -> None:
        size = self.sizes.get(self.path)
        self._answer(404 if size is None else 200, length=size or 0)

    def do_GET(self) -> None:
        self._answer(200, self.waiting.get(self.path, b""))

    def do_POST(self) -> None:
        bucket = self.path.partition("?")[0]
        for key in DELETED.findall(self._read()):
            self.waiting.pop(f"{bucket}/{key.decode()}", None)
        self._answer(200)

    def _read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, status: int, body: bytes = b"", length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("ETag", '"0"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


class Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


if __name__ == "__main__":
    Handler.delay_s = float(sys.argv[2])
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
