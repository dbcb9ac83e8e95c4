"""Every call of the API, driven once: its status and each field of its answer."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.contract import shapes
from tests.contract.shapes import Shape, page_of
from tests.contract.world import World, api_document, call
from tests.factories.people import PASSWORD
from tests.harness import pictures

SIGN_UP = {
    "email": "new@example.org",
    "username": "newcomer",
    "display_name": "New",
    "password": PASSWORD,
}
SAID = {"text": "how blue"}
NEW_PASSWORD = "quite another pigeon 8"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call as the contract describes it; `body` makes its JSON out of the world.

    `before` readies the world, and may name what stands for further placeholders.
    """

    status: int
    shape: Shape = None
    body: Callable[[World], Any] | None = None
    query: str = ""
    values: dict[str, str] = field(default_factory=dict)
    multipart: bool = False
    before: Callable[[World], dict[str, Any] | None] = lambda _: None


def given(value: Any) -> Callable[[World], Any]:
    return lambda _: value


CALLS = {
    "GET /csrf": Call(status=200, shape={"csrf_token": str}),
    "POST /auth/signup": Call(status=202, shape={"email": str}, body=given(SIGN_UP)),
    "POST /auth/confirm": Call(
        status=200, shape=shapes.ME, body=lambda world: {"token": world.sign_up_token()}
    ),
    "POST /auth/confirm/resend": Call(status=202, shape={}, body=given({"email": "a@b.test"})),
    "POST /auth/login": Call(
        status=200, shape=shapes.ME, body=given({"login": "eve", "password": PASSWORD})
    ),
    "POST /auth/logout": Call(status=204),
    "POST /auth/password/forgot": Call(status=202, shape={}, body=given({"email": "a@b.test"})),
    "POST /auth/password/reset": Call(
        status=204,
        body=lambda world: {"token": world.reset_token(), "password": NEW_PASSWORD},
    ),
    "GET /me": Call(status=200, shape=shapes.ME),
    "PATCH /me": Call(status=200, shape=shapes.ME, body=given({"bio": "hi"})),
    "PUT /me/status": Call(status=200, shape=shapes.PRESENCE, body=given({"status": "busy"})),
    "DELETE /me": Call(status=202, shape={}, body=given({"password": PASSWORD})),
    "PUT /me/avatar": Call(status=202, shape=shapes.ME, multipart=True),
    "DELETE /me/avatar": Call(status=204),
    "GET /users/{username}": Call(status=200, shape=shapes.USER),
    "GET /users/{username}/followers": Call(status=200, shape=page_of(shapes.USER_ROW)),
    "GET /users/{username}/following": Call(status=200, shape=page_of(shapes.USER_ROW)),
    "GET /users/{username}/posts": Call(status=200, shape=page_of(shapes.POST)),
    "PUT /users/{username}/follow": Call(status=200, shape=shapes.USER),
    "DELETE /users/{username}/follow": Call(status=200, shape=shapes.USER),
    "PUT /users/{username}/bell": Call(status=200, shape=shapes.USER),
    "DELETE /users/{username}/bell": Call(status=200, shape=shapes.USER),
    "PUT /users/{username}/block": Call(status=204),
    "DELETE /users/{username}/block": Call(status=204, before=World.kept_away),
    "PUT /users/{username}/mute": Call(
        status=200, shape=shapes.USER, body=given({"of": ["posts", "chat"]})
    ),
    "DELETE /users/{username}/mute": Call(status=200, shape=shapes.USER, before=World.kept_away),
    "GET /me/blocks": Call(status=200, shape=page_of(shapes.USER_ROW), before=World.kept_away),
    "GET /me/mutes": Call(status=200, shape=page_of(shapes.USER_ROW), before=World.kept_away),
    "GET /me/follow_requests": Call(status=200, shape=page_of(shapes.USER_ROW), before=World.asked),
    "PUT /me/follow_requests/{username}": Call(
        status=204, values={"username": "cat"}, before=World.asked
    ),
    "DELETE /me/follow_requests/{username}": Call(
        status=204, values={"username": "cat"}, before=World.asked
    ),
    "DELETE /me/followers/{username}": Call(status=204, values={"username": "eve"}),
    "GET /suggestions": Call(status=200, shape=page_of(shapes.SUGGESTION)),
    "DELETE /suggestions/{username}": Call(status=204),
    "GET /search/users": Call(status=200, shape=page_of(shapes.USER_ROW), query="q=b"),
    "GET /search/tags": Call(status=200, shape=page_of(shapes.TAG_HIT), query="q=하"),
    "GET /search/posts": Call(status=200, shape=page_of(shapes.POST), query="q=nobody"),
    "GET /search/suggest": Call(
        status=200, shape=page_of(shapes.USER_HIT), query="q=b&for=mention"
    ),
    "GET /search/history": Call(
        status=200, shape=page_of(shapes.SEARCH_ENTRY), before=World.searched
    ),
    "POST /search/history": Call(
        status=201, shape=shapes.SEARCH_ENTRY, body=given({"username": "bob"})
    ),
    "DELETE /search/history": Call(status=204, before=World.searched),
    "DELETE /search/history/{entry_id}": Call(status=204, before=World.searched),
    "POST /posts": Call(status=201, shape=shapes.POST, body=given({"caption": "hello"})),
    "GET /posts/{post_id}": Call(status=200, shape=shapes.POST),
    "PATCH /posts/{post_id}": Call(
        status=200, shape=shapes.POST, body=given({"caption": "new"}), values={"post_id": "mine"}
    ),
    "DELETE /posts/{post_id}": Call(status=204, values={"post_id": "mine"}),
    "POST /posts/{post_id}/retry": Call(
        status=202, shape=shapes.POST, values={"post_id": "failed"}
    ),
    "DELETE /posts/{post_id}/images/{image_id}": Call(
        status=200,
        shape=shapes.POST,
        values={"post_id": "failed", "image_id": "failed_image"},
    ),
    "PUT /posts/{post_id}/like": Call(status=200, shape=shapes.LIKED),
    "DELETE /posts/{post_id}/like": Call(status=200, shape=shapes.LIKED),
    "PUT /posts/{post_id}/save": Call(status=200, shape=shapes.SAVED),
    "DELETE /posts/{post_id}/save": Call(status=200, shape=shapes.SAVED),
    "GET /me/saved": Call(status=200, shape=page_of(shapes.POST), before=World.saved),
    "GET /posts/{post_id}/likers": Call(
        status=200, shape=page_of(shapes.USER_ROW), before=World.liked
    ),
    "GET /posts/{post_id}/comments": Call(status=200, shape=page_of(shapes.COMMENT)),
    "POST /posts/{post_id}/comments": Call(status=201, shape=shapes.COMMENT, body=given(SAID)),
    "GET /comments/{comment_id}/replies": Call(status=200, shape=page_of(shapes.COMMENT)),
    "POST /comments/{comment_id}/replies": Call(status=201, shape=shapes.COMMENT, body=given(SAID)),
    "PATCH /comments/{comment_id}": Call(status=200, shape=shapes.COMMENT, body=given(SAID)),
    "DELETE /comments/{comment_id}": Call(status=204),
    "PUT /comments/{comment_id}/like": Call(status=200, shape=shapes.LIKED),
    "DELETE /comments/{comment_id}/like": Call(status=200, shape=shapes.LIKED),
    "GET /comments/{comment_id}/likers": Call(
        status=200, shape=page_of(shapes.USER_ROW), before=World.liked
    ),
    "GET /notifications": Call(
        status=200, shape=page_of(shapes.NOTIFICATION), before=World.told, query="kind=reply"
    ),
    "DELETE /notifications": Call(status=204, before=World.told),
    "GET /notifications/unread": Call(status=200, shape=shapes.UNREAD),
    "PUT /notifications/seen": Call(status=200, shape=shapes.UNREAD, before=World.told),
    "PUT /notifications/read": Call(status=200, shape=shapes.UNREAD, before=World.told),
    "PUT /notifications/{notification_id}/read": Call(
        status=200, shape=shapes.UNREAD, before=World.told
    ),
    "DELETE /notifications/{notification_id}": Call(status=204, before=World.told),
    "GET /chats": Call(status=200, shape=page_of(shapes.CHAT), before=World.talked),
    "GET /chats/partners": Call(status=200, shape=page_of(shapes.PARTNER)),
    "GET /chats/{username}": Call(status=200, shape=shapes.CHAT),
    "DELETE /chats/{username}": Call(status=204, before=World.talked),
    "PUT /chats/{username}/accept": Call(status=200, shape=shapes.CHAT, before=World.talked),
    "PUT /chats/{username}/mute": Call(status=200, shape=shapes.CHAT, before=World.talked),
    "DELETE /chats/{username}/mute": Call(status=200, shape=shapes.CHAT, before=World.talked),
    "GET /chats/{username}/messages": Call(
        status=200, shape=page_of(shapes.MESSAGE), before=World.talked
    ),
    "POST /chats/{username}/messages": Call(
        status=201, shape=shapes.MESSAGE, body=given({"text": "hi", "client_msg_id": "1"})
    ),
    "PUT /chats/{username}/read": Call(
        status=200, shape=shapes.READING, before=World.talked, body=given({"up_to": 1})
    ),
    "DELETE /messages/{message_id}": Call(status=204, before=World.talked),
    "POST /media": Call(status=201, shape=shapes.IMAGE, multipart=True),
    "GET /stories": Call(status=200, shape=page_of(shapes.TRAY_ITEM)),
    "POST /stories": Call(
        status=201,
        shape=shapes.STORY,
        body=given({"text": "hello", "text_style": {"x": 0.2, "background": "#0b7a75"}}),
    ),
    "DELETE /stories/{story_id}": Call(status=204, values={"story_id": "my_story"}),
    "POST /stories/{story_id}/retry": Call(
        status=202, shape=shapes.STORY, values={"story_id": "failed_story"}
    ),
    "PUT /stories/{story_id}/view": Call(status=204),
    "GET /stories/{story_id}/viewers": Call(
        status=200,
        shape=page_of(shapes.STORY_VIEW),
        values={"story_id": "my_story"},
        before=World.watched,
    ),
    "POST /stories/{story_id}/reply": Call(
        status=201, shape=shapes.MESSAGE, body=given({"reaction": "🔥", "client_msg_id": "1"})
    ),
    "GET /users/{username}/stories": Call(status=200, shape=page_of(shapes.STORY)),
    "GET /timeline": Call(status=200, shape=page_of(shapes.POST)),
    "GET /explore": Call(status=200, shape=page_of(shapes.POST), before=World.discovered),
    "GET /tags/{tag}/posts": Call(status=200, shape=page_of(shapes.POST)),
}


