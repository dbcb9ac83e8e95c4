"""The tray as a page of its own, for who has no scripts, and as a fragment for those."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from pigeon.services.stories import tray
from pigeon.services.stories.tray import Tray
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.parsing import read_page, read_query
from pigeon.web.stories import trays


@access(MEMBERS)
def show() -> ResponseReturnValue:
    """Everybody who has live stories, a page at a time; with `?fragment=` the list alone."""
    viewer = get_viewer()
    asked = read_page(tray.CURSOR, default=trays.SHOWN)
    shown = trays.markup(Tray(this_viewer()), viewer.ref, viewer.language, asked)
    if read_query("fragment"):
        return shown
    return render_template("stories/tray.html", tray=shown)
