"""The tray on home and by itself, and rings around pictures on every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pigeon.domain.clock import utc_now
from pigeon.extensions import db
from pigeon.models import StoryModel, StoryViewModel
from pigeon.services.follows import follows, requests
from pigeon.services.relations import blocks, mutes
from pigeon.services.stories import changes
from pigeon.services.stories.views import VIEWS
from pigeon.unit_of_work import unit_of_work
from pigeon.web.stories import trays
from tests.factories import (
    Person,
    age_story,
    make_comment,
    make_follow,
    make_message,
    make_post,
    make_story,
    make_user,
)
from tests.harness.clients import Client

pytestmark = pytest.mark.both_modes
ITEM = re.compile(
    r'<li class="tray-item[^>]*data-tray="(\w+)"[^>]*>\s*<a class="tray-link" href="([^"]+)"[^>]*>'
    r'<span class="tray-picture">.*?(<span class="(?:visually-hidden|tray-name).*?)</a>',
    re.S,
)
UNSPOKEN = re.compile(r'<span [^>]*aria-hidden="true">.*?</span>|<[^>]+>')


@pytest.fixture(autouse=True)
def _follows(mode: str, ann: Person, bob: Person) -> None:
    """Bob follows ann; `client` is bob's."""
    make_follow(bob, ann)


def tray_of(browser: Client, path: str = "/") -> list[tuple[str, str, str]]:
    """Name, address and spoken name of each place in the tray, in its order."""
    found = ITEM.findall(browser.get(path).text)
    return [(name, href, UNSPOKEN.sub("", words)) for name, href, words in found]


def ring_of(browser: Client, path: str, name: str = "ann") -> set[str]:
    """The classes of everything that may have a ring of that person."""
    html = browser.get(path).text
    found = re.findall(rf'<(a|span) class="([^"]*\bring\b[^"]*)"[^>]*data-ring-user="{name}"', html)
    assert found, f"{path} shows no picture of {name}"
    return {f"{tag} {classes}" for tag, classes in found}


def see(story_id: int, person: Person) -> None:
    with unit_of_work():
        db.session.add(StoryViewModel(story_id=story_id, user_id=person.id, created_at=utc_now()))
    VIEWS.flags.evict(person.id)


def test_it_begins_with_ones_own_and_a_hint(client: Client) -> None:
    assert tray_of(client) == [("bob", "/stories/new", "Your story: add one")]
    html = client.get("/").text
    assert "Stories of the people you follow" in html
    assert 'role="list" aria-label="Stories"' in html


def test_unseen_before_seen_each_by_the_latest(client: Client, ann: Person, bob: Person) -> None:
    cat, dan = make_user("cat"), make_user("dan")
    for person in (cat, dan):
        make_follow(bob, person)
    see(make_story(ann, hours_ago=1), bob)
    make_story(cat, hours_ago=3)
    for _ in range(2):
        make_story(dan, hours_ago=2)
    make_story(bob)
    assert tray_of(client) == [
        ("bob", "/stories/bob", "Your story"),
        ("dan", "/stories/dan", "Story by dan, 2 new"),
        ("cat", "/stories/cat", "Story by cat, 1 new"),
        ("ann", "/stories/ann", "Story by ann, seen"),
    ]
    assert tray_of(client, "/stories") == tray_of(client) == tray_of(client, "/stories?fragment=1")


