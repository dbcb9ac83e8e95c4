"""A site as the supervisor sees one: a page, a socket, and the two commands of a start."""

import os

if os.environ.get("PIGEON_ROLE") == "realtime":
    from gevent import monkey

    if not monkey.is_module_patched("socket"):
        monkey.patch_all()

from pathlib import Path

import click
from flask import Flask

DATA = Path(os.environ["DATA"])

app = Flask(__name__)
if os.environ.get("PIGEON_ROLE") == "realtime":  # the commands start faster without
    from flask_socketio import SocketIO

    SocketIO(app, async_mode="gevent", transports=["websocket"])


@app.get("/readyz")
def ready() -> str:
    return "ok"


@app.cli.group("db")
def database() -> None:
    pass


@database.command()
def upgrade() -> None:
    if os.environ.get("UPGRADE") == "fails":
        raise click.ClickException("the schema is from the future")


@app.cli.command()
def demo() -> None:
    with (DATA / "demo-runs").open("a") as runs:
        runs.write("x")
    (DATA / "demo.json").write_text('[{"username": "ann", "password": "coo-coo-coo"}]')
