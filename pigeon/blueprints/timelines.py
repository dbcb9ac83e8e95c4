"""The home page, and the landing page for who is not signed in."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from pigeon.domain.posts import Image
from pigeon.extensions import settings
from pigeon.services import landing as landings
from pigeon.services.timelines import checklist, timelines
from pigeon.web.forms import Form
from pigeon.web.guards import ANYONE, MEMBERS, access
from pigeon.web.login import find_viewer, get_viewer
from pigeon.web.parsing import read_page, read_query
from pigeon.web.timelines import home

POSTS = 10


@access(ANYONE)
def show() -> ResponseReturnValue:
    viewer = find_viewer()
    if viewer is None:
        return _landing()
    asked = read_page(timelines.CURSOR, default=POSTS)
    if read_query("fragment"):
        return home.render_feed(viewer, asked)
    return home.render(viewer, asked)


@access(MEMBERS, rate=(100, 3_600))
def put_checklist_away() -> ResponseReturnValue:
    checklist.put_away(get_viewer().user_id)
    return redirect("/", 303)


def _landing() -> str:
    mosaic: list[Image] = landings.mosaic() if settings().public_reading else []
    return render_template("landing/landing.html", mosaic=mosaic, form=Form())
