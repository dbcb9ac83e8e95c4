"""The table of kinds, and rows of kinds that are not in it because a newer process wrote them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from pigeon.domain.errors import Invalid
from pigeon.domain.notifications import Notification, NotificationCounts, Subject
from pigeon.domain.page import PageRequest
from pigeon.domain.users import Notify
from pigeon.extensions import db
from pigeon.services.likes import likes
from pigeon.services.notifications import (
    delivery,
    frames,
    notifications,
    recipients,
    sources,
    wording,
)
from pigeon.services.notifications.contents import Occasion
from pigeon.services.notifications.source import Forms, Source, lead_to_actor
from pigeon.services.notifications.sources import FILTERS, SETTINGS, SOURCES
from pigeon.services.notifications.sources import likes as likes_source
from pigeon.services.write_backs import flusher
from tests.factories import Person, make_comment, make_post, make_user
from tests.factories.notifications import of_a_newer_process
from tests.harness.online import bring_online


def listed(reader: Person) -> list[Notification]:
    db.session.rollback()
    return notifications.list_of(reader.id, PageRequest(limit=50)).items


def said(notification: Notification, language: str) -> str:
    (found,) = wording.say_in(language, [notification])
    return found.message


@pytest.mark.parametrize(("kind", "subject"), [("story_like", "story"), ("like", "story")])
@pytest.mark.parametrize("is_grouped", [False, True])
def test_a_kind_that_a_newer_process_wrote_is_listed_counted_and_marked(
    ann: Person,
    ben: Person,
    drain: Callable[[], int],
    kind: str,
    subject: str,
    is_grouped: bool,
) -> None:
    make_comment(make_post(ann), ben)
    drain()
    row_id = of_a_newer_process(
        ann, kind=kind, subject=subject, actor_id=None if is_grouped else ben.id
    )
    newest, known = listed(ann)
    assert known.kind == "comment"
    assert (newest.id, newest.kind, newest.actors, newest.actor_count) == (str(row_id), kind, [], 0)
    assert newest.subject == Subject(kind="user", id=str(ann.id), post_id=None)
    assert (newest.href, newest.is_available, newest.excerpt) == ("/notifications", True, "")
    assert said(newest, "en") == "There is something new"
    assert said(newest, "ko") == "새로운 소식이 있어요"
    with force_locale("en"):
        assert [part.is_bold for part in wording.parts(newest)] == [False]
    assert notifications.mark_seen(ann.id) == NotificationCounts(unseen=0, unread=2)
    assert notifications.mark_read(row_id, by=ann.id) == NotificationCounts(unseen=0, unread=1)
    notifications.remove(row_id, by=ann.id)
    assert [one.kind for one in listed(ann)] == ["comment"]


def test_its_frame_is_pushed_in_neutral_words_too(ann: Person, ben: Person) -> None:
    bring_online([ann.id])
    row_id = of_a_newer_process(ann, kind="story_like", subject="story", actor_id=ben.id)
    (frame,) = frames.of_rows({row_id: ann.id})
    assert (frame.event, frame.recipient_id) == ("notification.created", ann.id)
    assert frame.payload["message"] == "There is something new"
    assert (frame.payload["kind"], frame.payload["unseen"]) == ("story_like", 1)


def test_an_unknown_kind_cannot_be_asked_for(app: Flask) -> None:
    with pytest.raises(Invalid):
        notifications.check_kinds(["story_like"])


def test_a_source_and_its_announcement_are_all_that_a_kind_needs(
    ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    waved = Source(
        kind="wave", sentences={"user": Forms(one="%(name)s waved to you")}, target=lead_to_actor
    )
    monkeypatch.setitem(SOURCES, "wave", waved)
    occasion = Occasion(
        event="w1", actor_id=ben.id, subject_kind="user", subject_id=ann.id, post_id=None
    )
    assert delivery.deliver(lambda: (occasion, [(waved, [ann.id, ben.id])])) == [ann.id]
    (one,) = listed(ann)
    assert (one.kind, one.href) == ("wave", "/u/ben")
    assert said(one, "en") == "ben waved to you"
    assert not listed(ben)


def test_settings_are_the_fields_of_notify_and_kinds_name_those_alone() -> None:
    assert {setting.name for setting in SETTINGS} == set(Notify.__dataclass_fields__)
    assert {source.setting for source in SOURCES.values()} - {None} == set(SETTINGS)
    assert {source.filter for source in SOURCES.values()} - {None} == set(FILTERS)


def test_every_module_of_sources_is_in_the_table() -> None:
    modules = {path.stem for path in Path(sources.__file__).parent.glob("*.py")} - {"__init__"}
    found = {
        module
        for module in modules
        if any(value in SOURCES.values() for value in vars(getattr(sources, module)).values())
    }
    assert found == modules


def test_whom_a_group_may_name_is_one_question_for_all_of_them(
    ann: Person, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []

    def all_but_the_first(actor_ids: Sequence[int], *, recipient_id: int) -> list[int]:
        asked.append(list(actor_ids))
        return list(actor_ids)[1:]

    monkeypatch.setattr(recipients, "may_be_named", all_but_the_first)
    people = [make_user() for _ in range(5)]
    post = make_post(ann)
    for person in people:
        likes.set_liked(likes.POSTS, post.id, by=person.id, on=True)
    flusher.flush()
    drain()
    assert [sorted(actors) for actors in asked] == [[person.id for person in people]]
    assert listed(ann)[0].actor_count == 4


def test_the_kind_of_a_group_says_who_is_in_it() -> None:
    grouped = {source.kind for source in SOURCES.values() if source.present}
    assert grouped == {"like", "follow"}
    assert SOURCES["like"] is likes_source.LIKE
