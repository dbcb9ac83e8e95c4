"""What is found, as JSON."""

from __future__ import annotations

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.page import Page
from pigeon.domain.searches import TagHit
from pigeon.domain.users import UserHit, UserRow
from pigeon.services.searches import people, tags
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, READERS, access
from pigeon.web.login import get_viewer, viewer_id
from pigeon.web.parsing import read_page, read_query


@access(MEMBERS)
@answers(Page[UserRow], query=("q", *LIST))
def list_people() -> Page[UserRow]:
    q = read_query("q")
    return people.find_people(q, viewer_id(), read_page(f"people-{q}"))


@access(READERS)
@answers(Page[TagHit], query=("q", *LIST))
def list_tags() -> Page[TagHit]:
    q = read_query("q")
    return tags.find_tags(q, read_page(f"tags-{q}"))


@access(MEMBERS)
@answers(Page[UserHit], query=("q", "for"))
def suggest() -> Page[UserHit]:
    """People only, whatever it is for; tags and past queries join them with the search."""
    if read_query("for") not in ("", "search", "mention"):
        raise Invalid({"for": FieldError("bad_format")})
    hits = people.suggest_mentions(read_query("q"), get_viewer().user_id)
    return Page(items=hits, next=None)