def test_ones_own_is_prepared_or_has_failed(
    client: Client, bob: Person, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    story_id = make_story(bob)
    for state, words in (("processing", "being prepared"), ("failed", "one could not be shared")):
        with unit_of_work():
            db.session.get(StoryModel, story_id).state = state
        age_story(story_id)  # which evicts
        with unit_of_work():
            story = db.session.get(StoryModel, story_id)
            story.published_at = story.expires_at = None
        assert tray_of(client) == [("bob", "/stories/new", f"Your story, {words}")]
    html = client.get("/").text
    assert 'class="tray-mark is-failed" aria-hidden="true">!' in html
    assert '<a class="tray-add" href="/stories/new" aria-label="New story"' in html


def test_the_rest_is_behind_a_link(
    client: Client, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trays, "SHOWN", 2)
    for number in range(5):
        person = make_user(f"pip{number}")
        make_follow(bob, person)
        make_story(person, hours_ago=number + 1)
    names, path = [], "/stories?limit=2"
    for _ in range(3):
        html = client.get(path).text
        names.append([name for name, *_ in ITEM.findall(html)])
        more = re.search(r'href="(/stories\?before=[^"]+)" rel="next"', html)
        path = f"{more[1]}&limit=2" if more else ""
    assert names == [["bob", "pip0", "pip1"], ["pip2", "pip3"], ["pip4"]] and not path
    assert [name for name, *_ in tray_of(client)] == ["bob", "pip0", "pip1"]


def test_the_last_story_ends_while_everything_is_cached(
    client: Client, ann: Person, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Peers kept the ring until their caches had forgotten it."""
    post = make_post(ann)
    story_id = make_story(ann)
    drain()
    paths = ("/", "/u/ann", f"/p/{post.id}", "/u/ann/card")
    for path in paths * 2:
        assert any("is-unseen" in ring for ring in ring_of(client, path)), path
    assert [name for name, *_ in tray_of(client)] == ["bob", "ann"]
    age_story(story_id, seconds=86_400 - 60)
    for path in paths * 2:
        assert any("is-unseen" in ring for ring in ring_of(client, path)), path
    later = utc_now() + timedelta(seconds=61)
    monkeypatch.setattr("pigeon.services.access.stories.utc_now", lambda: later)
    monkeypatch.setattr("pigeon.services.stories.tray.utc_now", lambda: later)
    for path in paths:
        assert not any("is-" in ring for ring in ring_of(client, path)), path
    assert [name for name, *_ in tray_of(client)] == ["bob"]


def test_rings_are_drawn_wherever_a_picture_is(
    client: Client, ann: Person, bob: Person, drain: Callable[[], int]
) -> None:
    post, mine = make_post(ann), make_post(bob)
    make_comment(mine, ann, text="hello")
    client.api("PUT", f"/posts/{post.id}/like")
    make_message(ann, bob, "hi")
    drain()
    links = {
        "/": "a post-avatar ring",
        f"/p/{post.id}": "a post-avatar ring",
        f"/p/{mine.id}": "a comment-avatar ring",
        f"/p/{mine.id}/comments?fragment=1": "a comment-avatar ring",
        "/u/ann": "a ring",
        "/u/ann/card": "a ring",
        "/messages": "a ring",
        "/messages/ann": "a ring",
        "/u/bob/following": "a ring",
        "/people?q=ann": "a ring",
        "/notifications": "a ring",
        "/notifications?fragment=panel": "a ring",
    }
    for path in links:
        assert not any("is-" in ring for ring in ring_of(client, path)), path
    story_id = make_story(ann)
    for path, link in links.items():
        assert f"{link} is-unseen" in ring_of(client, path), path
    see(story_id, bob)
    for path in links:
        rings = ring_of(client, path)
        assert any("is-seen" in ring for ring in rings), path
        assert not any("is-unseen" in ring for ring in rings), path
    changes.remove(story_id, by=ann.id)
    for path in links:
        assert not any("is-" in ring for ring in ring_of(client, path)), path


def test_nobody_sees_a_ring_of_whom_they_keep_away_from(
    client: Client, anonymous: Client, ann: Person, bob: Person
) -> None:
    make_story(ann)
    assert story_of(client) == "unseen"
    assert not any("is-" in ring for ring in ring_of(anonymous, "/u/ann"))
    mutes.set_muted(ann.id, by=bob.id, of=["stories"], on=True)
    assert story_of(client) == "none" and len(tray_of(client)) == 1
    mutes.set_muted(ann.id, by=bob.id, of=["stories"], on=False)
    assert story_of(client) == "unseen" and len(tray_of(client)) == 2
    blocks.block(bob.id, by=ann.id)
    assert len(tray_of(client)) == 1


def story_of(browser: Client, name: str = "ann") -> Any:
    status, user = browser.api("GET", f"/users/{name}")
    assert status == 200
    return user["viewer"]["story"]


def test_a_profile_says_which_ring(
    client: Client, client_for: Callable[[Person], Client], ann: Person, bob: Person
) -> None:
    hers = client_for(ann)
    assert (story_of(client), story_of(hers)) == ("none", "none")
    first, second = make_story(ann), make_story(ann)
    assert (story_of(client), story_of(hers)) == ("unseen", "seen")
    see(first, bob)
    assert story_of(client) == "unseen"
    see(second, bob)
    assert (story_of(client), story_of(hers)) == ("seen", "seen")
    age_story(first, hours=25)
    age_story(second, hours=25)
    assert (story_of(client), story_of(hers)) == ("none", "none")


def test_a_private_persons_ring_is_for_who_follows_them(
    client: Client, client_for: Callable[[Person], Client], bob: Person
) -> None:
    eve = make_user("eve", is_private=True)
    make_story(eve)
    follows.follow(eve.id, by=bob.id)
    assert story_of(client, "eve") == "none"
    assert not any("is-" in ring for ring in ring_of(client, "/u/eve", "eve"))
    requests.approve(bob.id, by=eve.id)
    assert story_of(client, "eve") == "unseen"


def test_a_tray_that_expects_the_last_one_sees_what_changed(
    client: Client, ann: Person, bob: Person
) -> None:
    """What was there last time is asked in the first trip; the rest must not be missed for it."""
    cat = make_user("cat")
    first = make_story(ann)
    path = "/stories?fragment=1"
    for _ in range(2):
        assert [said for *_, said in tray_of(client, path)][1:] == ["Story by ann, 1 new"]
    make_follow(bob, cat)
    make_story(cat)
    make_story(ann)
    see(first, bob)
    expected = ["Story by ann, 1 new", "Story by cat, 1 new"]
    for _ in range(2):
        assert [said for *_, said in tray_of(client, path)][1:] == expected
    changes.remove(first, by=ann.id)
    follows.unfollow(cat.id, by=bob.id)
    for _ in range(2):
        assert [said for *_, said in tray_of(client, path)][1:] == ["Story by ann, 1 new"]
    blocks.block(bob.id, by=ann.id)
    assert len(tray_of(client, path)) == 1
