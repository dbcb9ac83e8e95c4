"""Changes by the author: edits, and what to do about failed pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.domain import limits
from pigeon.domain.errors import Conflict, Forbidden, Invalid, NotFound
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts
from tests.factories import make_post, make_user
from tests.factories.uploads import make_processing_post
from tests.harness import pictures
from tests.harness.crashes import left_in_incoming
from tests.stores import hostile

DAMAGED = hostile.damaged_png()


def test_an_edit_changes_what_is_given_and_says_so(app: Flask, client_for: Any) -> None:
    ann = make_user("ann")
    post = make_post(ann, images=2, alt="before")
    client = client_for(ann)
    path = f"/posts/{post.id}"
    assert client.api("PATCH", path, {"comments_open": False})[1]["edited_at"] is None
    assert client.api("PATCH", path, {"caption": post.caption})[1]["edited_at"] is None
    edited = client.api("PATCH", path, {"alts": ["one", "two"]})[1]
    assert [image["alt"] for image in edited["images"]] == ["one", "two"]
    assert (edited["caption"], edited["comments_open"]) == (post.caption, False)
    assert edited["edited_at"]
    assert client.api("PATCH", path, {"caption": ""})[0] == 200
    assert client.api("GET", path)[1]["caption"] == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"alts": ["one"]}, "alts"),
        ({"alts": ["one", "two", "three"]}, "alts"),
        ({"alts": ["one", "x" * (limits.ALT + 1)]}, "alts.1"),
        ({"caption": "x" * (limits.CAPTION + 1)}, "caption"),
        ({"caption": " ".join(f"@user{n}" for n in range(limits.MENTIONS + 1))}, "caption"),
    ],
)
def test_an_edit_is_refused_as_a_new_post_is(
    app: Flask, changes: dict[str, Any], field: str
) -> None:
    ann = make_user("ann")
    post = make_post(ann, images=2)
    with pytest.raises(Invalid) as refused:
        posts_changes.edit(post.id, by=ann.id, **changes)
    assert set(refused.value.fields) == {field}
    assert posts.get(post.id, None).edited_at is None


def test_a_text_may_not_become_empty(app: Flask) -> None:
    ann = make_user("ann")
    post = make_post(ann)
    with pytest.raises(Invalid):
        posts_changes.edit(post.id, by=ann.id, caption="  ")


def test_a_post_may_be_edited_while_it_is_processed(app: Flask, drain: Callable[[], int]) -> None:
    ann = make_user("ann")
    post = make_processing_post(ann, images=2)
    posts_changes.edit(int(post.id), by=ann.id, caption="better", alts=["a", "b"])
    drain()
    seen = posts.get(int(post.id), None)
    assert (seen.state, seen.caption, [i.alt for i in seen.images]) == (
        "published",
        "better",
        ["a", "b"],
    )


def test_only_the_author_changes_and_strangers_see_nothing_before_it_is_ready(
    app: Flask, client_for: Any, anonymous: Any
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    public, hidden = make_post(ann, images=1), make_processing_post(ann)
    stranger = client_for(ben)
    unknown = stranger.api("GET", "/posts/999999999")
    for method, rest, body in (
        ("PATCH", "", {"caption": "mine"}),
        ("DELETE", "", None),
        ("POST", "/retry", None),
        ("DELETE", f"/images/{public.image_ids[0]}", None),
    ):
        assert stranger.api(method, f"/posts/{public.id}{rest}", body)[0] == 403
        assert stranger.api(method, f"/posts/{hidden.id}{rest}", body) == unknown
        assert anonymous.api(method, f"/posts/{public.id}{rest}", body)[0] == 401
    assert stranger.api("GET", f"/posts/{hidden.id}") == unknown
    assert posts.get(public.id, None).caption == public.caption


def test_a_damaged_picture_fails_its_post_which_only_its_author_sees(
    app: Flask, client_for: Any, anonymous: Any, drain: Callable[[], int]
) -> None:
    ann = make_user("ann")
    client = client_for(ann)
    post = client.share("two", [pictures.jpeg(), DAMAGED])[1]
    drain()
    seen = client.api("GET", f"/posts/{post['id']}")[1]
    assert seen["state"] == "failed"
    assert [image["state"] for image in seen["images"]] == ["ready", "failed"]
    assert seen["images"][1]["error"]["code"] == "unreadable"
    assert anonymous.api("GET", f"/posts/{post['id']}")[0] == 404
    assert anonymous.get(seen["images"][0]["url"]).status_code == 404
    assert client.get(seen["images"][0]["url"]).status_code == 200
    assert [item.id for item in posts.list_pending(ann.id)] == [post["id"]]


def test_a_failed_picture_can_be_removed_and_the_rest_is_published(
    app: Flask, client_for: Any, drain: Callable[[], int]
) -> None:
    client = client_for(make_user("ann"))
    post = client.share("", [pictures.jpeg(), DAMAGED])[1]
    path = f"/posts/{post['id']}"
    first, second = (image["id"] for image in post["images"])
    assert client.api("DELETE", f"{path}/images/{second}")[1]["error"]["code"] == "not_failed"
    drain()
    assert client.api("DELETE", f"{path}/images/{first}")[1]["error"]["code"] == "not_failed"
    assert client.api("DELETE", f"{path}/images/999999")[0] == 404
    status, seen = client.api("DELETE", f"{path}/images/{second}")
    assert (status, seen["state"], [i["id"] for i in seen["images"]]) == (200, "published", [first])
    drain()
    assert left_in_incoming() == []


def test_the_last_picture_of_a_post_without_text_stays(
    app: Flask, client_for: Any, drain: Callable[[], int]
) -> None:
    client = client_for(make_user("ann"))
    silent, speaking = client.share("", [DAMAGED])[1], client.share("words", [DAMAGED])[1]
    drain()
    status, answer = client.api(
        "DELETE", f"/posts/{silent['id']}/images/{silent['images'][0]['id']}"
    )
    assert (status, answer["error"]["code"]) == (409, "last_image")
    status, answer = client.api(
        "DELETE", f"/posts/{speaking['id']}/images/{speaking['images'][0]['id']}"
    )
    assert (status, answer["state"], answer["images"]) == (200, "published", [])


def test_a_retry_processes_what_failed_and_nothing_else(
    app: Flask,
    client_for: Any,
    drain: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_for(make_user("ann"))
    post = client.share("", [pictures.jpeg(), pictures.png()])[1]
    path = f"/posts/{post['id']}"
    assert client.api("POST", f"{path}/retry")[1]["error"]["code"] == "not_failed"
    with monkeypatch.context() as patched:
        patched.setattr("pigeon.services.media.media.render", _refused)
        drain()
    assert client.api("GET", path)[1]["state"] == "failed"
    status, seen = client.api("POST", f"{path}/retry")
    assert (status, seen["state"]) == (202, "processing")
    assert [image["error"] for image in seen["images"]] == [None, None]
    drain()
    assert client.api("GET", path)[1]["state"] == "published"
    assert client.api("POST", f"{path}/retry")[1]["error"]["code"] == "not_failed"


def _refused(_row: object) -> Any:
    from pigeon.stores.imaging import Refused

    raise Refused("unreadable")


def test_errors_of_the_service_name_what_forbids_them(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann, images=1)
    with pytest.raises(Forbidden):
        posts_changes.remove(post.id, by=ben.id)
    with pytest.raises(Conflict):
        posts_changes.retry(post.id, by=ann.id)
    with pytest.raises(NotFound):
        posts_changes.remove(post.id + 1, by=ann.id)
