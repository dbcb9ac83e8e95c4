"""Posts on somebody's screen: who may watch, what they hear, what they do not."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from pigeon.cache import keys
from pigeon.extensions import state
from pigeon.realtime import push
from pigeon.realtime.connections import WATCHED_PER_SOCKET
from pigeon.services.comments import changes as comments_changes
from pigeon.services.likes import likes
from pigeon.services.posts import changes as posts_changes
from tests.factories import Person, Posted, make_post, make_user
from tests.harness import children
from tests.harness.kills import pids_of
from tests.harness.sites import Site
from tests.harness.sockets import SERVERS, Socket, token_of

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("sockets")]


@pytest.fixture
def inside(sockets_site: Site) -> Iterator[None]:
    """What the test does itself, it does as a process of the site."""
    with sockets_site.app.app_context():
        yield


@pytest.fixture
def ben(inside: None) -> Person:
    return make_user()


@pytest.fixture
def post(inside: None, ann: Person) -> Posted:
    return make_post(ann)


def ask(who: Socket, event: str, *payload: Any) -> dict[str, Any]:
    answer: dict[str, Any] = who.client.call(event, payload, timeout=20)
    return answer


def watch(who: Socket, post: Posted) -> dict[str, Any]:
    return ask(who, "post.watch", {"post_id": str(post.id)})


def heard(who: Socket, event: str, times: int = 1) -> list[Any]:
    children.wait_until(lambda: len(who.heard[event]) >= times, what=event)
    return who.heard[event]


def counts_heard(who: Socket) -> list[int]:
    return [told["like_count"] for told in who.heard["post.liked"]]


def hears_nothing(who: Socket, *, of: Socket) -> None:
    """Two sockets of one server: what both may hear, they hear in the same moment.

    That something may have been missed, everybody is told at any time.
    """
    time.sleep(0.2)
    assert set(who.heard) <= {"resync"}, of.heard


# -- who may watch ---------------------------------------------------------------------------------


def test_watching_answers_the_counts_of_the_moment(
    sockets_site: Site, ben: Person, post: Posted, connect: Any
) -> None:
    comments_changes.create(post.id, by=ben.id, text="coo")
    likes.set_liked(likes.POSTS, post.id, by=ben.id, on=True)
    theirs = connect(token=token_of(sockets_site, ben))
    assert watch(theirs, post) == {"ok": True, "like_count": 1, "comment_count": 1}
    assert ask(theirs, "post.unwatch", {"post_id": str(post.id)}) == {"ok": True}
    assert ask(theirs, "post.unwatch", {"post_id": str(post.id)}) == {"ok": True}


def test_only_its_author_watches_a_post_that_is_not_published(
    sockets_site: Site, ann: Person, ben: Person, connect: Any
) -> None:
    post = make_post(ann, state="processing", images=1)
    mine = [connect(server, token=token_of(sockets_site, ann)) for server in SERVERS]
    theirs = connect(token=token_of(sockets_site, ben))
    assert all(watch(each, post)["ok"] for each in mine)
    refused = watch(theirs, post)
    assert refused == ask(theirs, "post.watch", {"post_id": str(2**62)})
    assert refused["error"]["code"] == "not_found" and refused["error"]["message"]
    comments_changes.create(post.id, by=ann.id, text="soon")
    for each in mine:
        assert heard(each, "comment.created")[0]["text"] == "soon"
    hears_nothing(theirs, of=mine[0])


def test_refusals_are_in_the_readers_language(
    sockets_site: Site, inside: None, connect: Any
) -> None:
    minsu = make_user(language="ko")
    refused = ask(connect(token=token_of(sockets_site, minsu)), "post.watch", {"post_id": "0"})
    assert refused["error"]["code"] == "not_found" and not refused["error"]["message"].isascii()


NESTED: Any = "deep"
for _ in range(50):
    NESTED = {"post_id": [NESTED]}


@pytest.mark.parametrize(
    "payload",
    [
        [],
        [None],
        [7],
        ["9"],
        [["9"]],
        [{}],
        [{"post_id": None}],
        [{"post_id": 9}],
        [{"post_id": ["9"]}],
        [{"post_id": {"$ne": ""}}],
        [{"post_id": b"9"}],
        [NESTED],
        [{"post_id": "9"}, "more"],
        [{f"field{n}": n for n in range(2_000)}],
    ],
    ids=lambda payload: str(payload)[:30],
)
@pytest.mark.parametrize("event", ["post.watch", "post.unwatch"])
def test_another_payload_is_invalid_and_names_the_field(
    sockets_site: Site, ben: Person, connect: Any, event: str, payload: list[Any]
) -> None:
    theirs = connect(token=token_of(sockets_site, ben))
    refused = ask(theirs, event, *payload)
    assert refused["ok"] is False and refused["error"]["code"] == "invalid"
    assert set(refused["error"]["fields"]) == {"post_id"}
    assert refused["error"]["fields"]["post_id"]["code"] in ("required", "bad_format")
    assert len(str(refused)) < 1_000
    assert theirs.client.connected


def test_ids_that_cannot_exist_are_not_found(sockets_site: Site, ben: Person, connect: Any) -> None:
    theirs = connect(token=token_of(sockets_site, ben))
    for post_id in ("", "0", "-1", "1e9", "９", "9\0", "9" * 60_000, str(2**64), "' or 1=1 --"):
        assert ask(theirs, "post.watch", {"post_id": post_id})["error"]["code"] == "not_found"
    both = ask(theirs, "post.watch", {"post_id": "9", "room": "user:1"})["error"]["fields"]
    assert {name: fault["code"] for name, fault in both.items()} == {"room": "unknown"}


@pytest.mark.parametrize(
    "message",
    [
        "42",
        "42{}",
        "42[]",
        "42[{}]",
        '427["connect",{"token":"x"}]',
        '427["disconnect"]',
        '427["*"]',
        "42" + "[" * 60_000,
        "45999999999-[]",
        '451-["post.watch",{"_placeholder":true,"num":7}]',
        "4{",
        "4" + "[" * 60_000,
        "xyz",
        "b%%%",
        "",
    ],
    ids=lambda message: message[:12],
)
def test_what_is_no_event_closes_the_connection_without_a_traceback(
    sockets_site: Site, ben: Person, connect: Any, message: str
) -> None:
    log = sockets_site.log("site")
    before = log.stat().st_size
    loud = connect(token=token_of(sockets_site, ben))
    quiet = connect(token=token_of(sockets_site, ben))
    transport = loud.client.eio.ws
    transport.send(message)
    if message.startswith("451"):
        transport.send_binary(b"9")
    assert loud.closed.wait(30)
    assert ask(quiet, "anything")["error"]["code"] == "not_found"
    assert b"Traceback" not in log.read_bytes()[before:]


# -- what they hear --------------------------------------------------------------------------------


@pytest.mark.no_second_look
def test_a_comment_reaches_who_watches_on_every_server_and_nobody_else(
    sockets_site: Site, ann: Person, ben: Person, post: Posted, connect: Any
) -> None:
    other = make_post(ben)
    mine = [connect(server, token=token_of(sockets_site, ann)) for server in SERVERS]
    bens = token_of(sockets_site, ben)
    theirs = [connect(server, token=bens) for server in SERVERS]
    unwatched, left, elsewhere = (connect(token=bens) for _ in range(3))
    for each in (*mine, *theirs, left):
        assert watch(each, post)["ok"]
    ask(left, "post.unwatch", {"post_id": str(post.id)})
    watch(elsewhere, other)
    made = comments_changes.create(post.id, by=ben.id, text=f"@{ann.username} <b>coo</b> #tag")
    shown = requests.get(f"{sockets_site.url}/api/v1/posts/{post.id}/comments", timeout=20)
    for each in (*mine, *theirs):
        assert heard(each, "comment.created") == [shown.json()["items"][0] | {"comment_count": 1}]
        assert each.heard["comment.created"][0]["viewer"] is None
    for each in (unwatched, left, elsewhere):
        hears_nothing(each, of=theirs[0])
    comments_changes.create(post.id, by=ann.id, text="reply", parent_id=int(made.id))
    reply = heard(mine[1], "comment.created", 2)[1]
    assert (reply["parent_id"], reply["comment_count"]) == (made.id, 2)
    comments_changes.remove(int(made.id), by=ben.id)
    gone = {"id": made.id, "post_id": str(post.id), "parent_id": None, "comment_count": 0}
    for each in (*mine, *theirs):
        assert heard(each, "comment.deleted") == [gone]


def test_likes_are_told_as_absolute_counts_and_the_last_one_for_certain(
    sockets_site: Site, ann: Person, post: Posted, connect: Any
) -> None:
    people = [make_user() for _ in range(8)]
    mine = [connect(server, token=token_of(sockets_site, ann)) for server in SERVERS]
    for each in mine:
        watch(each, post)
    began = time.monotonic()
    for person in people:
        likes.set_liked(likes.POSTS, post.id, by=person.id, on=True)
        time.sleep(0.1)
    for each in mine:
        children.wait_until(lambda each=each: counts_heard(each)[-1:] == [8], what="the last like")
        assert counts_heard(each) == sorted(counts_heard(each))
        most = max(4, 2 + time.monotonic() - began)  # one a second
        assert len(each.heard["post.liked"]) <= most
    likes.set_liked(likes.POSTS, post.id, by=people[0].id, on=False)
    for each in mine:
        children.wait_until(lambda each=each: counts_heard(each)[-1] == 7, what="the unlike")


def test_a_like_that_was_seen_and_taken_back_before_it_was_stored_is_corrected(
    sockets_site: Site, ben: Person, post: Posted, connect: Any
) -> None:
    theirs = connect(token=token_of(sockets_site, ben))
    watch(theirs, post)
    likes.set_liked(likes.POSTS, post.id, by=ben.id, on=True)
    likes.set_liked(likes.POSTS, post.id, by=ben.id, on=False)
    # Where the first one is stored before the second one comes, it is told, too.
    children.wait_until(lambda: counts_heard(theirs)[-1:] == [0], what="the correction")
    assert theirs.heard["post.liked"][-1] == {"post_id": str(post.id), "like_count": 0}


def test_a_socket_watches_its_newest_posts_only(
    sockets_site: Site, ben: Person, post: Posted, connect: Any
) -> None:
    theirs = connect(token=token_of(sockets_site, ben))
    watch(theirs, post)
    newer = [make_post(post.author) for _ in range(WATCHED_PER_SOCKET)]
    assert all(watch(theirs, each)["ok"] for each in newer)
    comments_changes.create(post.id, by=ben.id, text="unheard")
    comments_changes.create(newer[0].id, by=ben.id, text="heard")
    assert [made["text"] for made in heard(theirs, "comment.created")] == ["heard"]


def test_nobody_watches_a_post_that_was_deleted(
    sockets_site: Site, ann: Person, ben: Person, post: Posted, connect: Any
) -> None:
    theirs = [connect(server, token=token_of(sockets_site, ben)) for server in SERVERS]
    other = make_post(ann)
    for each in theirs:
        watch(each, post)
        watch(each, other)
    posts_changes.remove(post.id, by=ann.id)
    assert watch(theirs[0], post)["error"]["code"] == "not_found"
    comments_changes.create(other.id, by=ann.id, text="still here")
    for each in theirs:
        heard(each, "comment.created")
    push.to_post("comment.created", {"id": "0"}, post.id)
    push.to_post("comment.created", {"id": "1"}, other.id)
    for each in theirs:
        assert [told["id"] for told in heard(each, "comment.created", 2)][1:] == ["1"]


def test_many_may_watch_and_leave_at_once(
    sockets_site: Site, ben: Person, post: Posted, connect: Any
) -> None:
    theirs = [connect(server, token=token_of(sockets_site, ben)) for server in SERVERS * 3]
    with ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            assert all(answer["ok"] for answer in pool.map(lambda each: watch(each, post), theirs))
    comments_changes.create(post.id, by=ben.id, text="once")
    for each in theirs:
        assert len(heard(each, "comment.created")) == 1


# -- after a gap -----------------------------------------------------------------------------------


def test_after_redis_was_killed_watching_again_works(
    sockets_site: Site, ann: Person, post: Posted, connect: Any
) -> None:
    mine = [connect(server, token=token_of(sockets_site, ann)) for server in SERVERS]
    for each in mine:
        watch(each, post)
    (pid,) = pids_of(sockets_site, "redis-state")
    os.kill(pid, signal.SIGKILL)
    for each in mine:
        children.wait_until(
            lambda each=each: each.heard["resync"], timeout_s=40, what="resync on every server"
        )
        assert watch(each, post)["ok"]
    comments_changes.create(post.id, by=ann.id, text="back")
    for each in mine:
        assert heard(each, "comment.created")[0]["text"] == "back"
    assert state.client.zscore(keys.WATCHED.key(), str(post.id)) > time.time()
