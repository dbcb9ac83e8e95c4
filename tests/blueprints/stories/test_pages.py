"""A person's stories as a plain page, and deleting one by a form."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from pigeon.services.relations import blocks
from pigeon.services.stories import views
from tests.factories import Person, age_story, make_follow, make_story, make_user
from tests.harness.clients import Client
from tests.harness.forms import forms_of

pytestmark = pytest.mark.both_modes


@pytest.fixture(autouse=True)
def _follows(mode: str, ann: Person, bob: Person) -> None:
    """Bob follows ann; `client` is bob's."""
    make_follow(bob, ann)


@pytest.fixture
def hers(client_for: Callable[[Person], Client], ann: Person) -> Client:
    return client_for(ann)


def shown_in(html: str) -> list[str]:
    return re.findall(r'class="story" data-story="(\d+)"', html)


def test_stories_stand_one_under_another(client: Client, ann: Person) -> None:
    first, second = make_story(ann, "one <b>", picture=True), make_story(ann, "two", x=0.25)
    page = client.get("/stories/ann")
    assert page.status_code == 200
    assert shown_in(page.text) == [str(first), str(second)]
    assert "one &lt;b&gt;" in page.text and 'data-x="0.25"' in page.text
    assert forms_of(page.text)[f"/stories/{second}/reply"]["text"] == ""
    assert page.text.count('name="reaction"') == 12
    assert f"/stories/{first}/viewers" not in page.text
    assert f"/stories/{first}/delete" not in page.text


def test_their_author_sees_who_looks_and_may_delete(hers: Client, ann: Person) -> None:
    story_id = make_story(ann, hours_ago=3.5)
    html = hers.get("/stories/ann").text
    assert f'href="/stories/{story_id}/viewers"' in html
    assert f'href="/stories/{story_id}/delete"' in html
    assert "20h left" in html
    assert f"/stories/{story_id}/reply" not in html


def test_looking_at_the_page_marks_nothing(client: Client, ann: Person, bob: Person) -> None:
    story_id = make_story(ann)
    client.get("/stories/ann")
    client.get("/stories/ann?fragment=viewer")
    assert views.counts_of([story_id]) == {story_id: 0}


def test_without_a_live_story_it_says_so(client: Client, hers: Client, ann: Person) -> None:
    age_story(make_story(ann), seconds=86_400)
    page = client.get("/stories/ann")
    assert page.status_code == 200 and "has no story that is shown now" in page.text
    assert shown_in(page.text) == []
    assert 'href="/stories/new"' in hers.get("/stories/ann").text


def test_not_there_for_whom_it_is_not(
    client: Client, ann: Person, bob: Person, client_for: Callable[[Person], Client]
) -> None:
    shut = make_user("shut", is_private=True)
    make_story(shut)
    make_story(ann)
    assert client.get("/stories/shut").status_code == 404
    assert client.get("/stories/nobody").status_code == 404
    assert client_for(shut).get("/stories/shut").status_code == 200
    blocks.block(bob.id, by=ann.id)
    assert client.get("/stories/ann").status_code == 404


def test_more_than_a_page_is_reached_by_its_link(client: Client, ann: Person) -> None:
    made = [str(make_story(ann, f"number {n}")) for n in range(51)]
    html = client.get("/stories/ann").text
    assert shown_in(html) == made[:50]
    (more,) = re.findall(r'href="(/stories/ann\?before=[^"]+)"', html)
    assert shown_in(client.get(more).text) == made[50:]


def test_deleted_by_a_form_that_asks_first(hers: Client, client: Client, ann: Person) -> None:
    story_id = make_story(ann, "goodbye")
    path = f"/stories/{story_id}/delete"
    assert client.get(path).status_code == 403
    asked = hers.get(path)
    assert "goodbye" in asked.text
    assert shown_in(hers.get("/stories/ann").text) == [str(story_id)]
    answer = hers.post(path, data=forms_of(asked.text)[path])
    assert (answer.status_code, answer.location) == (303, "/stories/ann")
    assert hers.get(path).status_code == 404
    assert shown_in(client.get("/stories/ann").text) == []


def test_in_korean(client_for: Callable[[Person], Client], ann: Person) -> None:
    make_story(ann)
    korean = make_user("minji", language="ko")
    assert "ann님의 스토리" in client_for(korean).get("/stories/ann").text
