from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from pigeon.domain import limits
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Conflict, Forbidden, Invalid, NotFound
from pigeon.extensions import cache, db
from pigeon.jobs import runner
from pigeon.jobs.scheduler import sweep_outbox
from pigeon.models import (
    CommentLike,
    CommentModel,
    IdempotencyKey,
    MentionModel,
    NotificationModel,
    PostLike,
    PostModel,
    PostTag,
    PublicationModel,
    UserModel,
)
from pigeon.services.likes import likes
from pigeon.services.likes.likes import COMMENTS, POSTS
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import erasing, posts
from pigeon.stores.incoming import Incoming
from pigeon.unit_of_work import unit_of_work
from tests.factories import Person, Posted, make_comment, make_follow, make_post, make_user
from tests.factories.uploads import make_processing_post, make_upload
from tests.harness import pictures
from tests.harness.clients import multipart
from tests.harness.context import concurrently, in_app
from tests.harness.crashes import killed_at, left_in_incoming, stored_objects
from tests.stores import hostile

DAMAGED = hostile.damaged_png()


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# -- creating --------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_a_text_is_published_at_once(app: Flask, client_for: Any, mode: str) -> None:
    ann = make_user("ann")
    status, post = client_for(ann).api("POST", "/posts", {"caption": "  hello \r\n you "})
    assert status == 201
    assert (post["state"], post["caption"], post["images"]) == ("published", "hello \n you", [])
    assert post["published_at"] and post["href"] == f"/p/{post['id']}"
    assert client_for(ann).api("GET", "/me")[1]["post_count"] == 1


