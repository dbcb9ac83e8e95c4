"""Explore as JSON."""

from __future__ import annotations

from pigeon.domain.page import Page
from pigeon.domain.posts import Post
from pigeon.services.explore import explore
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import READERS, access
from pigeon.web.login import this_viewer
from pigeon.web.parsing import read_page, read_query


@access(READERS)
@answers(Page[Post], query=("of", *LIST))
def list_posts() -> Page[Post]:
    of = explore.choose(read_query("of"))
    return explore.list_posts(of, this_viewer(), read_page(explore.cursor(of)))
