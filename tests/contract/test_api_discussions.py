"""Comments, hearts and notifications: what the answers say, in both ways of running."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pigeon.realtime import push
from pigeon.services import watches
from tests.contract import shapes
from tests.contract.shapes import count, faults, identifier, page_of
from tests.contract.world import TAG, World, call
from tests.factories import Person, make_comment, make_post
from tests.harness.clients import Client
from tests.harness.online import bring_online

Clients = Callable[[Person], Client]


NEWS = shapes.NOTIFICATION | shapes.UNREAD
LIVE = {
    "notification.created": NEWS,
    "notification.deleted": {"id": identifier} | shapes.UNREAD,
    "notification.counts": shapes.UNREAD,
    "post.liked": {"post_id": identifier, "like_count": count},
    "comment.created": shapes.COMMENT | {"comment_count": count},
    "comment.deleted": {
        "id": identifier,
        "post_id": identifier,
        "parent_id": shapes.maybe(identifier),
        "comment_count": count,
    },
}


def usernames(people: list[dict[str, Any]]) -> list[str]:
    return [person["username"] for person in people]


def told(world: World, client: Client, query: str = "limit=50") -> list[dict[str, Any]]:
    """What somebody's list holds once all jobs are done."""
    world.settle()
    shape = page_of(shapes.NOTIFICATION)
    items: list[dict[str, Any]] = call(client, "GET", "/notifications", 200, shape, query=query)[
        "items"
    ]
    return items


def unread(client: Client) -> tuple[int, int]:
    counted = call(client, "GET", "/notifications/unread", 200, shapes.UNREAD)
    me = call(client, "GET", "/me", 200, shapes.ME)
    assert me["unread"] == {"messages": 0, "notifications": counted["unseen"]}
    return counted["unseen"], counted["unread"]


# -- comments --------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_a_comment_as_each_reader_sees_it(
    world: World, mode: str, client_for: Clients, anonymous: Client
) -> None:
    path, values = "/posts/{post_id}/comments", world.names
    said = {}
    for who, client in (
        ("ann", world.client),
        ("bob", client_for(world.bob)),
        ("cat", client_for(world.cat)),
        ("nobody", anonymous),
    ):
        (said[who],) = call(client, "GET", path, 200, page_of(shapes.COMMENT), values=values)[
            "items"
        ]
    viewers = {who: comment.pop("viewer") for who, comment in said.items()}
    assert said["ann"] == said["bob"] == said["cat"] == said["nobody"]
    assert viewers == {
        "ann": {"is_author": True, "liked": False, "may_delete": True},
        "bob": {"is_author": False, "liked": False, "may_delete": True},
        "cat": {"is_author": False, "liked": False, "may_delete": False},
        "nobody": None,
    }
    comment = said["ann"]
    assert comment["author"]["username"] == "ann"
    assert comment["text"] == f"@bob and @nobody: #{TAG}"
    assert usernames(comment["mentions"]) == ["bob"] and comment["tags"] == [TAG]
    assert comment["href"] == f"/p/{world.theirs.id}#comment-{comment['id']}"
    assert (comment["post_id"], comment["parent_id"]) == (str(world.theirs.id), None)
    assert (comment["like_count"], comment["reply_count"]) == (0, 1)


@pytest.mark.both_modes
def test_answers_to_answers_stay_at_level_two(world: World, mode: str) -> None:
    path, body = "/comments/{comment_id}/replies", {"text": " l1\r\nl2 "}
    values = {"comment_id": world.reply.id}
    made = call(world.client, "POST", path, 201, shapes.COMMENT, values=values, body=body)
    assert made["parent_id"] == str(world.comment.id) and made["text"] == "l1\nl2"
    assert (made["reply_count"], made["edited_at"]) == (0, None)
    nothing = call(world.client, "GET", path, 200, page_of(shapes.COMMENT), values=values)
    assert nothing == {"items": [], "next": None}
    page = call(world.client, "GET", path, 200, page_of(shapes.COMMENT), values=world.names)
    assert [reply["id"] for reply in page["items"]] == [made["id"], str(world.reply.id)]
    post = call(world.client, "GET", "/posts/{post_id}", 200, shapes.POST, values=world.names)
    assert post["comment_count"] == 3


