"""Saves as JSON."""

from __future__ import annotations

from pigeon.domain.page import Page
from pigeon.domain.posts import Post
from pigeon.domain.saves import Saved
from pigeon.services.saves import saves
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.parsing import read_id, read_page

TAPS = (300, 60)


@access(MEMBERS, rate=TAPS)
@answers(Saved)
def save(post_id: str) -> Saved:
    return saves.set_saved(read_id(post_id), by=get_viewer().user_id, on=True)


@access(MEMBERS, rate=TAPS)
@answers(Saved)
def unsave(post_id: str) -> Saved:
    return saves.set_saved(read_id(post_id), by=get_viewer().user_id, on=False)


@access(MEMBERS)
@answers(Page[Post], query=LIST)
def list_mine() -> Page[Post]:
    reader_id = get_viewer().user_id
    return saves.list_of(reader_id, read_page(saves.cursor(reader_id)))
