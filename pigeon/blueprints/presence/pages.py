"""The form that chooses what one is shown as; it stands at one's own handle."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue

from pigeon.services import presence
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.parsing import read_form
from pigeon.web.paths import referring_path


@access(MEMBERS, rate=(60, 60))
def choose() -> ResponseReturnValue:
    presence.choose(read_form("status")["status"], by=get_viewer().user_id)
    return redirect(referring_path("/messages"), 303)