@pytest.mark.both_modes
def test_an_edit_and_a_delete_are_seen_at_once(world: World, mode: str) -> None:
    path, values = "/comments/{comment_id}", world.names
    same = {"text": world.comment.text}
    kept = call(world.client, "PATCH", path, 200, shapes.COMMENT, values=values, body=same)
    assert kept["edited_at"] is None, "nothing really changed"
    new = {"text": "@eve #new"}
    edited = call(world.client, "PATCH", path, 200, shapes.COMMENT, values=values, body=new)
    assert edited["edited_at"] is not None and edited["created_at"] == kept["created_at"]
    assert usernames(edited["mentions"]) == ["eve"] and edited["tags"] == ["new"]
    listing = "/posts/{post_id}/comments"
    page = call(world.client, "GET", listing, 200, page_of(shapes.COMMENT), values=values)
    assert page["items"] == [edited]
    call(world.client, "DELETE", path, 204, values=values)
    page = call(world.client, "GET", listing, 200, page_of(shapes.COMMENT), values=values)
    assert page == {"items": [], "next": None}
    post = call(world.client, "GET", "/posts/{post_id}", 200, shapes.POST, values=values)
    assert post["comment_count"] == 0, "its reply went with it"


@pytest.mark.both_modes
def test_before_a_post_is_published_its_author_talks_and_likes_alone(
    world: World, mode: str
) -> None:
    post = make_post(world.ann, images=1, state="processing")
    values = {"post_id": post.id}
    path, body = "/posts/{post_id}/comments", {"text": "soon @bob"}
    made = call(world.client, "POST", path, 201, shapes.COMMENT, values=values, body=body)
    liked = call(world.client, "PUT", "/posts/{post_id}/like", 200, shapes.LIKED, values=values)
    assert liked == {"id": str(post.id), "like_count": 1, "viewer": {"liked": True}}
    values |= {"comment_id": made["id"]}
    call(
        world.client,
        "POST",
        "/comments/{comment_id}/replies",
        201,
        shapes.COMMENT,
        values=values,
        body=body,
    )
    shown = call(world.client, "GET", "/posts/{post_id}", 200, shapes.POST, values=values)
    assert (shown["like_count"], shown["comment_count"]) == (1, 2)


# -- likers ----------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_who_likes_a_post(world: World, mode: str, client_for: Clients) -> None:
    world.liked()
    for path in ("/posts/{post_id}/likers", "/comments/{comment_id}/likers"):
        page = call(world.client, "GET", path, 200, page_of(shapes.USER_ROW), values=world.names)
        assert usernames(page["items"]) == ["ann", "eve"], "newest first"
        assert [row["viewer"]["is_self"] for row in page["items"]] == [True, False]
        assert page["items"][1]["viewer"]["follows_me"] is True
        assert page["items"][1]["viewer"]["mutuals"] is None
    bob = client_for(world.bob)
    for client, named in ((world.client, ["eve"]), (bob, ["ann", "eve"])):
        post = call(client, "GET", "/posts/{post_id}", 200, shapes.POST, values=world.names)
        assert usernames(post["viewer"]["liked_by"]) == named and post["like_count"] == 2


