"""`make run`: from an environment to a running site, and its end."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from pigeon.processes import embedded, mongo, privacy
from pigeon.processes.data_folder import (
    demo_logins,
    finish_demo,
    held,
    is_demo_pending,
    prepare,
)
from pigeon.processes.plan import Plan, plan_from
from pigeon.processes.supervisor import StartFailed, StopRequested, Supervisor, say
from pigeon.processes.syncing import kept_synced
from pigeon.version import VERSION

SHOWN_LOGINS = 4


def run(environ: Mapping[str, str], *, root: Path) -> int:
    """Run the site until it is asked to stop; returns the exit status.

    `root` is the folder that holds `wsgi.py` and `gunicorn.conf.py`.
    """
    began = time.monotonic()
    data = Path(environ.get("DATA") or "var").absolute()
    privacy.keep_new_files_private()
    with held(data):
        privacy.close_folder(data)
        plan = plan_from(environ)
        _refuse_taken_ports(plan)
        _refuse_newer_data(plan)
        prepare(plan)
        for role in embedded.ROLES:
            embedded.end_orphan(embedded.socket_path(role, data))
        try:
            with (
                kept_synced(embedded.append_only_folder(data)),
                Supervisor(root=root, env=plan.env) as supervisor,
            ):
                _start(supervisor, plan)
                _announce(plan, took_s=time.monotonic() - began)
                supervisor.supervise()
        except StopRequested:
            say("Stopped.")
            return 0
        except StartFailed as failure:
            say(f"The site did not start: {failure}.")
            return 1
    return 0


def _start(supervisor: Supervisor, plan: Plan) -> None:
    say(f"PigeonStargram {VERSION}")
    supervisor.start((*plan.redis, *plan.mongo))
    say("Bringing the database up to date …")
    supervisor.run_once(plan.migrate)
    if is_demo_pending(plan.data):
        say("First start: painting a demo, which takes a minute …")
        supervisor.run_once(plan.demo)
        finish_demo(plan.data)
    say("Starting …")
    supervisor.start(plan.servers)


def _refuse_newer_data(plan: Plan) -> None:
    """Only where the state Redis is ours: another one has its files elsewhere."""
    if any(process.name == "redis-state" for process in plan.redis):
        embedded.refuse_newer_data(plan.data, binary=embedded.server_binary())


def _refuse_taken_ports(plan: Plan) -> None:
    """Say which port is taken now, and not after the start's work in a log line of gunicorn."""
    for port in plan.ports:
        family = socket.AF_INET6 if ":" in plan.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((plan.host, port))
            except OSError as error:
                raise SystemExit(_refusal(error, plan.host, port)) from None


def _refusal(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken. Choose another one: make run PORT={port + 1000}"
    return f"Cannot listen on {host} port {port}: {error.strerror}."


def _announce(plan: Plan, *, took_s: float) -> None:
    say("")
    say(f"{plan.env.get('SITE_NAME') or 'PigeonStargram'} is ready: {plan.address}")
    if plan.needs_nginx:
        ports = ", ".join(process.name for process in plan.servers if ":" in process.name)
        say(f"It is served by several processes ({ports}):")
        say("put nginx in front of them, see nginx.conf, and set PUBLIC_URL to its address.")
    logins = demo_logins(plan.data)
    if logins:
        say("")
        say("Log in as somebody of the demo:")
    for username, password in logins[:SHOWN_LOGINS]:
        say(f"  {username:<12} {password}")
    if len(logins) > SHOWN_LOGINS:
        say(f"  … and {len(logins) - SHOWN_LOGINS} more in {plan.data / 'demo.json'}")
    if plan.mongo:
        say("")
        say(f"Messages are in {mongo.folder(plan.data)}, kept by SecantusDB in place of a MongoDB.")
        say("It is for trying: every user of this machine can reach it. Without MONGO=on the site")
        say("has the messages that are in its SQL database.")
    lines = privacy.warning(plan)
    for line in ["", *lines] if lines else ():
        say(line)
    say("")
    say(f"Started in {took_s:.1f} s. Ctrl-C stops everything.")
