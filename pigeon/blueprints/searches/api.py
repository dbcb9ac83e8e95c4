"""What is found, what is suggested, and one's own history, as JSON."""

from __future__ import annotations

from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.page import Page
from pigeon.domain.posts import Post
from pigeon.domain.searches import SearchEntry, TagHit
from pigeon.domain.users import UserRow
from pigeon.services.searches import captions, history, people, suggesting, tags
from pigeon.services.searches.suggesting import Hit
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, READERS, access
from pigeon.web.login import get_viewer, viewer_id
from pigeon.web.parsing import Body, read_id, read_json, read_page, read_query, read_ranked_page

SAVES = (600, 3_600)
DELETES = (400, 3_600)


class HistoryBody(Body):
    """Either of the two."""

    q: str | None = None
    username: str | None = None


@access(MEMBERS)
@answers(Page[UserRow], query=("q", *LIST))
def list_people() -> Page[UserRow]:
    q = read_query("q")
    return people.find_people(q, viewer_id(), read_ranked_page(f"people-{q}"))


@access(READERS)
@answers(Page[TagHit], query=("q", *LIST))
def list_tags() -> Page[TagHit]:
    q = read_query("q")
    return tags.find_tags(q, read_page(f"tags-{q}"))


@access(READERS)
@answers(Page[Post], query=("q", *LIST))
def list_posts() -> Page[Post]:
    q = read_query("q")
    return captions.find_posts(q, viewer_id(), read_page(f"captions-{q}"))


@access(MEMBERS)
@answers(Page[Hit], query=("q", "for"))
def suggest() -> Page[Hit]:
    """To mention somebody only people; else one's own words and hashtags, too."""
    wanted, q, reader_id = read_query("for"), read_query("q"), get_viewer().user_id
    if wanted not in ("", "search", "mention"):
        raise Invalid({"for": FieldError("bad_format")})
    if wanted == "mention":
        return Page(items=[*people.suggest_mentions(q, reader_id)], next=None)
    return Page(items=suggesting.suggest(q, reader_id), next=None)


# -- one's own history -----------------------------------------------------------------------------


@access(MEMBERS)
@answers(Page[SearchEntry], query=LIST)
def list_history() -> Page[SearchEntry]:
    reader_id = get_viewer().user_id
    return history.list_of(reader_id, read_page(f"searches-{reader_id}"))


@access(MEMBERS, rate=SAVES)
@answers(SearchEntry, 201, body=HistoryBody, also=(404, 409, 422))
def add_history() -> SearchEntry:
    body, by = read_json(HistoryBody), get_viewer().user_id
    if body.q is not None and body.username is not None:
        raise Invalid({"username": FieldError("unknown")})
    if body.username is not None:
        return history.add_person(body.username, by=by)
    return history.add_word(body.q or "", by=by)


@access(MEMBERS, rate=DELETES)
@answers(status=204)
def remove_history() -> None:
    history.delete_all(by=get_viewer().user_id)


@access(MEMBERS, rate=DELETES)
@answers(status=204)
def remove_entry(entry_id: str) -> None:
    history.delete_one(read_id(entry_id), by=get_viewer().user_id)
