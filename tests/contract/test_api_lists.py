"""Lists: pages, cursors and limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from pigeon.domain.page import write_cursor
from pigeon.services.likes import likes
from pigeon.services.messages.checks import Content
from pigeon.services.messages.sending import send
from pigeon.services.relations import blocks, mutes
from pigeon.services.relations.apart import MUTED
from pigeon.services.searches import history
from pigeon.services.stories import viewing
from pigeon.services.users import users
from tests.contract import shapes
from tests.contract.shapes import page_of
from tests.contract.world import TAG, World, refusal
from tests.factories import Person, make_comment, make_follow, make_post, make_story, make_user
from tests.harness.clients import Client

LISTS = {
    "/users/bob/followers": shapes.USER_ROW,
    "/users/ann/followers": shapes.USER_ROW,
    "/users/ann/following": shapes.USER_ROW,
    "/me/blocks": shapes.USER_ROW,
    "/me/mutes": shapes.USER_ROW,
    "/me/follow_requests": shapes.USER_ROW,
    "/users/bob/posts": shapes.POST,
    "/users/ann/posts": shapes.POST,
    "/suggestions": shapes.SUGGESTION,
    "/search/users?q=p": shapes.USER_ROW,
    "/search/users?q=per": shapes.USER_ROW,
    "/search/history": shapes.SEARCH_ENTRY,
    "/timeline": shapes.POST,
    "/explore": shapes.POST,
    "/explore?of=recent": shapes.POST,
    f"/tags/{TAG}/posts": shapes.POST,
    "/tags/sky/posts": shapes.POST,
    "/posts/{theirs}/comments": shapes.COMMENT,
    "/posts/{mine}/comments": shapes.COMMENT,
    "/comments/{comment}/replies": shapes.COMMENT,
    "/comments/{other_comment}/replies": shapes.COMMENT,
    "/posts/{theirs}/likers": shapes.USER_ROW,
    "/posts/{mine}/likers": shapes.USER_ROW,
    "/comments/{comment}/likers": shapes.USER_ROW,
    "/chats": shapes.CHAT,
    "/chats?box=requests": shapes.CHAT,
    "/chats/partners": shapes.PARTNER,
    "/chats/partners?q=per": shapes.PARTNER,
    "/stories": shapes.TRAY_ITEM,
    "/users/bob/stories": shapes.STORY,
    "/users/ann/stories": shapes.STORY,
    "/stories/{my_story}/viewers": shapes.STORY_VIEW,
    "/notifications": shapes.NOTIFICATION,
    "/notifications?kind=reply": shapes.NOTIFICATION,
    "/notifications?kind=comment&kind=reply": shapes.NOTIFICATION,
}
"""By the ids of the crowd's `places`."""
TEMPLATES = {
    "followers": "/users/{username}/followers",
    "following": "/users/{username}/following",
    "posts": "/users/{username}/posts",
}


@dataclass(frozen=True)
class Crowd:
    """`lists` are the paths of LISTS with their shapes."""

    client: Client
    ann: Person
    bob: Person
    lists: dict[str, Any]


@pytest.fixture
def crowd(world: World) -> Crowd:
    """At least three of everything that is listed."""
    people = [make_user(f"person.{n}") for n in range(3)]
    for person in people:
        make_follow(person, world.bob)
        make_follow(person, world.ann)
        make_follow(world.ann, person)
        suggested = make_user(f"suggested{person.username[-1]}")
        make_follow(person, suggested)
        make_post(suggested)
    for n in range(3):
        make_post(world.bob, caption=f"{n} #{TAG} #sky")
        make_post(world.ann, caption=f"{n}")
        for person in (world.bob, world.ann, people[n]):
            make_story(person, f"{n}")
    places = _talk(world, people)
    _keep_away(world)
    for word in ("sea", "sky", "stone"):
        history.add_word(word, by=world.ann.id)
    found = {path.format(**places): shape for path, shape in LISTS.items()}
    return Crowd(client=world.client, ann=world.ann, bob=world.bob, lists=found)


def _keep_away(world: World) -> None:
    """ann blocked three, muted three, and three ask to follow her."""
    for n in range(3):
        writes = make_user(f"writes.{n}")
        send("ann", Content(text=f"{n}"), by=writes.id, client_msg_id="1")
        blocks.block(make_user(f"blocked.{n}").id, by=world.ann.id)
        mutes.set_muted(make_user(f"muted.{n}").id, by=world.ann.id, of=MUTED, on=True)
    users.update_profile(world.ann.id, {"is_private": True})
    for n in range(3):
        make_follow(make_user(f"asking.{n}"), world.ann)


def _talk(world: World, people: list[Person]) -> dict[str, int]:
    """Each says and likes the same things; the places where they do."""
    other = make_comment(world.mine, world.bob, text="other")
    for person in people:
        send("ann", Content(text="hi"), by=person.id, client_msg_id="1")
        viewing.mark(world.my_story, by=person.id)
        for post, comment in ((world.theirs, world.comment), (world.mine, other)):
            make_comment(post, person, text=f"{person.username} says")
            make_comment(post, person, text=f"{person.username} answers", answers=comment)
            likes.set_liked(likes.POSTS, post.id, by=person.id, on=True)
            likes.set_liked(likes.COMMENTS, comment.id, by=person.id, on=True)
    world.settle()
    return {
        "theirs": world.theirs.id,
        "mine": world.mine.id,
        "my_story": world.my_story,
        "comment": world.comment.id,
        "other_comment": other.id,
    }


def listed(crowd: Crowd, path: str, query: str = "") -> Any:
    address = path + ("&" if "?" in path else "?") + query if query else path
    status, body = crowd.client.api("GET", address)
    assert status == 200, body
    assert not list(shapes.faults(body, page_of(crowd.lists[path])))
    return body


