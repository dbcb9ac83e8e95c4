"""The page of posts to discover; each of its tabs has an address."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from pigeon.extensions import settings
from pigeon.services.explore import explore
from pigeon.services.searches import history
from pigeon.web.guards import READERS, access
from pigeon.web.login import this_viewer, viewer_id
from pigeon.web.parsing import read_page, read_query

GRID = 24


@access(READERS)
def show() -> ResponseReturnValue:
    of, reader_id = explore.choose(read_query("of")), viewer_id()
    return render_template(
        "explore/explore.html",
        of=of,
        page=explore.list_posts(of, this_viewer(), read_page(explore.cursor(of), default=GRID)),
        offers_everybody=settings().explore_everybody,
        saves=reader_id is not None and history.saves(reader_id),
    )
