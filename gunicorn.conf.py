"""gunicorn for both server kinds; PIGEON_ROLE says which: `web` (sync) or `realtime` (gevent).

Imports nothing of the application: the gevent worker has to patch before that happens.
"""

import ctypes
import glob
import os
import re
import resource
import signal
import sys
from functools import partial
from pathlib import Path

from gunicorn.glogging import Logger

MAILED = re.compile(r"^(/(?:confirm|password/reset)/).+")
HOST = os.environ.get("HOST") or "127.0.0.1"
LOOPBACK = re.compile(r"^(localhost|127\..+|::1)$")
ROLE = os.environ.get("PIGEON_ROLE", "web")
PR_SET_PDEATHSIG = 1
SHARED_MEMORY = Path("/dev/shm")
JSON_ACCESS = (
    '{"event":"access","at":"%(t)s","ip":"%(h)s","method":"%(m)s","path":"%(U)s",'
    '"status":%(s)s,"bytes":"%(B)s","took_us":%(D)s,"request_id":"%({x-request-id}o)s"}'
)

bind = f"{HOST}:{os.environ.get('PORT', '8000')}"
if ":" in HOST:
    bind = f"[{HOST}]:{os.environ.get('PORT', '8000')}"

# One process per port and Procfile line; the platform's process count scales them.
workers = int(os.environ.get("WEB_CONCURRENCY", "1")) if ROLE == "web" else 1
worker_connections = 5000  # sockets of a realtime process; the platform's process count scales it
if ROLE == "realtime":  # the usual soft limit is 1,024 files, and every socket is one
    _soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    _files = 2 * worker_connections
    if _soft < _files:
        _files = _files if _hard == resource.RLIM_INFINITY else min(_files, _hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (_files, _hard))
max_requests = 0
backlog = 512
worker_tmp_dir = (
    str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
)  # a heartbeat without a disk
control_socket_disable = True  # the default one is shared by all masters of a user

# A web worker that is silent for so long is killed; a gevent one answers from its own loop.
timeout = 30 if ROLE == "web" else 60
graceful_timeout = int(os.environ.get("GRACEFUL_S", "30"))
keepalive = 75  # longer than nginx or a balancer keeps an unused one; sync workers keep none

limit_request_line = 8190  # as nginx, whose refusals have all headers
limit_request_fields = 100
limit_request_field_size = 8190
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")
errorlog = "-"
accesslog = "-" if os.environ.get("ACCESS_LOG") == "on" else None
access_log_format = JSON_ACCESS


class logger_class(Logger):
    """Keeps the tokens of mailed links out of the access log."""

    def atoms(self, resp, req, environ, request_time):
        atoms = super().atoms(resp, req, environ, request_time)
        return atoms | {"U": MAILED.sub(r"\1…", atoms["U"] or "")}


def when_ready(server):
    """Say it where a development site is open to more than this machine; `make run` says more."""
    is_development = os.environ.get("ENVIRONMENT") != "production"
    if is_development and not LOOPBACK.match(HOST) and os.environ.get("HOST_WARNING") != "off":
        print(
            f"WARNING: a development site listens on {HOST}, where others reach it: "
            "set ENVIRONMENT=production, see docs/operating.md",
            file=sys.stderr,
            flush=True,
        )


def post_fork(server, worker):
    """What a worker needs before it loads the application."""
    worker.load_wsgi = partial(_load, worker.load_wsgi)
    _die_with(server)


def _load(load):
    """Settings that are refused end gunicorn: it would start such a worker again for ever."""
    try:
        load()
    except SystemExit as refusal:
        _give_up(refusal)


def _die_with(server):
    """Let no worker outlive its master: it would keep the port and know nobody to obey."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server.pid:
        os._exit(1)


def post_worker_init(worker):
    """Refuse an unsafe start; and let a stop not wait for open websockets as for requests."""
    _check(worker)
    socketio = getattr(worker.wsgi, "extensions", {}).get("socketio")
    if ROLE == "realtime" and socketio is not None and socketio.server is not None:
        import gevent

        gevent.spawn(
            _drain, worker, socketio.server.eio, worker.wsgi.extensions.get("sockets_gate")
        )


def _check(worker):
    """gunicorn gives up when a worker cannot boot, which is what an unsafe one should not."""
    check = getattr(worker.wsgi, "extensions", {}).get("check_start")
    try:
        if check is not None:
            check()
    except SystemExit as refusal:
        _give_up(refusal)


def _give_up(refusal):
    print(refusal.code, file=sys.stderr, flush=True)
    sys.exit(3)  # the status by which a worker of gunicorn says that another one is in vain


def child_exit(server, worker):
    """Gauges of a worker that is gone count no more."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        folder = glob.escape(os.environ["PROMETHEUS_MULTIPROC_DIR"])  # it is put into a pattern
        multiprocess.mark_process_dead(worker.pid, folder)


def _drain(worker, engine, gate):
    import gevent

    while worker.alive:
        gevent.sleep(0.2)
    if gate is not None:
        gate.close()  # first: who is let go must not come back to this process
    if hasattr(worker, "visits"):
        worker.visits.end_idle()
    for socket in list(engine.sockets.values()):
        # Dropped, not `disconnect`ed: a client takes that as final and never comes back.
        gevent.spawn(socket.close, wait=False, abort=True, reason="server shutdown")
