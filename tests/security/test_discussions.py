"""Comments, likes and notifications in hostile hands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pigeon.domain import limits
from pigeon.domain.errors import NotFound
from pigeon.extensions import db
from pigeon.models import CommentLike, NotificationModel, PostLike
from pigeon.realtime import push
from pigeon.services import watches
from tests.factories import Person, make_comment, make_post, make_user
from tests.harness.clients import Client
from tests.harness.context import concurrently
from tests.harness.online import bring_online
from tests.security.matrix import snapshot

pytestmark = pytest.mark.no_second_look

Clients = Callable[[Person], Client]
Drain = Callable[[], int]
UNKNOWN = 9_999_999
OF_POSTS = (
    "GET /p/{}?comment=1",
    "POST /p/{}/like",
    "POST /p/{}/unlike",
    "GET /p/{}/likers",
    "GET /p/{}/likers?fragment=1",
    "GET /p/{}/comments",
    "GET /p/{}/comments?fragment=1",
    "POST /p/{}/comments",
)
OF_COMMENTS = (
    "GET /comments/{}",
    "GET /comments/{}?fragment=1",
    "GET /comments/{}/replies",
    "GET /comments/{}/replies?fragment=1",
    "POST /comments/{}/replies",
    "GET /comments/{}/edit",
    "POST /comments/{}/edit",
    "GET /comments/{}/delete",
    "POST /comments/{}/delete",
    "POST /comments/{}/like",
    "POST /comments/{}/unlike",
    "GET /comments/{}/likers",
)


@pytest.fixture
def ann(app: Flask) -> Person:
    return make_user("ann")


@pytest.fixture
def ben(app: Flask) -> Person:
    return make_user("ben")


def rows(*where: Any) -> int:
    """How many notifications there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count(NotificationModel.id)).where(*where)) or 0


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was sent to sockets, as (event, recipient)."""
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(push, "to_user", lambda event, _payload, to: sent.append((event, to)))
    return sent


# -- what may not be seen --------------------------------------------------------------------------


def pages(client: Client, names: Iterable[str], number: int) -> dict[str, tuple[int, str]]:
    """Status and page of each, without what differs between any two answers."""
    csrf = client.csrf()
    found = {}
    for name in names:
        method, path = name.split()
        data = {"text": "let me in", "csrf_token": csrf} if method == "POST" else None
        answer = client.open(path.format(number), method=method, data=data)
        text = re.sub(r'(csrf_token" value=|csrf-token" content=)"[^"]*"', "", answer.text)
        if answer.status_code == 302:  # to the log-in, which leads back
            text = text.replace(f"%2F{number}", "")
        found[name] = (answer.status_code, text)
    return found


def test_what_hangs_on_a_hidden_post_is_as_unknown_as_any_number(
    ann: Person, ben: Person, client_for: Clients, anonymous: Client
) -> None:
    theirs = client_for(ben)
    for state in ("processing", "failed"):
        hidden = make_post(ann, images=1, state=state)
        below = make_comment(hidden, ann, text="soon")
        for names, number in ((OF_POSTS, hidden.id), (OF_COMMENTS, below.id)):
            unknown = pages(theirs, names, UNKNOWN)
            assert {status for status, _ in unknown.values()} == {404}
            assert pages(theirs, names, number) == unknown
            reading = [name for name in names if name.startswith("GET")]
            assert pages(anonymous, reading, number) == pages(anonymous, reading, UNKNOWN)
        for post_id in (hidden.id, UNKNOWN):
            with pytest.raises(NotFound):
                watches.get_watchable(post_id, ben.id)
        status, page = theirs.api("GET", f"/posts/{make_post(ben).id}/comments")
        assert (status, page["items"]) == (200, [])


def test_a_reply_stands_where_the_answered_comment_stands(
    ann: Person, ben: Person, client_for: Clients
) -> None:
    """Nothing that a request says can hang it under the comment of another post."""
    here, there = make_post(ann), make_post(ann)
    comment, other = make_comment(here, ann), make_comment(there, ann)
    theirs = client_for(ben)
    path = f"/comments/{comment.id}/replies"
    for field in ("post_id", "parent_id", "answered_id"):
        assert theirs.api("POST", path, {"text": "x", field: str(other.id)})[0] == 422
    answer = theirs.form(path, text="x", post_id=str(there.id), parent_id=str(other.id))
    assert answer.status_code == 303 and answer.location.startswith(f"/p/{here.id}?comment=")
    (reply,) = theirs.api("GET", path)[1]["items"]
    assert (reply["post_id"], reply["parent_id"]) == (str(here.id), str(comment.id))
    assert theirs.api("GET", f"/comments/{other.id}/replies")[1]["items"] == []


def test_cursors_of_another_place_are_refused_in_pages_too(
    ann: Person, ben: Person, client_for: Clients
) -> None:
    theirs = client_for(ben)
    posts = [make_post(ann) for _ in "12"]
    tops = [make_comment(post, ann) for post in posts for _ in "12"]
    for top in tops:
        for _ in "12":
            make_comment(posts[tops.index(top) // 2], ann, answers=top)
    for kind, mine, other in (
        ("/posts/{}/comments", posts[0].id, posts[1].id),
        ("/comments/{}/replies", tops[0].id, tops[1].id),
    ):
        cursor = theirs.api("GET", f"{kind.format(other)}?limit=1")[1]["next"]
        page = kind.replace("/posts/", "/p/").format(mine)
        for more in ("", "&fragment=1"):
            assert theirs.get(f"{page}?before={cursor}{more}").status_code == 422


def test_who_may_edit_and_who_may_delete(ann: Person, ben: Person, client_for: Clients) -> None:
    cat = make_user("cat")
    post = make_post(ann)
    for answers in (None, make_comment(post, ben)):
        made = make_comment(post, ben, text="mine", answers=answers)
        path = f"/comments/{made.id}"
        for person in (ann, cat):
            status, body = client_for(person).api("PATCH", path, {"text": "yours"})
            assert (status, body["error"]["code"]) == (403, "forbidden")
            form = client_for(person).form(f"{path}/edit", text="yours")
            assert form.status_code == 403
        assert client_for(cat).api("DELETE", path)[0] == 403
        assert client_for(cat).form(f"{path}/delete").status_code == 403
        shown = client_for(cat).get(f"/p/{post.id}?comment={made.id}").text
        assert "mine" in shown and "yours" not in shown
        assert client_for(ann).api("DELETE", path)[0] == 204


def test_forms_refuse_what_the_calls_refuse(ann: Person, ben: Person, client_for: Clients) -> None:
    """And what was typed comes back, so that nothing is lost."""
    theirs, post = client_for(ben), make_post(ann)
    comment = make_comment(post, ben, text="as it was")
    for path in (
        f"/p/{post.id}/comments",
        f"/comments/{comment.id}/replies",
        f"/comments/{comment.id}/edit",
    ):
        for words in (
            "x" * (limits.COMMENT + 1),
            " ".join(f"@name{n}" for n in range(limits.MENTIONS + 1)),
            " ".join(f"#tag{n}" for n in range(limits.TAGS + 1)),
        ):
            answer = theirs.form(path, text=words)
            assert answer.status_code == 422 and words in answer.text, path
        assert theirs.form(path, text=" \n ").status_code == 422
        assert theirs.form(path, text="a\0b").status_code == 400
        assert theirs.form(path, text=["one", "two"]).status_code == 400
        forged = theirs.post(path, data={"text": "forged", "csrf_token": "x"})
        assert forged.status_code == 403
    (only,) = theirs.api("GET", f"/posts/{post.id}/comments")[1]["items"]
    assert (only["text"], only["reply_count"]) == ("as it was", 0)


def test_who_left_has_no_card_and_no_word(ann: Person, ben: Person, client_for: Clients) -> None:
    theirs, mine, post = client_for(ben), client_for(ann), make_post(ann)
    said = make_comment(post, ben)
    assert mine.get("/u/ben/card").status_code == 200
    assert theirs.api("DELETE", "/me", {"password": ben.password})[0] == 202
    cards = [mine.get(f"/u/{name}/card") for name in ("ben", "nobody1")]
    assert [card.status_code for card in cards] == [404, 404]
    assert cards[0].text == cards[1].text
    assert pages(mine, OF_COMMENTS, said.id) == pages(mine, OF_COMMENTS, UNKNOWN)
    for method, path in (
        ("PUT", "like"),
        ("DELETE", "like"),
        ("GET", "likers"),
        ("GET", "replies"),
        ("POST", "replies"),
    ):
        found = mine.api(method, f"/comments/{said.id}/{path}")
        assert found == mine.api(method, f"/comments/{UNKNOWN}/{path}"), path
        assert found[0] == 404


# -- announced once --------------------------------------------------------------------------------


def test_the_same_like_a_hundred_times_in_parallel_is_one(
    app: Flask,
    ann: Person,
    ben: Person,
    token_client: Callable[[Person], Client],
    drain: Drain,
    frames: list[tuple[str, int]],
) -> None:
    post = make_post(ann)
    comment = make_comment(post, ann)
    token = token_client(ben).token
    bring_online([ann.id])

    def tap() -> set[int]:
        client: Any = app.test_client()
        client.token = token
        counted = set()
        for _ in range(5):
            for path in (f"/posts/{post.id}/like", f"/comments/{comment.id}/like"):
                status, liked = client.api("PUT", path)
                assert status == 200 and liked["viewer"] == {"liked": True}
                counted.add(liked["like_count"])
        return counted

    assert concurrently(app, [tap] * 20) == [{1}] * 20
    drain()
    drain()
    db.session.rollback()
    for like in (PostLike, CommentLike):
        assert db.session.scalar(select(func.count()).select_from(like)) == 1
    assert rows(NotificationModel.recipient_id == ann.id) == 2
    assert frames.count(("notification.created", ann.id)) == 2


@pytest.mark.timeout(300)
def test_a_thousand_hearts_and_second_thoughts_are_announced_once(
    ann: Person,
    ben: Person,
    token_client: Callable[[Person], Client],
    drain: Drain,
    frames: list[tuple[str, int]],
) -> None:
    client, post = token_client(ben), make_post(ann)
    bring_online([ann.id])
    for number in range(1_000):
        method = "DELETE" if number % 2 else "PUT"
        status, liked = client.api(method, f"/posts/{post.id}/like")
        assert (status, liked["like_count"]) == (200, 1 - number % 2)
        if number % 111 == 0:
            drain()
    drain()
    assert frames.count(("notification.created", ann.id)) == 1
    assert rows(NotificationModel.recipient_id == ann.id) == 1
    assert rows(NotificationModel.state == "shown") == 0
    client.api("PUT", f"/posts/{post.id}/like")
    drain()
    assert rows(NotificationModel.state == "shown") == rows() == 1
    assert frames.count(("notification.created", ann.id)) == 1


def test_follows_and_edits_that_flap_are_announced_once(
    ann: Person,
    ben: Person,
    token_client: Callable[[Person], Client],
    drain: Drain,
    frames: list[tuple[str, int]],
) -> None:
    client, post = token_client(ben), make_post(ben)
    comment = make_comment(post, ben)
    drain()
    bring_online([ann.id])
    for number in range(40):
        client.api("DELETE" if number % 2 else "PUT", "/users/ann/follow")
        words = "nobody" if number % 2 else "@ann"
        client.api("PATCH", f"/comments/{comment.id}", {"text": words})
        client.api("PATCH", f"/posts/{post.id}", {"caption": words})
        if number % 7 == 0:
            drain()
    drain()
    mine = NotificationModel.recipient_id == ann.id
    assert rows(mine) == 3, "a follow, a mention in the post and one in the comment"
    assert frames.count(("notification.created", ann.id)) == 3


# -- somebody else's notifications -----------------------------------------------------------------


def test_a_sweep_of_ids_finds_and_changes_nothing(
    ann: Person, ben: Person, token_client: Callable[[Person], Client], drain: Drain
) -> None:
    post = make_post(ann)
    for _ in "123":
        make_comment(post, ben, text="@ann look")
    drain()
    db.session.rollback()
    last = db.session.scalar(select(func.max(NotificationModel.id))) or 0
    client = token_client(make_user("cat"))
    before = snapshot()
    numbers = range(max(1, last - 60), last + 20)
    found = {
        client.api(method, f"/notifications/{number}{rest}")[0]
        for number in numbers
        for method, rest in (("PUT", "/read"), ("DELETE", ""))
    }
    found |= {client.get(f"/notifications/{number}/open").status_code for number in numbers[::8]}
    assert found == {404}
    assert snapshot()[0] == before[0]
    assert client.api("DELETE", "/notifications?kind=comment&recipient_id=1")[0] == 204
    assert client.api("PUT", "/notifications/read", {"recipient_id": str(ann.id)})[0] == 200
    assert snapshot()[0]["notifications"] == before[0]["notifications"]
