"""Stories as pages: a person's, one under another, and the question before one is deleted."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pigeon.blueprints.stories.api import CHANGES
from pigeon.domain.clock import utc_now
from pigeon.domain.limits import PAGE_MAX
from pigeon.domain.stories import REACTIONS
from pigeon.extensions import settings
from pigeon.services.stories import changes, stories
from pigeon.services.users import users
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.parsing import read_id, read_page, read_query
from pigeon.web.wording import story_with_sentences


@access(MEMBERS)
def show(username: str) -> ResponseReturnValue:
    """A person's live stories; with `?fragment=` the part that the viewer is made of.

    Looking at it marks nothing: that somebody saw a story is said by the viewer, after a second.
    """
    viewer = this_viewer()
    page = stories.list_of(username, viewer, read_page(f"stories-{username}", default=PAGE_MAX))
    person = users.get(username, viewer)
    is_mine = int(person.id) == viewer.id
    waiting = stories.waiting_of(int(person.id)) if is_mine else []
    return render_template(
        "stories/_person.html" if read_query("fragment") else "stories/show.html",
        person=person,
        is_mine=is_mine,
        page=page,
        waiting=[story_with_sentences(story) for story in waiting],
        reactions=REACTIONS,
        now=utc_now(),
        seconds=settings().story_seconds,
    )


@access(MEMBERS)
def show_delete(story_id: str) -> ResponseReturnValue:
    number, by = read_id(story_id), get_viewer().user_id
    stories.check_owns(number, by)
    return render_template("stories/delete.html", story=stories.get(number, by))


@access(MEMBERS, rate=CHANGES)
def delete(story_id: str) -> ResponseReturnValue:
    viewer = get_viewer()
    changes.remove(read_id(story_id), by=viewer.user_id)
    flash(_("Your story was deleted."), "success")
    return redirect(f"/stories/{viewer.username}", 303)
