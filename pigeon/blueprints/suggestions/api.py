"""People to follow, as JSON."""

from __future__ import annotations

from pigeon.domain.page import Page
from pigeon.domain.users import Suggestion
from pigeon.services.suggestions import suggestions
from pigeon.services.users import users
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, viewer_id
from pigeon.web.parsing import read_page


@access(MEMBERS)
@answers(Page[Suggestion], query=LIST)
def list_page() -> Page[Suggestion]:
    return suggestions.page(get_viewer().user_id, read_page(suggestions.CURSOR))


@access(MEMBERS, rate=(400, 3_600))
@answers(status=204)
def dismiss(username: str) -> None:
    suggestions.dismiss(get_viewer().user_id, users.get_card(username, viewer_id()).id)
