"""The page that publishes stories, and lists those of its reader that are not shown yet."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pigeon.blueprints.stories.api import ADDING, CHANGES
from pigeon.domain.errors import DomainError, FieldError
from pigeon.services.stories import changes, stories
from pigeon.web.errors import STATUS
from pigeon.web.forms import Form, focus_first_fault, refused_form
from pigeon.web.guards import MEMBERS, access
from pigeon.web.login import get_viewer
from pigeon.web.parsing import read_id
from pigeon.web.stories import forms
from pigeon.web.stories.bodies import create
from pigeon.web.stories.forms import SentForm, read_form_of_story
from pigeon.web.wording import story_with_sentences

PATH = "/stories/new"
KEY_IS_USED_UP = ("idempotency_conflict", "not_found")
"""Something was shared under it: another story, or one that is gone since."""


@access(MEMBERS)
def show() -> ResponseReturnValue:
    return _page(Form())


@access(MEMBERS, rate=ADDING, files=1)
def publish() -> ResponseReturnValue:
    """One story; scripts send as many as were chosen, each by a call."""
    form = read_form_of_story()
    viewer = get_viewer()
    try:
        story = create(viewer.user_id, form.sent)
    except DomainError as error:
        return _refused(error, form)
    is_shown = story.published_at is not None
    said = _("Your story is published.") if is_shown else _("Your story is being prepared.")
    flash(said, "success")
    return redirect(f"/stories/{story.author.username}", 303)


@access(MEMBERS, rate=CHANGES)
def retry(story_id: str) -> ResponseReturnValue:
    changes.retry(read_id(story_id), by=get_viewer().user_id)
    return redirect(PATH, 303)


def _page(form: Form, *, had_file: bool = False) -> str:
    waiting = stories.waiting_of(get_viewer().user_id)
    return render_template(
        "stories/new.html",
        form=form,
        had_file=had_file,
        choices=forms,
        idempotency_key=form.values.get("idempotency_key") or secrets.token_urlsafe(18),
        waiting=[story_with_sentences(story) for story in waiting],
    )


def _refused(error: DomainError, sent: SentForm) -> ResponseReturnValue:
    """The form again, without the file, which no browser keeps; a refusal used up no key."""
    form = refused_form(error, sent.typed)
    faults: Mapping[str, FieldError] = getattr(error, "fields", {})
    if "image" in faults and faults["image"].code == "required":
        form.errors["image"] = _("Choose a photo, or write something.")
    if "text_style" in form.errors:  # of which the form has the parts
        form.errors["place"] = form.errors.pop("text_style")
    if error.code in KEY_IS_USED_UP:
        form.values["idempotency_key"] = ""
        form.errors[""] = _("This was shared already. Share again to publish another one.")
    page = focus_first_fault(_page(form, had_file=sent.sent.file is not None))
    return make_response(page, STATUS[type(error)])
