"""What went wrong at peers with blocks and private accounts, each by its situation.

The numbers are those of the cases from their public reports.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from pigeon.domain.page import PageRequest
from pigeon.services import landing
from pigeon.services.follows import follows, requests
from pigeon.services.notifications import notifications
from pigeon.services.posts import posts
from pigeon.services.relations import blocks
from pigeon.services.searches import people as searches_people
from pigeon.services.suggestions import suggestions
from tests.factories import Person, make_comment, make_follow, make_post, make_user
from tests.factories.relations import make_block, make_private, make_public
from tests.harness.clients import Client

pytestmark = [pytest.mark.both_databases]
Browser = Callable[[Person], Client]
Drain = Callable[[], int]


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")


def kinds_of(person: Person) -> list[str]:
    found = notifications.list_of(person.id, PageRequest(limit=50)).items
    return [one.kind for one in found]


def status_of(client: Client, path: str) -> int:
    return client.api("GET", path)[0]


def test_26_who_blocks_names_the_blocked_and_they_get_no_row_and_no_access(
    ann: Person, ben: Person, client_for: Browser, drain: Drain
) -> None:
    """mastodon/mastodon#19698."""
    make_block(ann, ben)
    post = make_post(ann, caption="well, @ben")
    comment = make_comment(make_post(make_user("cat")), ann, text="ask @ben")
    drain()
    assert kinds_of(ben) == []
    reader = client_for(ben)
    assert status_of(reader, f"/posts/{post.id}") == 404
    assert reader.get(f"/p/{post.id}").status_code == 404
    assert status_of(reader, f"/comments/{comment.id}/replies") == 404
    assert reader.api("PUT", f"/posts/{post.id}/like")[0] == 404


def test_27_tags_and_search_show_nothing_from_who_blocked_me(
    ann: Person, ben: Person, client_for: Browser
) -> None:
    """mastodon#22845."""
    make_post(ann, caption="#sky")
    make_block(ann, ben)
    reader = client_for(ben)
    assert reader.api("GET", "/tags/sky/posts")[1]["items"] == []
    assert "post-cell" not in reader.get("/tags/sky").text
    assert searches_people.find_people("ann", ben.id, PageRequest()).items == []
    assert searches_people.suggest_mentions("ann", ben.id) == []
    assert suggestions.page(ben.id, PageRequest()).items == []


def test_28_a_block_takes_earlier_rows_away_and_the_badge_falls(
    ann: Person, ben: Person, client_for: Browser, drain: Drain
) -> None:
    """mastodon-ios#388."""
    make_comment(make_post(ann), ben)
    make_follow(ben, ann)
    drain()
    reader = client_for(ann)
    assert reader.api("GET", "/notifications/unread")[1]["unseen"] == 2
    assert reader.api("PUT", "/users/ben/block")[0] == 204
    assert reader.api("GET", "/notifications")[1]["items"] == []
    drain()
    assert reader.api("GET", "/notifications/unread")[1] == {"unseen": 0, "unread": 0}


def test_29_who_turned_private_is_out_of_tags_and_of_the_landing(
    ann: Person, ben: Person, anonymous: Client, client_for: Browser, drain: Drain
) -> None:
    """pixelfed/pixelfed#445."""
    make_follow(ben, ann)
    make_post(ann, caption="#sky", images=1)
    everybody = (anonymous, client_for(make_user("cat")))
    assert all(len(one.api("GET", "/tags/sky/posts")[1]["items"]) == 1 for one in everybody)
    assert len(landing.mosaic()) == 1
    make_private(ann)
    drain()
    assert all(one.api("GET", "/tags/sky/posts")[1]["items"] == [] for one in everybody)
    assert landing.mosaic() == []
    assert len(client_for(ben).api("GET", "/tags/sky/posts")[1]["items"]) == 1