# -- notifications ---------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_each_kind_says_what_happened_and_leads_there(
    world: World, mode: str, client_for: Clients
) -> None:
    """bob and eve do one thing of each kind that concerns ann."""
    mine, theirs = world.mine.id, world.theirs.id
    said = make_comment(world.mine, world.bob, text="how  blue")
    named = make_comment(world.theirs, world.eve, text="see @ann " + "x " * 100)
    bob = client_for(world.bob)
    for path in (
        f"/posts/{mine}/like",
        f"/comments/{world.comment.id}/like",
        f"/comments/{world.reply.id}/like",
    ):
        assert bob.api("PUT", path)[0] == 200
    found = {}
    for row in told(world, world.client):
        key = (row["kind"], row["subject"]["kind"])
        assert key not in found, "each of them once"
        assert usernames(row["actors"]) == [
            named.author.username
            if "see" in row["excerpt"]
            else "eve"
            if row["kind"] == "follow"
            else "bob"
        ]
        assert row["actor_count"] == 1 and row["is_available"]
        assert (row["seen"], row["read"]) == (False, False)
        assert row["actors"][0]["username"] in row["message"]
        found[key] = (row["subject"], row["href"], row["excerpt"], row["thumb_url"] is not None)

    def place(kind: str, number: int, post_id: int) -> tuple[dict[str, str], str]:
        anchor = "" if kind == "post" else f"#comment-{number}"
        subject = {"kind": kind, "id": str(number), "post_id": str(post_id)}
        return subject, f"/p/{post_id}{anchor}"

    eve = {"kind": "user", "id": str(world.eve.id), "post_id": None}
    long = found["mention", "comment"][2]
    assert long.startswith("see @ann x x") and long.endswith("…") and len(long) <= 120
    assert found == {
        ("follow", "user"): (eve, "/u/eve", "", False),
        ("mention", "post"): (*place("post", theirs, theirs), world.theirs.caption, True),
        ("reply", "reply"): (*place("reply", world.reply.id, theirs), "thank you", True),
        ("comment", "comment"): (*place("comment", said.id, mine), "how blue", False),
        ("mention", "comment"): (*place("comment", named.id, theirs), long, True),
        ("like", "post"): (*place("post", mine, mine), "mine", False),
        ("like", "comment"): (
            *place("comment", world.comment.id, theirs),
            world.comment.text,
            True,
        ),
    }


@pytest.mark.both_modes
def test_the_sentence_is_in_the_readers_language(world: World, mode: str) -> None:
    english = [row["message"] for row in told(world, world.client)]
    call(world.client, "PATCH", "/me", 200, shapes.ME, body={"language": "ko"})
    korean = [row["message"] for row in told(world, world.client)]
    assert all(message.isascii() for message in english)
    assert not any(message.isascii() for message in korean)


@pytest.mark.both_modes
def test_seen_and_read_are_counted(world: World, mode: str) -> None:
    rows = told(world, world.client)
    total = len(rows)
    assert total >= 3 and unread(world.client) == (total, total)
    client = world.client
    one = {"notification_id": rows[0]["id"]}
    path = "/notifications/{notification_id}/read"
    for _ in "12":
        left = call(client, "PUT", path, 200, shapes.UNREAD, values=one)
        assert left == {"unseen": total - 1, "unread": total - 1}
    for _ in "12":
        left = call(client, "PUT", "/notifications/seen", 200, shapes.UNREAD)
        assert left == {"unseen": 0, "unread": total - 1}
    assert [(r["seen"], r["read"]) for r in told(world, client)][:2] == [
        (True, True),
        (True, False),
    ]
    call(
        client,
        "DELETE",
        "/notifications/{notification_id}",
        204,
        values={"notification_id": rows[1]["id"]},
    )
    assert unread(client) == (0, total - 2)
    for _ in "12":
        left = call(client, "PUT", "/notifications/read", 200, shapes.UNREAD)
        assert left == {"unseen": 0, "unread": 0}
    call(client, "DELETE", "/notifications", 204)
    assert told(world, client) == [] and unread(client) == (0, 0)


