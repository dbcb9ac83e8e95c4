"""Which processes `make run` starts, decided from the environment alone."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pigeon.processes import embedded, mongo

WORKERS = {"fanout": 1, "fanout-bulk": 1, "notify": 1, "media": 2, "mail": 1, "default": 1}
WILDCARDS = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}
GRACEFUL_S = 6  # below the supervisor's own patience, so that gunicorn ends by itself


def _at_once() -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process to run: its command, what its environment adds, and when it is of use.

    `ready_file` is removed before a start; the process makes it when it is ready.
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready_file: Path | None = None
    is_ready: Callable[[], bool] = _at_once


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything of one start: `migrate` and `demo` come to an end, all others run on.

    `env` is the whole environment of every process, to which a process adds its own.
    """

    data: Path
    host: str
    ports: tuple[int, ...]
    env: Mapping[str, str]
    redis: tuple[Process, ...]
    mongo: tuple[Process, ...]
    migrate: Process
    demo: Process
    servers: tuple[Process, ...]

    @property
    def address(self) -> str:
        return self.env["PUBLIC_URL"]

    @property
    def needs_nginx(self) -> bool:
        return len(self.ports) > 1

    @property
    def is_development(self) -> bool:
        return self.env.get("ENVIRONMENT") != "production"


def plan_from(environ: Mapping[str, str]) -> Plan:
    """The plan for an environment; raises SystemExit with a sentence where a value is wrong."""
    data = Path(environ.get("DATA") or "var").absolute()
    host, port = environ.get("HOST") or "127.0.0.1", _number(environ, "PORT", 8000)
    redis = tuple(_redis(role, data) for role in embedded.ROLES if not _is_external(environ, role))
    web, realtime = _server_counts(environ)
    ports = tuple(range(port, port + web + realtime))
    mongo_port = _mongo_port(environ)
    return Plan(
        data=data,
        host=host,
        ports=ports,
        env=_environment(environ, data, host=host, port=port, mongo_port=mongo_port),
        redis=redis,
        mongo=(_mongo(data, mongo_port),) if mongo_port else (),
        migrate=_flask("migrate", "db", "upgrade"),
        demo=_flask("demo", "demo"),
        servers=(
            *(_server("web", "sync", host, number) for number in ports[:web]),
            *(_server("realtime", "gevent", host, number) for number in ports[web:]),
            *_workers(environ, data),
            _jobs("scheduler", data, "pigeon.jobs.scheduler"),
        ),
    )


def _server_counts(environ: Mapping[str, str]) -> tuple[int, int]:
    """Pages and sockets apart when somebody asks for it, else one gevent server for both."""
    if not (environ.get("WEB") or environ.get("REALTIME")):
        return 0, 1
    return max(1, _number(environ, "WEB", 1)), max(1, _number(environ, "REALTIME", 1))


def _mongo_port(environ: Mapping[str, str]) -> int:
    """Of the server of MongoDB's wire that `MONGO=on` starts; 0 without it."""
    word = environ.get("MONGO") or "off"
    if word not in ("on", "off"):
        raise SystemExit(f"MONGO must be on or off, not {word!r}.")
    if word == "off":
        return 0
    if environ.get("MONGO_URL") or environ.get("MONGO_URL_FILE"):
        raise SystemExit("MONGO=on starts a server of its own: leave MONGO_URL out, or MONGO=on.")
    if environ.get("ENVIRONMENT") == "production":
        raise SystemExit("MONGO=on is for trying: in production set MONGO_URL to your MongoDB.")
    if not mongo.SERVER.exists():
        raise SystemExit("MONGO=on needs a server, which make run MONGO=on installs.")
    return mongo.free_port()


def _mongo(data: Path, port: int) -> Process:
    command = mongo.server_command(mongo.folder(data), port) + mongo.DURABLE
    return Process(name="mongodb", command=command, is_ready=lambda: mongo.is_answering(port))


def _environment(
    environ: Mapping[str, str], data: Path, *, host: str, port: int, mongo_port: int
) -> dict[str, str]:
    own = {"DATA": str(data), "HOST": host, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    shown = WILDCARDS.get(host, host)
    own["PROMETHEUS_MULTIPROC_DIR"] = str(data / "run" / "metrics")
    own["PUBLIC_URL"] = environ.get("PUBLIC_URL") or f"http://{_bracketed(shown)}:{port}"
    if mongo_port:
        own["MONGO_URL"] = mongo.url_of(mongo_port)
    for role, url in zip(embedded.ROLES, embedded.socket_urls(data), strict=True):
        if not _is_external(environ, role):
            own[f"REDIS_{role.upper()}_URL"] = url
    return {**environ, **own}


def _is_external(environ: Mapping[str, str], role: str) -> bool:
    names = ("REDIS_URL", f"REDIS_{role.upper()}_URL")
    return any(environ.get(name) or environ.get(f"{name}_FILE") for name in names)


def _redis(role: str, data: Path) -> Process:
    path = embedded.socket_path(role, data)
    return Process(
        name=f"redis-{role}",
        command=embedded.server_command(role, data, binary=embedded.server_binary()),
        is_ready=lambda: embedded.is_answering(path),
    )


def _flask(name: str, *arguments: str) -> Process:
    return Process(name=name, command=(sys.executable, "-m", "flask", "--app", "wsgi", *arguments))


def _server(role: str, kind: str, host: str, port: int) -> Process:
    options = ("-c", "gunicorn.conf.py", "-k", f"pigeon.processes.gunicorn_{kind}.Worker")
    return Process(
        name=f"{role}:{port}",
        command=(sys.executable, "-m", "gunicorn", *options, "wsgi:app"),
        env={
            "PIGEON_ROLE": role,
            "PORT": str(port),
            "GRACEFUL_S": str(GRACEFUL_S),
            "HOST_WARNING": "off",
        },
        is_ready=lambda: _answers_ok(WILDCARDS.get(host, host), port),
    )


def _workers(environ: Mapping[str, str], data: Path) -> tuple[Process, ...]:
    counts = {
        queue: _number(environ, f"WORKER_{queue.upper().replace('-', '_')}", default)
        for queue, default in WORKERS.items()
    }
    slots = tuple(f"{queue}={count}" for queue, count in counts.items() if count)
    return (_jobs("worker", data, "pigeon.jobs.worker", *slots),) if slots else ()


def _jobs(name: str, data: Path, module: str, *arguments: str) -> Process:
    ready = data / "run" / f"{name}.ready"
    return Process(
        name=name,
        command=(sys.executable, "-m", module, *arguments),
        env={"PIGEON_READY_FILE": str(ready)},
        ready_file=ready,
        is_ready=ready.exists,
    )


def _answers_ok(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=1.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    word = environ.get(name) or str(default)
    if not word.isdecimal():
        raise SystemExit(f"{name} must be a whole number, not {word!r}.")
    return int(word)
