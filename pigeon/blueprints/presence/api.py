"""One's own presence as JSON."""

from __future__ import annotations

from pigeon.domain.presence import Presence
from pigeon.services import presence
from pigeon.web.answers import answers
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.parsing import Body, read_json


class StatusBody(Body):
    status: str


@access(MEMBERS, rate=(60, 60))
@answers(Presence, body=StatusBody, also=(422,))
def choose() -> Presence:
    return presence.choose(read_json(StatusBody).status, by=get_viewer().user_id)