def test_30_who_is_private_is_private_in_the_api_and_in_media_too(
    ann: Person, ben: Person, anonymous: Client, client_for: Browser
) -> None:
    """pixelfed#1763: pages were hidden, files and calls were not."""
    make_follow(ben, ann)
    post = make_post(ann, images=1)
    image = posts.get(post.id, ann.id).images[0]
    files = [image.url, image.thumb_url, *(variant.url for variant in image.variants)]
    make_private(ann)
    for reader, status in ((anonymous, 404), (client_for(make_user("cat")), 404)):
        for path in (f"/posts/{post.id}", f"/posts/{post.id}/comments", "/users/ann/posts"):
            assert status_of(reader, path) == status, path
        assert {reader.get(file).status_code for file in files if file} == {status}
    follower = client_for(ben)
    assert status_of(follower, f"/posts/{post.id}") == 200
    assert {follower.get(file).status_code for file in files if file} == {200}


def test_31_lists_of_who_is_private_are_hidden(
    ann: Person, ben: Person, anonymous: Client, client_for: Browser
) -> None:
    """mastodon#6477."""
    make_follow(ann, ben)
    make_private(ann, ben)
    stranger = client_for(make_user("cat"))
    for path in ("/users/ann/followers", "/users/ann/following"):
        assert status_of(client_for(ben), path) == status_of(client_for(ann), path) == 200
        assert (status_of(stranger, path), status_of(anonymous, path)) == (404, 401)
    for path in ("/u/ann/followers", "/u/ann/following"):
        assert stranger.get(path).status_code == 404
    assert status_of(anonymous, "/users/ann") == 200, "the header stays"


def test_32_public_again_approves_nobody_and_open_requests_wait(
    ann: Person, ben: Person, drain: Drain
) -> None:
    """mastodon#7126."""
    make_private(ann)
    follows.follow(ann.id, by=ben.id)
    make_public(ann)
    drain()
    assert follows.relation(ben.id, ann.id).follow == "requested"
    assert requests.list_of(ann.id, PageRequest()).items == [ben.id]
    assert kinds_of(ann) == ["follow_request"]
    assert kinds_of(ben) == []
    follows.follow(ann.id, by=ben.id)
    drain()
    assert follows.relation(ben.id, ann.id).follow == "following"
    assert requests.list_of(ann.id, PageRequest()).items == []
    assert kinds_of(ann) == ["follow"]


def test_33_a_withdrawn_request_takes_its_row_along_and_asking_again_works(
    ann: Person, ben: Person, client_for: Browser, drain: Drain
) -> None:
    """mastodon#785."""
    make_private(ann)
    asking = client_for(ben)
    for _ in range(2):
        assert asking.api("PUT", "/users/ann/follow")[0] == 200
        drain()
        assert kinds_of(ann) == ["follow_request"]
        assert asking.api("DELETE", "/users/ann/follow")[0] == 200
        drain()
        assert kinds_of(ann) == []
    asking.api("PUT", "/users/ann/follow")
    drain()
    assert client_for(ann).api("PUT", "/me/follow_requests/ben")[0] in (200, 204)
    assert follows.relation(ben.id, ann.id).following


def test_34_every_door_to_following_asks_a_private_account(
    ann: Person, ben: Person, client_for: Browser, token_client: Browser, drain: Drain
) -> None:
    """wintermeyer/abuuba#3: one of several buttons followed at once."""
    make_private(ann)
    post = make_post(ann)
    doors: list[Callable[[], object]] = [
        lambda: client_for(ben).api("PUT", "/users/ann/follow"),
        lambda: token_client(ben).api("PUT", "/users/ann/follow"),
        lambda: client_for(ben).form("/u/ann/follow"),
    ]
    for door in doors:
        door()
        assert follows.relation(ben.id, ann.id).follow == "requested"
        assert status_of(client_for(ben), f"/posts/{post.id}") == 404
        follows.unfollow(ann.id, by=ben.id)
    doors[0]()
    assert client_for(ben).api("PUT", "/users/ann/bell")[0] in (404, 409), "no bell before it"
    assert client_for(ben).api("PUT", "/me/follow_requests/ben")[0] == 404, "nor by oneself"
    make_follow(ann, ben)
    assert follows.relation(ben.id, ann.id).follow == "requested", "nor by being followed"
    make_block(ann, ben)
    blocks.unblock(ben.id, by=ann.id)
    assert follows.relation(ben.id, ann.id).follow == "none", "nor after a block"
    assert not follows.relation(ben.id, ann.id).following
