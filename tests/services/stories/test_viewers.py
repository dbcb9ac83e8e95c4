"""The list of who saw a story: whole, newest first, and without whom its author must not meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain.errors import Forbidden, NotFound
from pigeon.domain.page import PageRequest, read_cursor
from pigeon.domain.sessions import Caller
from pigeon.services.accounts import changes as accounts_changes
from pigeon.services.messages import sending
from pigeon.services.relations import blocks
from pigeon.services.stories import replies, viewers, viewing
from pigeon.services.stories.replies import Answer
from pigeon.services.users import suspensions
from pigeon.services.write_backs import flusher
from tests.factories import Person, age_story, make_story, make_user

pytestmark = [pytest.mark.both_homes, pytest.mark.no_second_look]

DEAD = "redis://127.0.0.1:1"


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


def see(story_id: int, *people: Person) -> None:
    for person in people:
        viewing.mark(story_id, by=person.id)


def react(story_id: int, emoji: str, *, by: Person) -> int:
    to = replies.address(story_id, by=by.id)
    key = f"{story_id}-{emoji.encode().hex()}"
    answer = Answer(reaction=emoji)
    return int(replies.reply(to, story_id, answer, by=by.id, client_msg_id=key)[0].id)


def listed(story_id: int, by: Person, limit: int = 50) -> dict[str, str | None]:
    page = viewers.list_of(story_id, by.id, PageRequest(limit=limit))
    return {view.user.username: view.reaction for view in page.items}


def walk(story_id: int, by: Person, meanwhile: Callable[[], object]) -> list[str]:
    """All pages of twenty, in the order in which they come."""
    kind, before, found = viewers.cursor(story_id), None, []
    while True:
        page = viewers.list_of(story_id, by.id, PageRequest(kind=kind, before=before, limit=20))
        found += [view.user.username for view in page.items]
        if page.next is None:
            return found
        before = read_cursor(kind, page.next)
        meanwhile()


def test_sixty_viewers_are_all_reachable(ann: Person) -> None:
    story_id, people = make_story(ann), [make_user() for _ in range(60)]
    see(story_id, *people)
    later = iter([make_user() for _ in range(4)])
    found = walk(story_id, ann, lambda: see(story_id, next(later)))
    assert found == [person.username for person in people][::-1]
    assert len(walk(story_id, ann, lambda: None)) == 62


def test_what_waits_in_the_journal_is_there_with_its_time(ann: Person) -> None:
    story_id, bob = make_story(ann), make_user("bob")
    see(story_id, bob)
    (view,) = viewers.list_of(story_id, ann.id, PageRequest(limit=5)).items
    assert (view.user.username, view.reaction) == ("bob", None)
    flusher.drain(within_s=5)
    assert viewers.list_of(story_id, ann.id, PageRequest(limit=5)).items == [view]


def test_it_is_shown_also_without_the_journal(
    ann: Person, with_settings: Callable[..., None]
) -> None:
    story_id = make_story(ann)
    see(story_id, make_user("bob"))
    assert flusher.drain(within_s=5)
    with_settings(redis_state_url=DEAD)
    assert listed(story_id, ann) == {"bob": None}


LEAVING: dict[str, Callable[[Person, Person], Any]] = {
    "blocked": lambda ann, bob: blocks.block(bob.id, by=ann.id),
    "who blocks": lambda ann, bob: blocks.block(ann.id, by=bob.id),
    "suspended": lambda _ann, bob: suspensions.suspend(bob.id),
    "withdrawn": lambda _ann, bob: accounts_changes.withdraw(
        bob.id, password="", fresh_identity=True, caller=Caller()
    ),
}


@pytest.mark.parametrize("how", LEAVING)
def test_whom_the_author_does_not_meet_is_left_out(ann: Person, how: str) -> None:
    story_id, bob, cat = make_story(ann), make_user("bob"), make_user("cat")
    see(story_id, bob, cat)
    react(story_id, "🔥", by=bob)
    assert listed(story_id, ann) == {"cat": None, "bob": "🔥"}
    LEAVING[how](ann, bob)
    assert listed(story_id, ann) == {"cat": None}


def test_a_reaction_belongs_to_its_story(ann: Person) -> None:
    one, other, bob = make_story(ann), make_story(ann), make_user("bob")
    see(one, bob)
    react(other, "🔥", by=bob)
    assert (listed(one, ann), listed(other, ann)) == ({"bob": None}, {"bob": "🔥"})


def test_the_last_that_stands_of_many(ann: Person) -> None:
    story_id, bob = make_story(ann), make_user("bob")
    sent = [react(story_id, one, by=bob) for one in ("❤️", "😂", "😮")]
    for number, left in zip(sent[::-1], ("😂", "❤️", None), strict=True):
        sending.unsend(number, by=bob.id)
        assert listed(story_id, ann) == {"bob": left}


def test_it_is_the_authors_alone_and_ends_with_the_story(ann: Person) -> None:
    story_id, bob = make_story(ann), make_user("bob")
    request = PageRequest(limit=5)
    with pytest.raises(Forbidden):
        viewers.list_of(story_id, bob.id, request)
    blocks.block(bob.id, by=ann.id)
    with pytest.raises(NotFound):
        viewers.list_of(story_id, bob.id, request)
    age_story(story_id, seconds=86_400)
    with pytest.raises(NotFound):
        viewers.list_of(story_id, ann.id, request)


@pytest.mark.parametrize("people", [2, 20])
def test_a_page_takes_the_same_statements_however_long(
    ann: Person, queries: Callable[[], Any], people: int
) -> None:
    story_id = make_story(ann)
    for person in (make_user() for _ in range(people)):
        react(story_id, "👏", by=person)
    flusher.drain(within_s=5)
    listed(story_id, ann)
    with queries() as sent:
        assert len(listed(story_id, ann)) == people
    assert len(sent) <= 6, sent
