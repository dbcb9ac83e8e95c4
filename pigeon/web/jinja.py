"""What every template knows: who reads, in which language, how to show times, numbers, text."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Flask, get_flashed_messages, request, session
from flask_babel import format_datetime, get_locale
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from pigeon.domain import limits, names, search_marks, text
from pigeon.domain.users import UserRef, avatar_widths
from pigeon.extensions import babel, settings
from pigeon.services.notifications import wording
from pigeon.web import badges, numbers, presence
from pigeon.web.login import find_viewer
from pigeon.web.moments import Moment, choose_zone
from pigeon.web.posts import tallies
from pigeon.web.static import core, import_map, static_url
from pigeon.web.stories import rings

LANGUAGES = ("ko", "en")
EAGERLY = Markup('fetchpriority="high"')
LAZILY = Markup('loading="lazy"')
THEMES = ("system", "light", "dark")


def bind(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = False
    app.jinja_env.globals.update(
        limits=limits,
        static_url=static_url,
        import_map=import_map,
        script_core=core,
        page_key=lambda: secrets.token_urlsafe(12),
        eagerly=EAGERLY,
        lazily=LAZILY,
        flashes=lambda: get_flashed_messages(with_categories=True),
        like_line=tallies.like_line,
        comment_line=tallies.comment_line,
        status_hints=presence.status_hints,
        ring_of=rings.ring_of,
    )
    app.jinja_env.filters.update(
        ago=ago,
        local_time=local_time,
        compact=compact,
        rich=rich,
        address=names.shown_email,
        avatar_widths=avatar_widths,
        grapheme=text.first_grapheme,
        marks=search_marks.parts,
        sentence=wording.parts,
        status_word=presence.status_word,
        chosen_word=presence.chosen_word,
        presence_words=presence.presence_words,
    )
    app.context_processor(_frame)
    babel.init_app(app, locale_selector=choose_language, timezone_selector=choose_zone)


def choose_language() -> str:
    """The reader's setting, else the cookie, else what the browser prefers."""
    viewer = find_viewer()
    if viewer:
        return viewer.language
    kept = request.cookies.get("language") if request else None
    if kept in LANGUAGES:
        return str(kept)
    return _preferred_language() if request else "en"


def _preferred_language() -> str:
    """By the first part of each tag: `ko-KR, en` asks for Korean."""
    for tag, quality in request.accept_languages:
        name = tag.lower().partition("-")[0]
        if quality > 0 and name in LANGUAGES:
            return name
    return "en"


def choose_theme() -> str:
    viewer = find_viewer()
    if viewer:
        return viewer.theme
    kept = request.cookies.get("theme")
    return str(kept) if kept in THEMES else "system"


def _frame() -> dict[str, object]:
    viewer = find_viewer()
    config = settings()
    return {
        "me": viewer.ref if viewer else None,
        "is_admin": viewer is not None and viewer.role == "admin",
        "site_name": config.site_name,
        "language": str(get_locale()),
        "theme": choose_theme(),
        "csrf_token": generate_csrf(),
        "request_path": request.path,
        "public_url": config.public_url,
        "oidc_name": config.oidc_name if config.offers_oidc else None,
        "registration": config.registration,
        "development": not config.is_production,
        "has_session": bool(session),
        "badges": badges.of_viewer,
    }


# -- filters -----------------------------------------------------------------------------------


def ago(at: datetime) -> str:
    """now, 5m, 3h, 2d, 4w; then the date."""
    return Moment.now(str(get_locale()), choose_zone()).ago(at)


def local_time(moment: datetime) -> str:
    """The full time in the reader's zone and language."""
    return str(format_datetime(moment.astimezone(UTC), "full"))


def compact(number: int) -> str:
    """In the reader's language."""
    return numbers.compact(number, str(get_locale()))


def rich(words: str, mentions: list[UserRef]) -> Markup:
    """Text as typed, escaped, with people, tags and addresses linked."""
    known = {ref.username: ref.username for ref in mentions}
    return Markup("").join(_segment(part) for part in text.segments(words, known))


def _segment(part: text.Segment) -> Markup:
    if part.kind == "mention":
        return Markup('<a class="mention-link" href="/u/{}">{}</a>').format(part.target, part.text)
    if part.kind == "tag":
        address = f"/tags/{quote(part.target or '', safe='')}"
        return Markup('<a class="tag-link" href="{}">{}</a>').format(address, part.text)
    if part.kind == "url":
        return Markup('<a href="{}" rel="noopener nofollow ugc" target="_blank">{}</a>').format(
            part.target or part.text, part.text
        )
    return escape(part.text)
