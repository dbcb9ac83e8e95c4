"""`bench.empty_page:app`: the application with one more page, which has everything but content."""

from __future__ import annotations

import os

from flask import Flask

from pigeon import create_app
from pigeon.web.guards import MEMBERS, access

PATH = "/empty"


@access(MEMBERS)
def show() -> str:
    return ""


def add_to(application: Flask) -> Flask:
    application.add_url_rule(PATH, "bench.empty", show, methods=["GET"])
    return application


if os.environ.get("PIGEON_ROLE"):
    app = add_to(create_app("web"))