def test_the_document_is_sound_and_names_these_calls(app: Flask) -> None:
    described = api_document(app)
    OpenAPIV31SpecValidator(described).validate()
    assert described["openapi"].startswith("3.1.")
    calls = {
        f"{method.upper()} {path}" for path, ops in described["paths"].items() for method in ops
    }
    assert calls == set(CALLS)
    names = {"UserRef", "UserRow", "User", "Me", "Image", "Post", "Error", "UserHit", "TagHit"}
    names |= {"Comment", "Liked", "Notification"}
    names |= {"Story", "TrayItem", "StoryView"}
    names |= {"Message", "Card", "Chat", "Presence", "Reading", "Partner"}
    assert names <= set(described["components"]["schemas"])


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.both_modes
def test_each_call_answers_as_described(world: World, mode: str, name: str) -> None:
    method, path = name.split()
    described = CALLS[name]
    names = world.names | (described.before(world) or {})
    values = names | {key: names[other] for key, other in described.values.items()}
    request: dict[str, Any] = {"values": values, "query": described.query}
    if described.body:
        request["body"] = described.body(world)
    if described.multipart:
        request["data"] = {"image": (io.BytesIO(pictures.jpeg()), "me.jpg")}
    body = call(world.client, method, path, described.status, described.shape, **request)
    if isinstance(body, dict) and "items" in body and path != "/search/suggest":
        assert body["items"], "an empty list shows no field"