@pytest.mark.both_modes
def test_pictures_are_answered_at_once_and_visible_when_all_are_ready(
    app: Flask, client_for: Any, anonymous: Any, drain: Callable[[], int], mode: str
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    images = [pictures.jpeg(), pictures.png(), pictures.webp()]
    status, post = client_for(ann).share("three", images, ["a", "", "c"])
    assert (status, [image["alt"] for image in post["images"]]) == (202, ["a", "", "c"])
    if mode == "full":
        assert post["state"] == "processing"
        assert anonymous.api("GET", f"/posts/{post['id']}")[0] == 404
        assert client_for(ben).api("GET", "/timeline")[1]["items"] == []
        assert client_for(ann).api("GET", f"/posts/{post['id']}")[0] == 200
        drain()
    status, post = anonymous.api("GET", f"/posts/{post['id']}")
    assert (status, post["state"]) == (200, "published")
    (item,) = client_for(ben).api("GET", "/timeline")[1]["items"]
    assert item["images"] == post["images"]
    for image in post["images"]:
        for url in (image["url"], image["thumb_url"], *(v["url"] for v in image["variants"])):
            assert anonymous.get(url).status_code == 200
    assert left_in_incoming() == []


def test_the_answer_waits_for_no_picture(
    app: Flask, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pigeon.services.media.media.render", lambda row: pytest.fail("in the request")
    )
    ann = make_user("ann")
    status, post = client_for(ann).share("", [pictures.jpeg()] * 10)
    assert (status, len(post["images"])) == (202, 10)


@pytest.mark.no_second_look
@pytest.mark.parametrize("images", [0, 2])
def test_one_key_makes_one_post_however_parallel(
    app: Flask, token_client: Any, images: int, drain: Callable[[], int]
) -> None:
    ann = make_user("ann")
    clients = [token_client(ann) for _ in range(4)]
    files = [pictures.jpeg(color=color) for color in ("red", "blue")[:images]]

    def send(client: Any) -> Any:
        return client.share("once", files, headers={"Idempotency-Key": "k-1"})

    answers = concurrently(app, [lambda client=client: send(client) for client in clients])
    assert [answer[0] for answer in answers] == [202 if images else 201] * 4, answers
    assert len({answer[1]["id"] for answer in answers}) == 1
    assert count(PostModel) == 1
    drain()
    assert left_in_incoming() == []
    status, again = send(clients[0])
    assert (status, again["id"], again["state"]) == (
        202 if images else 201,
        answers[0][1]["id"],
        "published",
    )
    assert count(PostModel) == 1


@pytest.mark.no_second_look
def test_one_key_with_another_body_is_a_conflict(app: Flask, client_for: Any) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    key = {"Idempotency-Key": "k-2"}
    first = client_for(ann).share("one", [pictures.jpeg()], headers=key)[1]
    for body in (
        ("two", [pictures.jpeg()], []),
        ("one", [pictures.jpeg(color="red")], []),
        ("one", [pictures.jpeg()], ["an alt text"]),
        ("one", [], []),
    ):
        status, answer = client_for(ann).share(*body, headers=key)
        assert (status, answer["error"]["code"]) == (409, "idempotency_conflict")
    assert client_for(ann).share("one", [pictures.jpeg()], headers=key)[1]["id"] == first["id"]
    assert client_for(ben).share("two", headers=key)[0] == 201
    assert len(left_in_incoming()) == 1


@pytest.mark.no_second_look
def test_a_parallel_request_with_another_body_is_refused_and_leaves_nothing(
    app: Flask, token_client: Any
) -> None:
    ann = make_user("ann")
    clients = [token_client(ann) for _ in range(2)]
    answers = concurrently(
        app,
        [
            lambda n=n, client=client: client.share(
                f"body {n}", [pictures.jpeg()], headers={"Idempotency-Key": "same"}
            )
            for n, client in enumerate(clients)
        ],
    )
    assert sorted(answer[0] for answer in answers) == [202, 409]
    assert count(PostModel) == 1
    assert len(left_in_incoming()) == 1


def test_a_key_is_forgotten_after_a_day(app: Flask, client_for: Any) -> None:
    ann, key = make_user("ann"), {"Idempotency-Key": "old"}
    first = client_for(ann).share("one", headers=key)[1]
    with unit_of_work():
        yesterday = utc_now() - timedelta(hours=25)
        db.session.execute(update(IdempotencyKey).values(created_at=yesterday))
    status, second = client_for(ann).share("two", headers=key)
    assert status == 201 and second["id"] != first["id"]


def test_many_texts_of_one_author_at_once(app: Flask, token_client: Any) -> None:
    ann = make_user("ann")
    clients = [token_client(ann) for _ in range(6)]
    answers = concurrently(
        app, [lambda n=n, c=c: c.share(f"text {n}") for n, c in enumerate(clients)]
    )
    assert [answer[0] for answer in answers] == [201] * 6, answers
    assert db.session.scalar(select(UserModel.post_count)) == 6


def test_nothing_is_stored_of_a_refused_post(app: Flask, client_for: Any) -> None:
    client = client_for(make_user("ann"))
    good = pictures.jpeg()
    for expected, fields, body in (
        (422, {"caption"}, ("", [])),
        (422, {"caption"}, ("x" * (limits.CAPTION + 1), [good])),
        (422, {"images"}, ("", [good] * 11)),
        (422, {"images.1"}, ("", [good, b"MZ not a picture"])),
        (422, {"images.0", "alts.0"}, ("", [b""], ["x" * (limits.ALT + 1)])),
    ):
        status, answer = client.share(*body)
        assert (status, set(answer["error"]["fields"])) == (expected, fields)
    large = (io.BytesIO(good + b"\0" * limits.JPEG_BYTES), "large.jpg")
    status, answer = client.api("POST", "/posts", **multipart(images__=[large]))
    assert (status, set(answer["error"]["fields"])) == (413, {"images.0"})
    assert count(PostModel) == 0 and left_in_incoming() == []


def test_a_full_disk_is_said_and_leaves_nothing(
    app: Flask, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(make_user("ann"))
    monkeypatch.setattr(
        "pigeon.web.requests.Incoming", lambda folder: Incoming(folder, reserve_bytes=1 << 60)
    )
    status, answer = client.share("", [pictures.jpeg()])
    assert (status, answer["error"]["code"]) == (503, "unavailable")
    assert int(client.last.headers["Retry-After"]) > 0
    assert client.share("text still works")[0] == 201
    assert count(PostModel) == 1 and left_in_incoming() == []


def test_what_the_caption_names_is_indexed(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = posts.create(ann.id, "hi @BEN and @nobody, #Sky #하늘 #sky", [])
    assert [user.username for user in post.mentions] == ["ben"]
    assert post.tags == ["sky", "하늘"]
    assert list(db.session.scalars(select(MentionModel.user_id))) == [ben.id]
    publications = set(db.session.scalars(select(PostTag.publication_id)))
    assert len(publications) == 1 and None not in publications
    edited = posts_changes.edit(int(post.id), by=ann.id, caption="only #sea")
    assert (edited.mentions, edited.tags) == ([], ["sea"])
    assert set(db.session.scalars(select(PostTag.publication_id))) == publications


def test_a_person_before_a_new_sentence_is_named(app: Flask) -> None:
    ben, see = make_user("annq"), make_user("ben.see")
    post = posts.get(make_post(make_user("ann"), caption="@annq.See @Ben.See").id, None)
    assert [user.id for user in post.mentions] == [str(ben.id), str(see.id)]


def test_tags_of_a_waiting_post_are_found_once_it_is_published(
    app: Flask, anonymous: Any, drain: Callable[[], int]
) -> None:
    make_processing_post(make_user("ann"), caption="#quiet")
    assert anonymous.api("GET", "/tags/quiet/posts")[1]["items"] == []
    drain()
    assert len(anonymous.api("GET", "/tags/quiet/posts")[1]["items"]) == 1


# -- changing --------------------------------------------------------------------------------------


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


def test_a_deleted_post_takes_everything_along(
    app: Flask, client_for: Any, anonymous: Any, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    make_follow(ben, ann)
    post = make_processing_post(ann, images=2, caption="@ben #gone")
    drain()
    url = posts.get(int(post.id), None).images[0].url
    assert anonymous.get(url).status_code == 200
    assert client_for(ben).api("GET", "/timeline")[1]["items"]
    assert client_for(ann).api("DELETE", f"/posts/{post.id}")[0] == 204
    assert client_for(ben).api("GET", "/timeline")[1]["items"] == []
    assert anonymous.get(url).status_code == 404
    for person in (ann, ben):
        for method, rest in (("GET", ""), ("DELETE", ""), ("PATCH", ""), ("PUT", "/like")):
            status, _ = client_for(person).api(method, f"/posts/{post.id}{rest}", {})
            assert status == 404, (method, rest)
    assert client_for(ann).api("GET", "/me")[1]["post_count"] == 0
    drain()
    assert count(PostModel) == 0
    assert stored_objects() == [] and left_in_incoming() == []
    assert (count(MentionModel), count(PostTag)) == (0, 0)
    assert client_for(ann).api("DELETE", f"/posts/{post.id}")[0] == 404
    assert client_for(ann).api("GET", "/me")[1]["post_count"] == 0


def make_much_loved(author: Person) -> Posted:
    """A post with more below it than one batch of three takes."""
    post, fan = make_post(author), make_user()
    for number in range(4):
        top = make_comment(post, text=f"{number}")
        reply = make_comment(post, answers=top)
        for kind, target_id in ((POSTS, post.id), (COMMENTS, top.id), (COMMENTS, reply.id)):
            likes.set_liked(kind, target_id, by=top.author.id, on=True)
            likes.set_liked(kind, target_id, by=fan.id, on=True)
    return post


def erase_in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "ERASED_AT_ONCE", 3)
    monkeypatch.setattr(erasing, "BATCHES", 2)


HANGING = (PostModel, PostLike, CommentModel, CommentLike, PublicationModel)


def test_much_below_a_deleted_post_is_erased_piece_by_piece(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    erase_in_small_pieces(monkeypatch)
    ann = make_user("ann")
    gone, kept = make_much_loved(ann), make_much_loved(ann)
    drain()
    half = [count(model) // 2 for model in HANGING]
    assert min(half) > 0
    posts_changes.remove(gone.id, by=ann.id)
    assert erasing.erase_some(gone.id)
    assert count(PostLike) < 2 * half[1] and count(PostModel) == 2
    drain()
    assert [count(model) for model in HANGING] == half
    assert not erasing.erase_some(gone.id) and not erasing.erase_some(kept.id)
    assert posts.get(kept.id, ann.id).like_count == half[1]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("passes", [1, 3, 6])
def test_a_worker_killed_while_erasing_leaves_the_rest_to_the_next(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch, passes: int
) -> None:
    erase_in_small_pieces(monkeypatch)
    post = make_much_loved(make_user("ann"))
    drain()
    posts_changes.remove(post.id, by=post.author.id)
    killed_at(app, f"post.erasing:{passes}", runner.drain)
    sweep_outbox()
    drain()
    assert [count(model) for model in HANGING] == [0] * len(HANGING)


def test_a_like_that_waits_while_its_post_is_deleted_tells_nobody(
    app: Flask, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    said = make_comment(post, ann)
    for kind, target_id in ((POSTS, post.id), (COMMENTS, said.id)):
        likes.set_liked(kind, target_id, by=ben.id, on=True)
    posts_changes.remove(post.id, by=ann.id)
    drain()
    assert [count(model) for model in HANGING] == [0] * len(HANGING)
    assert count(NotificationModel) == 0


# -- failed pictures -------------------------------------------------------------------------------


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


def test_a_card_made_before_an_edit_does_not_come_back(
    app: Flask, client_for: Any, anonymous: Any
) -> None:
    ann = make_user("ann")
    post = make_post(ann, images=1)
    assert anonymous.api("GET", f"/posts/{post.id}")[1]["caption"] == post.caption
    assert cache.client.dbsize()
    in_app(app, posts_changes.edit, post.id, by=ann.id, caption="new")
    assert anonymous.api("GET", f"/posts/{post.id}")[1]["caption"] == "new"
    assert anonymous.get(f"/p/{post.id}").text.count("new")


def test_of_an_upload_only_what_was_kept_is_left(app: Flask) -> None:
    upload = make_upload()
    assert left_in_incoming() == [upload.token]
