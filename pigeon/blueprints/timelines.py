"""The home page, and the landing page for who is not signed in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from pigeon.domain.page import Page, PageRequest
from pigeon.domain.posts import Image
from pigeon.domain.sessions import SessionUser
from pigeon.extensions import settings
from pigeon.services import counts, posts, suggestions, timelines
from pigeon.services import landing as landings
from pigeon.services.timelines import Entry
from pigeon.web import feed
from pigeon.web.forms import Form
from pigeon.web.guards import ANYONE, access
from pigeon.web.login import find_viewer
from pigeon.web.parsing import read_page

POSTS = 10
SUGGESTED = 5
FIRST_SUGGESTED = 8


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """The first steps of somebody who follows nobody yet."""

    has_avatar: bool
    follows_somebody: bool
    has_posted: bool


@access(ANYONE)
def show() -> ResponseReturnValue:
    viewer = find_viewer()
    if viewer is None:
        return _landing()
    asked = read_page(timelines.CURSOR, default=POSTS)
    language = str(get_locale())
    page = feed.page_of(viewer.user_id, asked, language)
    template = "timelines/_feed.html" if request.args.get("fragment") else "timelines/home.html"
    return render_template(template, **_home(viewer, asked, page, language))


def _home(
    viewer: SessionUser, asked: PageRequest, page: Page[Entry], language: str
) -> dict[str, object]:
    checklist = _checklist(viewer)
    wanted = FIRST_SUGGESTED if checklist else SUGGESTED
    return {
        "page": page,
        "cards": feed.cards(page.items, viewer.user_id, language),
        "pending": posts.list_pending(viewer.user_id) if asked.before is None else [],
        "checklist": checklist if asked.before is None else None,
        "suggestions": suggestions.page(viewer.user_id, PageRequest(limit=wanted)).items,
    }


def _checklist(viewer: SessionUser) -> Checklist | None:
    counted = counts.of_user(viewer.user_id)
    if counted.following_count:
        return None
    return Checklist(
        has_avatar=viewer.avatar is not None,
        follows_somebody=False,
        has_posted=counted.post_count > 0,
    )


def _landing() -> str:
    mosaic: list[Image] = landings.mosaic() if settings().public_reading else []
    return render_template("landing/landing.html", mosaic=mosaic, form=Form())