@pytest.mark.both_modes
def test_a_list_is_narrowed_to_kinds(world: World, mode: str) -> None:
    everything = told(world, world.client)
    for query, kinds in (
        ("kind=reply", {"reply"}),
        ("kind=mention&kind=follow", {"mention", "follow"}),
        ("kind=reply&kind=reply", {"reply"}),
        ("kind=like", set()),
    ):
        found = told(world, world.client, query)
        assert found == [row for row in everything if row["kind"] in kinds], query


@pytest.mark.both_modes
def test_likes_group_until_they_were_seen(world: World, mode: str, client_for: Clients) -> None:
    path = f"/posts/{world.mine.id}/like"
    for person in (world.bob, world.cat):
        assert client_for(person).api("PUT", path)[0] == 200
        (group,) = told(world, world.client, "kind=like")
    assert usernames(group["actors"]) == ["cat", "bob"] and group["actor_count"] == 2
    call(world.client, "PUT", "/notifications/seen", 200, shapes.UNREAD)
    assert client_for(world.eve).api("PUT", path)[0] == 200
    newest, older = told(world, world.client, "kind=like")
    assert usernames(newest["actors"]) == ["eve"] and older == group | {"seen": True}
    assert world.client.api("PUT", path)[0] == 200, "never to oneself"
    assert client_for(world.eve).api("DELETE", path)[0] == 200
    assert told(world, world.client, "kind=like") == [older]


@pytest.mark.both_modes
def test_what_is_gone_is_taken_back_or_no_longer_available(
    world: World, mode: str, client_for: Clients
) -> None:
    bob = client_for(world.bob)
    said = make_comment(world.mine, world.bob, text="soon gone")
    bob.api("PUT", f"/posts/{world.mine.id}/like")
    assert [row["excerpt"] for row in told(world, world.client, "kind=comment")] == ["soon gone"]
    assert bob.api("DELETE", f"/comments/{said.id}")[0] == 204
    assert told(world, world.client, "kind=comment") == []
    (like,) = told(world, world.client, "kind=like")
    assert world.client.api("DELETE", f"/posts/{world.mine.id}")[0] == 204
    (gone,) = told(world, world.client, "kind=like")
    assert gone == like | {"is_available": False, "excerpt": ""}


# -- live ------------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_what_sockets_hear_has_the_shape_of_the_contract(
    world: World, mode: str, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each event at least once, to the right room, and nothing of anybody else in it."""
    heard: list[tuple[str, Any, int]] = []
    monkeypatch.setattr(push, "to_user", lambda *frame: heard.append(frame))
    monkeypatch.setattr(push, "to_post", lambda *frame, **_: heard.append(frame))
    world.settle()
    heard.clear()
    bring_online([world.ann.id, world.eve.id])
    watches.posts.renew([world.mine.id])
    bob = client_for(world.bob)
    place = f"/posts/{world.mine.id}"
    assert bob.api("PUT", f"{place}/like")[0] == 200
    made = bob.api("POST", f"{place}/comments", {"text": "how blue"})[1]
    world.settle()
    shown = world.client.api("GET", "/notifications?kind=comment")[1]["items"][0]
    world.client.api("PUT", "/notifications/seen")
    assert bob.api("DELETE", f"/comments/{made['id']}")[0] == 204
    world.settle()
    assert {event for event, _, _ in heard} == set(LIVE)
    for event, payload, room in heard:
        assert not list(faults(payload, LIVE[event])), (event, payload)
        is_room = event.startswith(("post.", "comment."))
        assert room == (world.mine.id if is_room else world.ann.id), event
    by_event = {event: payload for event, payload, _ in heard}
    assert by_event["comment.created"] == made | {"viewer": None, "comment_count": 1}
    assert by_event["comment.deleted"]["comment_count"] == 0
    assert by_event["notification.deleted"]["id"] == shown["id"]
    created = [payload for event, payload, _ in heard if event == "notification.created"]
    found = next(payload for payload in created if payload["kind"] == "comment")
    assert {name: found[name] for name in shown} == shown