@pytest.mark.both_modes
def test_small_pages_hold_what_one_large_page_holds(crowd: Crowd, mode: str) -> None:
    for path in crowd.lists:
        whole = listed(crowd, path, "limit=50")
        assert len(whole["items"]) >= 3 and whole["next"] is None, path
        assert len(listed(crowd, path)["items"]) == len(whole["items"])
        for size in (1, 2, len(whole["items"])):
            found, query = [], f"limit={size}"
            while True:
                page = listed(crowd, path, query)
                found += page["items"]
                assert len(page["items"]) == size or page["next"] is None
                if page["next"] is None:
                    break
                query = f"limit={size}&before={page['next']}"
            assert found == whole["items"], (path, size)


def test_a_page_stays_where_it_was_when_something_new_comes(crowd: Crowd, drain: Any) -> None:
    first = listed(crowd, "/timeline", "limit=2")
    rest = listed(crowd, "/timeline", f"before={first['next']}")
    make_post(crowd.bob, caption="newer")
    drain()
    assert listed(crowd, "/timeline", f"before={first['next']}") == rest
    assert listed(crowd, "/timeline", "limit=1")["items"][0]["caption"] == "newer"


def test_cursors_of_other_lists_and_limits_out_of_range(crowd: Crowd) -> None:
    cursors = {path: listed(crowd, path, "limit=1")["next"] for path in crowd.lists}
    assert all(cursors.values())
    for path in crowd.lists:
        mark = "&" if "?" in path else "?"
        foreign = [cursor for other, cursor in cursors.items() if other != path]
        unreadable = ("", "x", "%00", "한", "A" * 3_000, "bm90OjE", write_cursor("timeline", -1))
        for cursor in (*foreign, *unreadable):
            status, body = crowd.client.api("GET", f"{path}{mark}before={cursor}")
            assert (status, refusal(body)) == (422, ("invalid", {"before": "bad_format"})), cursor
        for limit in ("0", "51", "abc", "-1", "", "1.0", "%D9%A3", "9" * 30):
            status, body = crowd.client.api("GET", f"{path}{mark}limit={limit}")
            assert (status, refusal(body)) == (422, ("invalid", {"limit": "bad_format"})), limit
            assert body["error"]["fields"]["limit"]["limit"] == 50
        status, body = crowd.client.api("GET", f"{path}{mark}limit=0&before=x")
        assert refusal(body)[1] == {"limit": "bad_format", "before": "bad_format"}


def test_cursors_of_somebody_else_are_refused(
    crowd: Crowd, client_for: Callable[[Person], Client]
) -> None:
    bob = client_for(crowd.bob)
    make_comment(make_post(crowd.bob), crowd.ann)
    lists = ("/me/blocks", "/me/mutes", "/me/follow_requests")
    for path in (
        *lists,
        "/chats",
        "/chats/partners",
        "/notifications",
        "/notifications?kind=reply",
    ):
        mark = "&" if "?" in path else "?"
        cursor = listed(crowd, path, "limit=1")["next"]
        status, body = bob.api("GET", f"{path}{mark}before={cursor}")
        assert (status, refusal(body)) == (422, ("invalid", {"before": "bad_format"}))
    cursor = listed(crowd, "/notifications?kind=comment&kind=reply", "limit=1")["next"]
    status, _ = crowd.client.api("GET", f"/notifications?kind=reply&kind=comment&before={cursor}")
    assert status == 200, "the same list, asked for in another order"


def test_lists_are_newest_first(crowd: Crowd) -> None:
    newest = [post["caption"][0] for post in listed(crowd, "/users/ann/posts")["items"]]
    assert newest[:3] == ["2", "1", "0"]
    for path, shape in crowd.lists.items():
        if shape is shapes.COMMENT:
            said = [one["text"].split()[0] for one in listed(crowd, path)["items"]]
            assert said[:3] == ["person.2", "person.1", "person.0"], path
        elif path.endswith("likers"):
            who = [row["username"] for row in listed(crowd, path)["items"]]
            assert sorted(who) == ["person.0", "person.1", "person.2"], path
    for name in ("ann", "bob"):
        told = [story["text"] for story in listed(crowd, f"/users/{name}/stories")["items"]]
        assert told[-3:] == ["0", "1", "2"], "the oldest first"
    path = next(path for path in crowd.lists if path.endswith("/viewers"))
    seen_by = [view["user"]["username"] for view in listed(crowd, path)["items"]]
    assert sorted(seen_by) == ["person.0", "person.1", "person.2"]
    tray = [item["user"]["username"] for item in listed(crowd, "/stories")["items"]]
    assert tray == ["ann", "person.2", "bob", "person.1", "person.0"]
    for box, names in (("inbox", "person"), ("requests", "writes")):
        chats = listed(crowd, "/chats" if box == "inbox" else "/chats?box=requests")["items"]
        assert [one["with"]["username"] for one in chats] == [f"{names}.{n}" for n in (2, 1, 0)]
    times = [one["created_at"] for one in listed(crowd, "/notifications")["items"]]
    assert times == sorted(times, reverse=True)
    for kind, path in (("blocked", "blocks"), ("muted", "mutes"), ("asking", "follow_requests")):
        people = [row["username"] for row in listed(crowd, f"/me/{path}")["items"]]
        assert people == [f"{kind}.{n}" for n in (2, 1, 0)]
    followers = [row["username"] for row in listed(crowd, "/users/ann/followers")["items"]]
    assert followers == ["person.2", "person.1", "person.0", "eve"]