def test_public_calls_answer_strangers_without_a_viewer(world: World, anonymous: Any) -> None:
    public = {
        "GET /users/{username}": shapes.USER,
        "GET /users/{username}/posts": page_of(shapes.POST),
        "GET /posts/{post_id}": shapes.POST,
        "GET /posts/{post_id}/comments": page_of(shapes.COMMENT),
        "GET /comments/{comment_id}/replies": page_of(shapes.COMMENT),
        "GET /explore": page_of(shapes.POST),
        "GET /tags/{tag}/posts": page_of(shapes.POST),
    }
    for name, shape in public.items():
        method, path = name.split()
        body = call(anonymous, method, path, 200, shape, values=world.names)
        for item in body.get("items", [body]):
            assert item["viewer"] is None


def test_the_documents_are_for_everybody(world: World, anonymous: Any) -> None:
    answer = anonymous.get("/api/v1/openapi.json")
    assert answer.status_code == 200 and answer.get_json()["openapi"] == "3.1.0"
    page = anonymous.get("/api/v1/docs")
    assert page.status_code == 200 and "/users/{username}/follow" in page.text


# -- what the answers say --------------------------------------------------------------------------


def test_a_person_as_another_sees_them(world: World) -> None:
    user = call(world.client, "GET", "/users/{username}", 200, shapes.USER, values=world.names)
    assert user["viewer"]["follow"] == "following" and user["viewer"]["bell"] is True
    assert user["viewer"]["mutuals"] == {"count": 0, "users": []}
    assert (user["post_count"], user["follower_count"], user["following_count"]) == (1, 2, 1)
    assert "email" not in user
    cat = call(
        world.client, "GET", "/users/{username}", 200, shapes.USER, values={"username": "CAT"}
    )
    assert cat["username"] == "cat" and cat["viewer"]["mutuals"]["count"] == 1
    assert cat["viewer"]["mutuals"]["users"][0]["username"] == "bob"


