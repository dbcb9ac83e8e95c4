"""What presence is in words, in both languages; scripts know the same ones."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, render_template
from flask_babel import force_locale

from pigeon.domain.clock import utc_now
from pigeon.domain.presence import Presence
from pigeon.web import presence

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("status", "before", "english", "korean"),
    [
        ("available", None, "Active now", "현재 활동 중"),
        ("away", timedelta(minutes=5), "Away", "자리 비움"),
        ("busy", None, "Busy", "다른 용무 중"),
        ("offline", timedelta(seconds=59), "Active a moment ago", "방금 전 활동"),
        ("offline", timedelta(minutes=5), "Active 5m ago", "5분 전 활동"),
        ("offline", timedelta(hours=3), "Active 3h ago", "3시간 전 활동"),
        ("offline", timedelta(days=34), "Active 4w ago", "4주 전 활동"),
        ("offline", timedelta(days=35), "", ""),
        ("offline", None, "", ""),
    ],
)
def test_it_is_said_below_a_name(
    app: Flask, status: str, before: timedelta | None, english: str, korean: str
) -> None:
    at = utc_now() - before if before is not None else None
    shown = Presence(username="ann", status=status, last_active_at=at)  # type: ignore[arg-type]
    for language, words in (("en", english), ("ko", korean)):
        with app.test_request_context(), force_locale(language):
            assert presence.presence_words(shown) == words


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_dot_is_said_in_a_word_and_none_is_silent(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        said = [presence.status_word(one) for one in ("available", "away", "busy", "offline")]
        assert len(set(said)) == 4 and said[-1] == ""
        chosen = [presence.chosen_word(one) for one in ("available", "busy", "invisible")]
        assert chosen[:2] == [said[0], said[2]] and chosen[2]


def test_scripts_know_the_words_that_they_say(app: Flask) -> None:
    named = re.findall(
        r'text\("(\w+)"', (ROOT / "pigeon/static/js/presence/drawing.js").read_text()
    )
    with app.test_request_context():
        page = render_template("_ui/strings.html")
    strings = json.loads(re.sub(r"<[^>]+>", "", page))
    assert {*named, "available", "away", "busy", "invisible"} <= strings.keys()
