"""Private people, requests, blocks and mutes: what is answered, again and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pigeon.services.users import users
from tests.contract import shapes
from tests.contract.shapes import page_of
from tests.contract.world import World, call, refused
from tests.factories import Person, make_post, make_user
from tests.harness.clients import Client

USER = "/users/{username}"
Clients = Callable[[Person], Client]


@pytest.fixture
def pia(world: World) -> Person:
    """Private; nobody follows her."""
    return make_user("pia", is_private=True)


@pytest.fixture
def pias(pia: Person, client_for: Clients) -> Client:
    return client_for(pia)


def see(client: Client, username: str, status: int = 200) -> Any:
    shape = shapes.USER if status == 200 else None
    return call(client, "GET", USER, status, shape, values={"username": username})


def names_in(client: Client, path: str) -> list[str]:
    page = call(client, "GET", path, 200, page_of(shapes.USER_ROW))
    return [row["username"] for row in page["items"]]


def told(world: World, client: Client) -> list[Any]:
    """Of the tab of follows, newest first, once all jobs are done."""
    world.settle()
    shape = page_of(shapes.NOTIFICATION)
    kinds = "kind=follow&kind=follow_request&kind=follow_accepted"
    items: list[Any] = call(client, "GET", "/notifications", 200, shape, query=kinds)["items"]
    return items


# -- requests --------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_a_private_person_is_asked_and_can_be_asked_no_more(
    world: World, mode: str, pia: Person, pias: Client
) -> None:
    values = {"username": "pia"}

    def set_follow(method: str) -> tuple[str, int, bool]:
        user = call(world.client, method, f"{USER}/follow", 200, shapes.USER, values=values)
        assert user["is_private"] is True
        return user["viewer"]["follow"], user["follower_count"], user["viewer"]["may_see_posts"]

    for _ in "12":
        assert set_follow("PUT") == ("requested", 0, False)
    assert names_in(pias, "/me/follow_requests") == ["ann"]
    for _ in "12":
        assert set_follow("DELETE") == ("none", 0, False)
    assert names_in(pias, "/me/follow_requests") == []
    assert refused(world.client, "PUT /users/pia/bell") == (409, "not_following", {})


@pytest.mark.both_modes
def test_a_request_is_answered_once(world: World, mode: str, pia: Person, pias: Client) -> None:
    request = "/me/follow_requests/{username}"
    values = {"username": "ANN"}
    for method in ("PUT", "DELETE"):
        call(pias, method, request, 404, values=values)
    world.client.api("PUT", "/users/pia/follow")
    call(pias, "DELETE", request, 204, values=values)
    call(pias, "DELETE", request, 404, values=values)
    assert see(world.client, "pia")["viewer"]["follow"] == "none"
    world.client.api("PUT", "/users/pia/follow")
    call(pias, "PUT", request, 204, values=values)
    call(pias, "PUT", request, 404, values=values)
    found = see(world.client, "pia")
    assert (found["viewer"]["follow"], found["viewer"]["may_see_posts"]) == ("following", True)
    assert found["follower_count"] == 1
    assert see(pias, "ann")["viewer"]["follows_me"] is True


def test_a_follower_is_removed_and_may_ask_again(world: World, client_for: Clients) -> None:
    eve = client_for(world.eve)
    users.update_profile(world.ann.id, {"is_private": True})
    assert see(eve, "ann")["viewer"]["may_see_posts"] is True
    for _ in "12":
        call(world.client, "DELETE", "/me/followers/{username}", 204, values={"username": "eve"})
    found = see(eve, "ann")
    assert (found["viewer"]["follow"], found["viewer"]["may_see_posts"]) == ("none", False)
    assert told(world, eve) == [], "nobody is told of it"
    assert eve.api("PUT", "/users/ann/follow")[1]["viewer"]["follow"] == "requested"
    assert refused(world.client, "DELETE /me/followers/ann") == (409, "self", {})


@pytest.mark.both_modes
def test_lists_and_posts_of_a_private_person_do_not_exist_for_others(
    world: World, mode: str, pia: Person, pias: Client, anonymous: Client
) -> None:
    post = make_post(pia, caption="mine")
    paths = ("/followers", "/following", "/posts")
    for path in paths:
        assert refused(world.client, f"GET /users/pia{path}") == (404, "not_found", {})
        assert pias.api("GET", f"/users/pia{path}")[0] == 200
    assert refused(anonymous, "GET /users/pia/posts") == (404, "not_found", {})
    for client in (world.client, anonymous):
        assert refused(client, f"GET /posts/{post.id}") == (404, "not_found", {})
        assert see(client, "pia")["post_count"] == 1
    world.client.api("PUT", "/users/pia/follow")
    assert refused(world.client, "GET /users/pia/posts")[0] == 404, "asking opens nothing"
    pias.api("PUT", "/me/follow_requests/ann")
    assert [world.client.api("GET", f"/users/pia{path}")[0] for path in paths] == [200] * 3


def test_who_goes_public_approves_nobody(world: World, pia: Person, pias: Client) -> None:
    world.client.api("PUT", "/users/pia/follow")
    me = call(pias, "PATCH", "/me", 200, shapes.ME, body={"is_private": False})
    assert me["is_private"] is False
    found = see(world.client, "pia")
    assert (found["viewer"]["follow"], found["viewer"]["may_see_posts"]) == ("requested", True)
    assert names_in(pias, "/me/follow_requests") == ["ann"]
    user = world.client.api("PUT", "/users/pia/follow")[1]
    assert (user["viewer"]["follow"], user["follower_count"]) == ("following", 1)
    assert names_in(pias, "/me/follow_requests") == [], "who follows asks no more"
    for wrong in (1, "true", None, []):
        found = refused(pias, "PATCH /me", body={"is_private": wrong})
        assert found == (422, "invalid", {"is_private": "bad_format"}), wrong


def test_requests_and_approvals_are_told(world: World, pia: Person, pias: Client) -> None:
    world.client.api("PUT", "/users/pia/follow")
    (asked,) = told(world, pias)
    subject = {"kind": "user", "id": str(world.ann.id), "post_id": None}
    assert (asked["kind"], asked["subject"], asked["is_available"]) == (
        "follow_request",
        subject,
        True,
    )
    assert asked["href"].startswith("/notifications")
    assert [actor["username"] for actor in asked["actors"]] == ["ann"]
    assert (asked["message"], asked["actor_count"]) == ("ann asks to follow you", 1)
    pias.api("PUT", "/me/follow_requests/ann")
    accepted = told(world, world.client)[0]
    subject = {"kind": "user", "id": str(pia.id), "post_id": None}
    assert (accepted["kind"], accepted["subject"], accepted["is_available"]) == (
        "follow_accepted",
        subject,
        True,
    )
    assert (accepted["href"], accepted["message"]) == ("/u/pia", "pia accepted your request")
    assert "follow_request" not in [row["kind"] for row in told(world, pias)]


# -- blocks ----------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_after_a_block_both_are_nobody_until_it_ends(
    world: World, mode: str, client_for: Clients
) -> None:
    bob, values = client_for(world.bob), {"username": "BOB"}
    for _ in "12":
        call(world.client, "PUT", f"{USER}/block", 204, values=values)
    see(world.client, "bob", 404)
    see(bob, "ann", 404)
    for name in (
        "GET /users/{}/posts",
        "PUT /users/{}/follow",
        "DELETE /users/{}/follow",
        "PUT /users/{}/mute",
        "PUT /users/{}/bell",
        "DELETE /me/followers/{}",
    ):
        assert refused(world.client, name.format("bob")) == (404, "not_found", {}), name
        assert refused(bob, name.format("ann")) == (404, "not_found", {}), name
    assert refused(bob, "PUT /users/ann/block") == (404, "not_found", {})
    assert refused(bob, "DELETE /users/ann/block") == (404, "not_found", {}), "not his to end"
    assert names_in(world.client, "/me/blocks") == ["bob"]
    assert names_in(bob, "/me/blocks") == []
    for _ in "12":
        call(world.client, "DELETE", f"{USER}/block", 204, values=values)
    found = see(world.client, "bob")["viewer"]
    assert (found["follow"], found["bell"], found["follows_me"]) == ("none", False, False)
    assert see(bob, "ann")["viewer"]["follow"] == "none"


def test_a_block_says_nothing_to_who_is_blocked(world: World, client_for: Clients) -> None:
    eve = client_for(world.eve)
    before = told(world, eve)
    world.client.api("PUT", "/users/eve/block")
    assert [row["id"] for row in told(world, eve)] == [row["id"] for row in before]
    assert told(world, world.client) == [], "what eve did is gone for ann"
    world.client.api("DELETE", "/users/eve/block")
    assert told(world, world.client) == [], "for good"


# -- mutes -----------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_kinds_are_muted_one_by_one(world: World, mode: str) -> None:
    def change(method: str, *of: str) -> Any:
        request = {"body": {"of": list(of)}} if of else {}
        user = call(
            world.client, method, f"{USER}/mute", 200, shapes.USER, values=world.names, **request
        )
        assert user["viewer"]["follow"] == "following", "a mute ends nothing"
        return user["viewer"]["muted"]

    for _ in "12":
        assert change("PUT", "chat") == ["chat"]
    assert change("PUT", "posts", "posts") == ["posts", "chat"]
    assert change("DELETE", "stories") == ["posts", "chat"]
    assert change("DELETE", "chat") == ["posts"]
    assert names_in(world.client, "/me/mutes") == ["bob"]
    assert change("PUT") == ["posts", "stories", "chat"]
    for _ in "12":
        assert change("DELETE") == []
    assert names_in(world.client, "/me/mutes") == []


def test_what_cannot_be_muted(world: World) -> None:
    for method in ("PUT", "DELETE"):
        name = f"{method} /users/bob/mute"
        assert refused(world.client, name, body={"of": []}) == (422, "invalid", {"of": "required"})
        for wrong in (["likes"], ["posts", "POSTS"], [""]):
            found = refused(world.client, name, body={"of": wrong})
            assert found == (422, "invalid", {"of": "unknown"}), wrong
        found = refused(world.client, name, body={"of": ["posts"], "for": 60})
        assert found == (422, "invalid", {"for": "unknown"})


# -- refusals --------------------------------------------------------------------------------------


def test_nobody_does_it_to_themselves(world: World) -> None:
    for what in ("follow", "mute", "block"):
        for method in ("PUT", "DELETE"):
            found = refused(world.client, f"{method} /users/ann/{what}")
            assert found == (409, "self", {}), (method, what)


def test_refusals_come_in_order(world: World) -> None:
    client, forged = world.client, {"X-CSRFToken": "forged"}
    for name in (
        "PUT /users/{}/mute",
        "PUT /users/{}/block",
        "PUT /me/follow_requests/{}",
        "DELETE /me/followers/{}",
    ):
        unknown = name.format("nobody1")
        assert refused(client, unknown, headers=forged)[:2] == (403, "csrf_failed")
        assert refused(client, unknown, data=b"{") == (404, "not_found", {})
    wrong = {"of": ["likes"]}
    assert refused(client, "PUT /users/nobody1/mute", body=wrong)[0] == 404, "404 before 422"
    assert refused(client, "PUT /users/ann/mute", body=wrong)[0] == 422, "422 before 409"