def test_a_post_as_another_sees_it(world: World) -> None:
    post = call(world.client, "GET", "/posts/{post_id}", 200, shapes.POST, values=world.names)
    assert post["href"] == f"/p/{post['id']}" and post["state"] == "published"
    assert post["tags"] == ["하늘"]
    assert [ref["username"] for ref in post["mentions"]] == ["ann"]
    assert post["published_at"] is not None and post["edited_at"] is None
    assert post["viewer"]["is_author"] is False and post["viewer"]["may_comment"] is True
    first, second = post["images"]
    assert first["state"] == "ready" and first["alt"] == "a bird" and first["id"] != second["id"]
    widths = [variant["width"] for variant in first["variants"]]
    assert widths == sorted(widths) and first["url"] and first["thumb_url"]


def test_a_post_that_failed_says_why_in_the_readers_language(world: World) -> None:
    values = world.names | {"post_id": world.failed.id}
    post = call(world.client, "GET", "/posts/{post_id}", 200, shapes.POST, values=values)
    assert post["state"] == "failed" and post["published_at"] is None
    assert {image["error"]["code"] for image in post["images"]} == {"unreadable"}
    assert not any(
        image["url"] or image["thumb_url"] or image["variants"] for image in post["images"]
    )
    call(world.client, "PATCH", "/me", 200, shapes.ME, body={"language": "ko"})
    again = call(world.client, "GET", "/posts/{post_id}", 200, shapes.POST, values=values)
    assert again["images"][0]["error"]["message"] != post["images"][0]["error"]["message"]


def test_a_post_with_pictures_is_accepted_then_published(world: World, drain: Any) -> None:
    status, post = world.client.share("four", [pictures.jpeg(), pictures.png()], ["one", "two"])
    assert status == 202 and post["state"] == "processing" and post["published_at"] is None
    assert [image["alt"] for image in post["images"]] == ["one", "two"]
    assert [(image["width"], image["height"]) for image in post["images"]] == [(40, 30)] * 2
    drain()
    values = {"post_id": post["id"]}
    post = call(world.client, "GET", "/posts/{post_id}", 200, shapes.POST, values=values)
    assert post["state"] == "published"
    answer = world.client.get(post["images"][0]["url"])
    assert answer.status_code == 200 and answer.mimetype == "image/webp"


def test_suggestions_say_why(world: World) -> None:
    page = call(world.client, "GET", "/suggestions", 200, page_of(shapes.SUGGESTION))
    assert [(user["username"], user["reason"]) for user in page["items"]] == [("cat", "mutuals")]
    values = {"username": "cat"}
    call(world.client, "DELETE", "/suggestions/{username}", 204, values=values)
    call(world.client, "DELETE", "/suggestions/{username}", 204, values=values)
    page = call(world.client, "GET", "/suggestions", 200, page_of(shapes.SUGGESTION))
    assert [(user["username"], user["reason"]) for user in page["items"]] == [("eve", "popular")]


def test_mentions_are_suggested_followed_people_first(world: World) -> None:
    page = call(world.client, "GET", "/search/suggest", 200, page_of(shapes.USER_HIT), query="q=@B")
    assert [hit["user"]["username"] for hit in page["items"]] == ["bob"] and page["next"] is None
