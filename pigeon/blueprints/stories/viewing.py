"""Seeing a story, answering it, and the list of who saw it: calls, and pages without scripts."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pigeon.blueprints.messages.api import SENDING
from pigeon.domain.errors import Conflict, DomainError, Forbidden, Invalid, Moving
from pigeon.domain.messages import Message
from pigeon.domain.page import Page
from pigeon.domain.stories import StoryView
from pigeon.services.stories import replies, stories, viewers, viewing, views
from pigeon.services.stories.replies import Answer
from pigeon.web.answers import LIST, answers
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer, this_viewer
from pigeon.web.messages.bodies import TEXT_LIMITS, id_of
from pigeon.web.parsing import Body, read_form, read_id, read_json, read_page
from pigeon.web.paths import referring_path
from pigeon.web.wording import error_sentence, field_sentences, message_with_sentences

VIEWS = (600, 60)
ROWS = 40
REFUSALS = (Invalid, Forbidden, Conflict, Moving)


class ReplyBody(Body):
    """One of `text` and `reaction`, which is one of six emoji."""

    LIMITS = TEXT_LIMITS

    text: str = ""
    reaction: str | None = None
    client_msg_id: str = ""


# -- calls -----------------------------------------------------------------------------------------


@access(MEMBERS, rate=VIEWS)
@answers(status=204)
def mark(story_id: str) -> None:
    viewing.mark(read_id(story_id), by=get_viewer().user_id)


@access(MEMBERS)
@answers(Page[StoryView], query=LIST, also=(403,))
def list_viewers(story_id: str) -> Page[StoryView]:
    number, who = read_id(story_id), this_viewer()
    stories.check_owns(number, who)
    return viewers.list_of(number, who, read_page(viewers.cursor(number)))


@access(MEMBERS, rate=SENDING)
@answers(Message, status=201, body=ReplyBody, also=(200, 409))
def reply(story_id: str) -> tuple[Message, int]:
    """Whom it is for, the story says: a body that names anybody is refused."""
    number, by = read_id(story_id), get_viewer().user_id
    to = replies.address(number, by=by)
    body = read_json(ReplyBody)
    answer = Answer(text=body.text, reaction=body.reaction)
    said, is_new = replies.reply(to, number, answer, by=by, client_msg_id=body.client_msg_id)
    return message_with_sentences(said), 201 if is_new else 200


# -- pages -----------------------------------------------------------------------------------------


@access(MEMBERS, rate=SENDING)
def send_reply(story_id: str) -> ResponseReturnValue:
    """Back to where it was written, with a word about what became of it."""
    number, by = read_id(story_id), get_viewer().user_id
    author = stories.get(number, this_viewer()).author
    typed = read_form("text", "reaction", "client_msg_id", own=TEXT_LIMITS)
    try:
        answer = Answer(text=typed["text"], reaction=typed["reaction"] or None)
        key = id_of(typed["client_msg_id"], story_id, answer.reaction or answer.text)
        to = replies.address(number, by=by)
        replies.reply(to, number, answer, by=by, client_msg_id=key)
    except REFUSALS as error:
        flash(_sentence_of(error), "error")
    else:
        flash(_("Reaction sent.") if answer.reaction else _("Reply sent."), "success")
    return redirect(referring_path(f"/stories/{author.username}"), 303)


def _sentence_of(error: DomainError) -> str:
    fields = error.fields if isinstance(error, Invalid) else {}
    return next(iter(field_sentences(fields).values()), error_sentence(error.code))


@access(MEMBERS)
def show_viewers(story_id: str) -> ResponseReturnValue:
    """The whole page, of which scripts show the list in a dialog."""
    number, who = read_id(story_id), this_viewer()
    author = stories.check_owns(number, who).author
    found = viewers.list_of(number, who, read_page(viewers.cursor(number), default=ROWS))
    return render_template(
        "stories/viewers.html",
        page=found,
        count=views.counts_of([number]).get(number, 0),
        path=f"/stories/{number}/viewers",
        back=f"/stories/{author.username}",
    )
