from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pigeon.extensions import db
from pigeon.services.notifications import counts, notifications
from pigeon.services.users import users
from tests.factories import Person, make_comment, make_follow, make_post
from tests.harness.clients import Client


@pytest.fixture
def told(ann: Person, bob: Person, drain: Callable[[], int]) -> list[int]:
    """Comments that ann was told of, the newest first."""
    post = make_post(ann, images=1)
    made = [make_comment(post, bob, text=f"note {number}").id for number in range(3)]
    drain()
    return made[::-1]


@pytest.fixture
def ann_client(ann: Person, client_for: Callable[[Any], Client]) -> Client:
    return client_for(ann)


def items(client: Client, path: str = "/notifications") -> list[dict[str, Any]]:
    status, page = client.api("GET", path)
    assert status == 200
    return list(page["items"])


def test_a_notification_has_every_field(told: list[int], bob: Person, ann_client: Client) -> None:
    found = items(ann_client)[0]
    post_id = found["subject"]["post_id"]
    assert found == {
        "id": found["id"],
        "kind": "comment",
        "actors": [
            {"id": str(bob.id), "username": "bob", "display_name": "Bob", "avatar_url": None}
        ],
        "actor_count": 1,
        "message": "bob commented on your post",
        "excerpt": "note 2",
        "subject": {"kind": "comment", "id": str(told[0]), "post_id": post_id},
        "href": f"/p/{post_id}#comment-{told[0]}",
        "thumb_url": found["thumb_url"],
        "is_available": True,
        "created_at": found["created_at"],
        "seen": False,
        "read": False,
    }
    assert found["thumb_url"].startswith("/media/")
    assert found["created_at"].endswith("Z")


def test_pages_and_kinds(
    ann: Person, bob: Person, told: list[int], ann_client: Client, drain: Callable[[], int]
) -> None:
    make_follow(bob, ann)
    drain()
    _, first = ann_client.api("GET", "/notifications?kind=comment&kind=reply&limit=2")
    assert [one["subject"]["id"] for one in first["items"]] == list(map(str, told[:2]))
    _, rest = ann_client.api(
        "GET", f"/notifications?kind=reply&kind=comment&limit=2&before={first['next']}"
    )
    assert [one["subject"]["id"] for one in rest["items"]] == [str(told[2])]
    assert rest["next"] is None
    status, refused = ann_client.api("GET", f"/notifications?before={first['next']}")
    assert (status, set(refused["error"]["fields"])) == (422, {"before"})
    status, refused = ann_client.api("GET", "/notifications?kind=nonsense")
    assert (status, set(refused["error"]["fields"])) == (422, {"kind"})


def test_seen_and_read(told: list[int], ann_client: Client) -> None:
    assert ann_client.api("GET", "/notifications/unread") == (200, {"unseen": 3, "unread": 3})
    assert ann_client.api("GET", "/me")[1]["unread"] == {"messages": 0, "notifications": 3}
    first = items(ann_client)[0]["id"]
    assert ann_client.api("PUT", f"/notifications/{first}/read") == (
        200,
        {"unseen": 2, "unread": 2},
    )
    assert ann_client.api("PUT", "/notifications/seen") == (200, {"unseen": 0, "unread": 2})
    assert ann_client.api("PUT", "/notifications/read") == (200, {"unseen": 0, "unread": 0})
    assert all(one["seen"] and one["read"] for one in items(ann_client))


def test_deleting(told: list[int], ann_client: Client) -> None:
    first = items(ann_client)[0]["id"]
    assert ann_client.api("DELETE", f"/notifications/{first}")[0] == 204
    assert ann_client.api("DELETE", f"/notifications/{first}")[0] == 404
    assert len(items(ann_client)) == 2
    assert ann_client.api("DELETE", "/notifications")[0] == 204
    assert ann_client.api("DELETE", "/notifications")[0] == 204
    assert not items(ann_client)
    assert ann_client.api("GET", "/notifications/unread") == (200, {"unseen": 0, "unread": 0})


@pytest.mark.parametrize("number", ["foreign", "4711", "0", "x", "99999999999999999999"])
def test_foreign_notifications_do_not_exist(
    told: list[int],
    bob: Person,
    ann_client: Client,
    client_for: Callable[[Any], Client],
    number: str,
) -> None:
    number = items(ann_client)[0]["id"] if number == "foreign" else number
    client = client_for(bob)
    for method, path in (("PUT", f"{number}/read"), ("DELETE", number)):
        status, refused = client.api(method, f"/notifications/{path}")
        assert (status, refused["error"]["code"]) == (404, "not_found")
    assert not items(client)
    assert len(items(ann_client)) == 3


def test_the_sentence_is_in_the_readers_language(
    ann: Person, told: list[int], ann_client: Client
) -> None:
    users.update_profile(ann.id, {"language": "ko"})
    message = items(ann_client)[0]["message"]
    assert "bob" in message


def test_strangers_have_none(anonymous: Client, app: Flask) -> None:
    for method, path in (
        ("GET", ""),
        ("GET", "/unread"),
        ("PUT", "/seen"),
        ("PUT", "/read"),
        ("DELETE", ""),
    ):
        assert anonymous.api(method, f"/notifications{path}")[0] == 401


def test_counting_and_marking_walk_only_what_is_unread(
    told: list[int], ann: Person, queries: Callable[[], Any]
) -> None:
    with queries() as sent:
        counts.of_many([ann.id])
        notifications.mark_seen(ann.id)
    walked = [one for one in sent if "FROM notifications" in one or one.startswith("UPDATE")]
    assert len(walked) >= 3
    for statement in walked:
        plan = _explain(statement)
        assert "state_read_seen (recipient_id=? AND state=? AND read=?" in plan, statement


def _explain(statement: str) -> str:
    rows = db.session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {statement}", tuple([1] * statement.count("?"))
    )
    return str(rows.all())
