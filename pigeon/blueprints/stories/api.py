"""Stories as JSON."""

from __future__ import annotations

from pigeon.domain.page import Page
from pigeon.domain.stories import Story, TrayItem
from pigeon.services.stories import changes, stories, tray
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.parsing import read_id, read_key, read_page
from pigeon.web.stories.bodies import PARTS, NewStoryBody, create, read_new
from pigeon.web.wording import story_with_sentences

ADDING = (120, 3_600)
CHANGES = (300, 3_600)


@access(MEMBERS)
@answers(Page[TrayItem], query=LIST)
def list_tray() -> Page[TrayItem]:
    return tray.page(this_viewer(), read_page(tray.CURSOR))


@access(MEMBERS)
@answers(Page[Story], query=LIST)
def list_of_user(username: str) -> Page[Story]:
    page = stories.list_of(username, this_viewer(), read_page(f"stories-{username}"))
    return page.map(lambda some: [story_with_sentences(story) for story in some])


@access(MEMBERS, rate=ADDING, files=1)
@answers(Story, status=202, body=NewStoryBody, multipart=PARTS, also=(201,), is_keyed=True)
def add() -> tuple[Story, int]:
    story = create(get_viewer().user_id, read_new(read_key()))
    return story_with_sentences(story), 202 if story.image is not None else 201


@access(MEMBERS, rate=CHANGES)
@answers(status=204)
def remove(story_id: str) -> None:
    changes.remove(read_id(story_id), by=get_viewer().user_id)


@access(MEMBERS, rate=CHANGES)
@answers(Story, status=202)
def retry(story_id: str) -> Story:
    story = changes.retry(read_id(story_id), by=get_viewer().user_id)
    return story_with_sentences(story)
