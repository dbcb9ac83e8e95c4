from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from pigeon.domain import limits
from pigeon.domain.comments import Comment
from pigeon.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from pigeon.domain.events import CommentCreated, CommentDeleted, CommentEdited
from pigeon.domain.page import Page, PageRequest
from pigeon.extensions import db
from pigeon.models import CommentMention, CommentModel, IdempotencyKey, OutboxRow, PostModel
from pigeon.services import counts
from pigeon.services.comments import changes as comments_changes
from pigeon.services.comments import comments
from pigeon.services.likes import likes
from pigeon.services.posts import changes as posts_changes
from pigeon.services.posts import posts
from pigeon.services.users import users
from pigeon.unit_of_work import UnitOfWork, unit_of_work
from tests.factories import Posted, make_comment, make_post, make_user
from tests.factories.uploads import make_processing_post
from tests.harness.context import concurrently, in_app


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def listed(post: Posted, viewer_id: int | None = None, **request: Any) -> Page[Comment]:
    kind = comments.comments_kind(post.id)
    return comments.list_of_post(post.id, viewer_id, PageRequest(kind=kind, **request))


def texts(page: Page[Comment]) -> list[str]:
    return [comment.text for comment in page.items]


def replies(comment_id: int, viewer_id: int | None = None) -> list[str]:
    request = PageRequest(kind=comments.replies_kind(comment_id))
    return texts(comments.list_replies(comment_id, viewer_id, request))


def comment_count(post: Posted) -> int:
    return posts.get(post.id, post.author.id).comment_count


def assert_counts_are_rows() -> None:
    """Stored and cached counts say how many rows there are; no reply is without its comment."""
    db.session.rollback()
    rows = db.session.execute(select(CommentModel.id, CommentModel.post_id, CommentModel.parent_id))
    found = [tuple(row) for row in rows]
    ids = {row[0] for row in found}
    assert all(parent_id is None or parent_id in ids for _, _, parent_id in found)
    for post in db.session.execute(select(PostModel.id, PostModel.comment_count)).all():
        assert post[1] == len([row for row in found if row[1] == post[0]])
        assert counts.of_posts([post[0]])[post[0]].comment_count == post[1]
    for row in db.session.execute(select(CommentModel.id, CommentModel.reply_count)).all():
        assert row[1] == len([one for one in found if one[2] == row[0]])
        assert counts.of_comments([row[0]])[row[0]].reply_count == row[1]


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was raised about comments, in order."""
    raised: list[Any] = []
    record = UnitOfWork.record

    def note(uow: UnitOfWork, event: Any) -> None:
        if isinstance(event, CommentCreated | CommentEdited | CommentDeleted):
            raised.append(event)
        record(uow, event)

    monkeypatch.setattr(UnitOfWork, "record", note)
    return raised


# -- writing ---------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_a_comment_is_there_at_once_for_everybody(app: Flask, mode: str) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    made = comments_changes.create(post.id, by=ben.id, text="  hi @ANN,\r\n#Sky #하늘 @nobody ")
    assert (made.text, made.parent_id, made.post_id) == (
        "hi @ANN,\n#Sky #하늘 @nobody",
        None,
        str(post.id),
    )
    assert [user.username for user in made.mentions] == ["ann"]
    assert made.tags == ["sky", "하늘"]
    assert made.href == f"/p/{post.id}#comment-{made.id}"
    assert made.viewer is not None and (made.viewer.is_author, made.viewer.may_delete) == (1, 1)
    assert texts(listed(post)) == [made.text]
    assert listed(post).items[0].viewer is None
    assert comment_count(post) == 1
    (mine,) = listed(post, ann.id).items
    assert mine.viewer is not None
    assert (mine.viewer.is_author, mine.viewer.may_delete) == (False, True)


@pytest.mark.both_modes
def test_an_answer_to_a_reply_stays_at_level_two(app: Flask, mode: str, events: list[Any]) -> None:
    post = make_post()
    top = make_comment(post, text="top")
    reply = make_comment(post, text="reply", answers=top)
    deeper = make_comment(post, text="deeper", answers=reply)
    assert (reply.parent_id, deeper.parent_id) == (top.id, top.id)
    assert replies(top.id) == ["deeper", "reply"] and replies(reply.id) == []
    assert texts(listed(post)) == ["top"]
    rows = db.session.execute(select(CommentModel.id, CommentModel.answered_id))
    stored = {row[0]: row[1] for row in rows}
    assert stored == {top.id: None, reply.id: top.id, deeper.id: reply.id}
    assert comments.get(top.id, None).reply_count == 2
    assert comment_count(post) == 3
    assert [event.parent_id for event in events] == [None, top.id, top.id]
    assert_counts_are_rows()


@pytest.mark.parametrize(
    ("text", "code", "limit"),
    [
        ("", "required", None),
        (" \n\u200b ", "required", None),
        ("x" * (limits.COMMENT + 1), "too_long", limits.COMMENT),
        (" ".join(f"@user{n}" for n in range(limits.MENTIONS + 1)), "too_many", limits.MENTIONS),
        (" ".join(f"#tag{n}" for n in range(limits.TAGS + 1)), "too_many", limits.TAGS),
    ],
)
def test_a_text_that_does_not_fit_is_refused_and_nothing_stored(
    app: Flask, text: str, code: str, limit: int | None
) -> None:
    ann = make_user("ann")
    post = make_post(ann)
    kept = make_comment(post, ann, text="kept")
    for change in (
        lambda: comments_changes.create(post.id, by=ann.id, text=text, key="k"),
        lambda: comments_changes.create(post.id, by=ann.id, text=text, parent_id=kept.id),
        lambda: comments_changes.edit(kept.id, by=ann.id, text=text),
    ):
        with pytest.raises(Invalid) as refused:
            change()
        fault = refused.value.fields["text"]
        assert (set(refused.value.fields), fault.code, fault.limit) == ({"text"}, code, limit)
    assert texts(listed(post)) == ["kept"] and count(IdempotencyKey) == 0


def test_the_longest_text_fits(app: Flask) -> None:
    post = make_post()
    assert make_comment(post, text=" " + "🐦" * limits.COMMENT).text == "🐦" * limits.COMMENT


def test_closed_comments_are_closed_for_the_author_too(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    said = make_comment(post, ben)
    posts_changes.edit(post.id, by=ann.id, comments_open=False)
    for by in (ann.id, ben.id):
        for parent_id in (None, said.id):
            with pytest.raises(Forbidden) as refused:
                comments_changes.create(post.id, by=by, text="late", parent_id=parent_id)
            assert refused.value.code == "comments_closed"
    assert comments_changes.edit(said.id, by=ben.id, text="still mine").text == "still mine"
    posts_changes.edit(post.id, by=ann.id, comments_open=True)
    make_comment(post, ben)
    assert comment_count(post) == 2


def test_closing_wins_over_what_the_cache_still_says(app: Flask) -> None:
    post = make_post()
    posts.get(post.id, None)
    with unit_of_work():
        db.session.execute(update(PostModel).values(comments_open=False))
    comments_changes.check_may_comment(post.id, post.author.id)
    with pytest.raises(Forbidden):
        make_comment(post)


def test_before_a_post_is_published_its_author_alone_speaks(
    app: Flask, drain: Callable[[], int], events: list[Any]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_processing_post(ann)
    number = int(post.id)
    made = comments_changes.create(number, by=ann.id, text="soon, @ben")
    assert posts.get(number, ann.id).comment_count == 1
    for refused in (
        lambda: comments_changes.create(number, by=ben.id, text="first"),
        lambda: comments_changes.create(number, by=ben.id, text="first", parent_id=int(made.id)),
        lambda: comments_changes.edit(int(made.id), by=ben.id, text="mine"),
        lambda: comments_changes.remove(int(made.id), by=ben.id),
        lambda: comments.get(int(made.id), ben.id),
        lambda: comments.get(int(made.id), None),
        lambda: comments.around(int(made.id), ben.id),
        lambda: comments.list_of_post(number, ben.id, PageRequest()),
        lambda: comments.list_replies(int(made.id), ben.id, PageRequest()),
        lambda: likes.set_liked(likes.COMMENTS, int(made.id), by=ben.id, on=True),
    ):
        with pytest.raises(NotFound):
            refused()
    assert [event.is_public for event in events] == [False]
    drain()
    assert comments.get(int(made.id), ben.id).text == "soon, @ben"
    comments_changes.create(number, by=ben.id, text="there")
    assert posts.get(number, None).comment_count == 2
    assert events[-1].is_public


def test_a_parent_belongs_to_the_post_and_can_be_seen(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post, other = make_post(ann), make_post(ann)
    hidden = make_processing_post(ann)
    foreign = make_comment(other, ann)
    unseen = comments_changes.create(int(hidden.id), by=ann.id, text="not yet")
    for parent_id in (foreign.id, int(unseen.id), 999_999_999):
        with pytest.raises(NotFound):
            comments_changes.create(post.id, by=ben.id, text="here?", parent_id=parent_id)
    for post_id in (int(hidden.id), 999_999_999):
        with pytest.raises(NotFound):
            comments_changes.create(post_id, by=ben.id, text="here?", parent_id=foreign.id)
    assert count(CommentModel) == 2
    assert_counts_are_rows()


# -- keys ------------------------------------------------------------------------------------------


@pytest.mark.no_second_look
def test_one_key_makes_one_comment_however_parallel(app: Flask) -> None:
    ben, post = make_user("ben"), make_post()

    def send() -> Comment:
        return comments_changes.create(post.id, by=ben.id, text="once", key="k-1")

    answers = concurrently(app, [send] * 4)
    assert len({getattr(answer, "id", answer) for answer in answers}) == 1, answers
    assert send().id == answers[0].id
    assert count(CommentModel) == 1 and comment_count(post) == 1


def test_a_key_is_for_one_request_of_one_person(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post, other = make_post(ann), make_post(ann)
    first = comments_changes.create(post.id, by=ben.id, text="one", key="k")
    for conflicting in (
        {"post_id": post.id, "text": "two"},
        {"post_id": other.id, "text": "one"},
        {"post_id": post.id, "text": "one", "parent_id": int(first.id)},
    ):
        with pytest.raises(Conflict) as refused:
            comments_changes.create(by=ben.id, key="k", **conflicting)
        assert refused.value.code == "idempotency_conflict"
    assert comments_changes.create(post.id, by=ann.id, text="one", key="k").id != first.id
    shared = posts.create(ben.id, "one", [], key="p", mark="m")
    with pytest.raises(Conflict):
        comments_changes.create(post.id, by=ben.id, text="one", key="p")
    with pytest.raises(Conflict):
        posts.create(ben.id, "one", [], key="k", mark="m")
    assert posts.create(ben.id, "one", [], key="p", mark="m").id == shared.id


def test_a_repeated_request_is_answered_though_comments_were_closed(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    first = comments_changes.create(post.id, by=ben.id, text="one", key="k")
    posts_changes.edit(post.id, by=ann.id, comments_open=False)
    comments_changes.check_may_comment(post.id, ben.id, "k")
    assert comments_changes.create(post.id, by=ben.id, text="one", key="k").id == first.id
    comments_changes.remove(int(first.id), by=ben.id)
    with pytest.raises(NotFound):
        comments_changes.create(post.id, by=ben.id, text="one", key="k")


# -- changing --------------------------------------------------------------------------------------


def test_edited_is_said_when_the_text_really_changed(app: Flask, events: list[Any]) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    comment = make_comment(make_post(ann), ben, text="hi @ann")
    same = comments_changes.edit(comment.id, by=ben.id, text=" hi @ann ")
    assert same.edited_at is None and len(events) == 1
    edited = comments_changes.edit(comment.id, by=ben.id, text="hi @ben #new")
    assert edited.edited_at and edited.created_at == same.created_at
    assert ([user.username for user in edited.mentions], edited.tags) == (["ben"], ["new"])
    assert list(db.session.scalars(select(CommentMention.user_id))) == [ben.id]
    assert isinstance(events[-1], CommentEdited)
    assert comments.get(comment.id, None).text == "hi @ben #new"


def test_the_author_edits_and_the_owner_of_the_post_may_only_delete(app: Flask) -> None:
    ann, ben, cat = make_user("ann"), make_user("ben"), make_user("cat")
    post = make_post(ann)
    comment = make_comment(post, ben)
    reply = make_comment(post, ann, answers=comment)
    for by in (ann.id, cat.id):
        with pytest.raises(Forbidden):
            comments_changes.edit(comment.id, by=by, text="other words")
    for number in (comment.id, reply.id):
        with pytest.raises(Forbidden):
            comments_changes.remove(number, by=cat.id)
    with pytest.raises(Forbidden):
        comments_changes.remove(reply.id, by=ben.id)
    comments_changes.remove(comment.id, by=ann.id)
    assert count(CommentModel) == 0


@pytest.mark.both_modes
def test_a_deleted_comment_takes_its_replies_along(
    app: Flask, mode: str, events: list[Any], drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    kept, top = make_comment(post, ben, text="kept"), make_comment(post, ben, text="top")
    below = [make_comment(post, ann, text=f"{n} @ben", answers=top) for n in range(3)]
    aside = make_comment(post, ann, text="aside", answers=kept)
    likes.set_liked(likes.COMMENTS, below[0].id, by=ben.id, on=True)
    drain()
    comments_changes.remove(below[2].id, by=ann.id)
    assert comments.get(top.id, None).reply_count == 2 and comment_count(post) == 5
    comments_changes.remove(top.id, by=ben.id)
    assert (events[-1].reply_ids, events[-1].parent_id) == ([below[0].id, below[1].id], None)
    assert texts(listed(post)) == ["kept"] and replies(kept.id) == ["aside"]
    for number in (top.id, below[0].id, below[1].id):
        with pytest.raises(NotFound):
            comments.get(number, ben.id)
        with pytest.raises(NotFound):
            comments_changes.remove(number, by=ann.id)
    comments_changes.remove(aside.id, by=ann.id)
    drain()
    assert count(CommentModel) == 1 and count(CommentMention) == 0
    assert_counts_are_rows()


def test_comments_go_with_their_post(app: Flask, drain: Callable[[], int]) -> None:
    post = make_post()
    comment = make_comment(post)
    make_comment(post, answers=comment)
    posts_changes.remove(post.id, by=post.author.id)
    assert count(CommentModel) == 2
    for by in (comment.author.id, post.author.id):
        for call in (
            lambda by=by: comments.get(comment.id, by),
            lambda by=by: listed(post, by),
            lambda by=by: comments_changes.create(post.id, by=by, text="late"),
            lambda by=by: comments_changes.edit(comment.id, by=by, text="late"),
            lambda by=by: comments_changes.remove(comment.id, by=by),
            lambda by=by: likes.set_liked(likes.COMMENTS, comment.id, by=by, on=True),
        ):
            with pytest.raises(NotFound):
                call()
    drain()
    assert count(CommentModel) == 0


def test_the_jobs_of_a_long_thread_are_of_a_limited_size(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pigeon.subscribers.COMMENTS", 2)
    post = make_post()
    top = make_comment(post)
    below = [make_comment(post, answers=top).id for _ in range(4)]
    drain()
    comments_changes.remove(top.id, by=post.author.id)
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.job == "comments.refresh"))
    told = [json.loads(row.arguments)["comment_ids"] for row in rows]
    assert sorted(number for ids in told for number in ids) == [top.id, *below]
    assert max(map(len, told)) == 2
    drain()
    assert_counts_are_rows()


# -- at the same moment ----------------------------------------------------------------------------


def test_many_at_once_are_all_counted(app: Flask) -> None:
    people = [make_user() for _ in range(6)]
    post = make_post()
    top = make_comment(post)
    calls = [
        lambda n=n, by=by: comments_changes.create(
            post.id, by=by.id, text=f"{n}", parent_id=top.id if n % 2 else None
        )
        for n, by in enumerate(people)
    ]
    answers = concurrently(app, calls)
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert comment_count(post) == 7 and comments.get(top.id, None).reply_count == 3
    assert_counts_are_rows()


def test_a_reply_to_what_is_being_deleted_is_kept_whole_or_not_at_all(app: Flask) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    for _ in range(5):
        top = make_comment(post, ann)
        first = make_comment(post, ben, answers=top)
        calls = [
            lambda top=top: comments_changes.remove(top.id, by=ann.id),
            lambda first=first: comments_changes.create(
                post.id, by=ben.id, text="still there?", parent_id=first.id
            ),
            lambda first=first: comments_changes.remove(first.id, by=ben.id),
            lambda top=top: comments_changes.edit(top.id, by=ann.id, text="one moment"),
        ]
        for answer in concurrently(app, calls):
            assert not isinstance(answer, Exception) or isinstance(answer, NotFound), answer
        assert_counts_are_rows()
        assert comment_count(post) == 0


def test_a_comment_on_a_post_that_is_being_deleted_leaves_nothing(
    app: Flask, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    for _ in range(3):
        post = make_post(ann)
        answers = concurrently(
            app,
            [
                lambda post=post: posts_changes.remove(post.id, by=ann.id),
                lambda post=post: make_comment(post, ben),
            ],
        )
        assert answers[0] is None
        assert not isinstance(answers[1], Exception) or isinstance(answers[1], NotFound), answers
        drain()
        assert count(CommentModel) == 0


def test_the_job_of_a_comment_mends_what_caches_were_not_told(
    app: Flask, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post()
    top = make_comment(post, text="before")
    listed(post)
    comments.previews([post.id])
    with monkeypatch.context() as deaf:
        deaf.setattr(comments_changes, "_evict", lambda *_: None)
        comments_changes.edit(top.id, by=top.author.id, text="after")
        make_comment(post, answers=top)
        assert texts(listed(post)) == ["before"]
    drain()
    assert texts(listed(post)) == ["after"]
    assert [card.text for card in comments.previews([post.id])[post.id]] == ["after"]
    assert_counts_are_rows()


# -- reading ---------------------------------------------------------------------------------------


def test_lists_are_newest_first_by_pages(app: Flask) -> None:
    post = make_post()
    for number in range(5):
        make_comment(post, text=f"{number}")
    first = listed(post, limit=2)
    assert texts(first) == ["4", "3"] and first.next
    assert texts(listed(post, limit=2, before=int(first.items[-1].id))) == ["2", "1"]
    last = listed(post, limit=2, before=int(first.items[-1].id) - 2)
    assert texts(last) == ["0"] and last.next is None


def test_a_warm_page_asks_sql_for_ids_alone(app: Flask, queries: Callable[[], Any]) -> None:
    ann, post = make_user("ann"), make_post()
    for number in range(20):
        make_comment(post, text=f"{number} @ann #sky")
    for viewer_id in (ann.id, None):
        in_app(app, listed, post, viewer_id)
        with queries() as sent:
            page = in_app(app, listed, post, viewer_id)
        assert len(page.items) == 20
        assert len(sent) == 1, sent


@pytest.mark.parametrize("place", [0, 5, 12, 44])
def test_a_page_is_found_around_a_comment(app: Flask, place: int) -> None:
    ann, post = make_user("ann"), make_post()
    made = [make_comment(post, ann, text=f"{number}") for number in range(45)]
    found = comments.around(made[place].id, None)
    assert f"{place}" in texts(found.top) and len(found.top.items) == min(20, 11 + place)
    assert found.is_newest == (found.top.items[0].text == "44")
    assert (found.top.next is None) == (found.top.items[-1].text == "0")
    assert found.replies is None


def test_a_page_is_found_around_a_reply_in_its_thread(app: Flask) -> None:
    ann, post = make_user("ann"), make_post()
    old = make_comment(post, ann, text="old")
    made = [make_comment(post, ann, text=f"{number}", answers=old) for number in range(30)]
    for number in range(25):
        make_comment(post, ann, text=f"newer {number}")
    found = comments.around(made[3].id, None)
    assert found.opened == old.id and "old" in texts(found.top) and not found.is_newest
    assert found.replies is not None and "3" in texts(found.replies)
    with pytest.raises(NotFound):
        comments.around(999_999_999, None)


@pytest.mark.both_modes
def test_a_card_shows_the_two_newest_comments(app: Flask, mode: str) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post, quiet = make_post(ann), make_post(ann)

    def previewed() -> list[str]:
        return [card.text for card in comments.previews([post.id, quiet.id])[post.id]]

    assert previewed() == []
    one, two, three = (make_comment(post, ben, text=text) for text in ("one", "two", "three"))
    make_comment(post, ann, text="a reply", answers=three)
    assert previewed() == ["three", "two"]
    comments_changes.edit(two.id, by=ben.id, text="zwei")
    assert previewed() == ["three", "zwei"]
    comments_changes.remove(three.id, by=ben.id)
    assert previewed() == ["zwei", "one"]
    comments_changes.remove(one.id, by=ben.id)
    assert previewed() == ["zwei"]
    assert comments.previews([post.id, quiet.id])[quiet.id] == []


def test_only_the_person_that_a_text_means_is_named_and_told(app: Flask) -> None:
    annq, see = make_user("annq"), make_user("annq.see")
    post = make_post(make_user("ann"))
    whole = make_comment(post, make_user("cat"), text="@annq.See you")
    row = db.session.scalars(select(CommentMention)).one()
    assert (row.comment_id, row.user_id, row.handle) == (whole.id, see.id, "annq.see")
    early = make_comment(post, make_user("dan"), text="@annq.You see")
    rows = select(CommentMention.user_id).where(CommentMention.comment_id == early.id)
    assert list(db.session.scalars(rows)) == [annq.id]


def test_a_new_name_shows_in_comments_and_where_they_mention(
    app: Flask, drain: Callable[[], int]
) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    post = make_post(ann)
    mine, named = make_comment(post, ben), make_comment(post, ann, text="hi @ben")
    listed(post)
    comments.previews([post.id])
    users.update_profile(ben.id, {"display_name": "Benjamin"})
    drain()
    assert comments.get(mine.id, None).author.display_name == "Benjamin"
    assert comments.get(named.id, None).mentions[0].display_name == "Benjamin"
    previews = comments.previews([post.id])[post.id]
    assert [card.author.display_name for card in previews] == ["Ann", "Benjamin"]


# -- leaving ---------------------------------------------------------------------------------------


@pytest.mark.both_modes
def test_what_a_person_said_is_gone_at_once_and_counted_soon(
    app: Flask,
    client_for: Any,
    drain: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
) -> None:
    monkeypatch.setattr("pigeon.services.comments.erasing.ERASED_AT_ONCE", 2)
    ann, ben, cat = make_user("ann"), make_user("ben"), make_user("cat")
    post, other = make_post(ann), make_post(cat)
    stays = make_comment(post, cat, text="stays, @ben")
    make_comment(post, ben, text="a reply of ben", answers=stays)
    for number in range(3):
        top = make_comment(post, ben, text=f"top {number}")
        make_comment(post, cat, text="below ben", answers=top)
        make_comment(post, ben, text="below himself", answers=top)
    make_comment(other, ben, text="elsewhere")
    gone = list(db.session.scalars(select(CommentModel.id).where(CommentModel.id != stays.id)))
    listed(post, ann.id)
    comments.previews([post.id])
    drain()
    assert client_for(ben).api("DELETE", "/me", {"password": ben.password})[0] == 202
    for number in gone:
        with pytest.raises(NotFound):
            comments.get(number, ann.id)
    assert texts(listed(post, ann.id)) == ["stays, @ben"] and replies(stays.id) == []
    assert [card.text for card in comments.previews([post.id])[post.id]] == ["stays, @ben"]
    drain()
    assert count(CommentModel) == 1
    assert comments.get(stays.id, None).mentions == []
    assert comment_count(post) == 1
    assert_counts_are_rows()


def test_who_is_leaving_says_nothing_more(app: Flask, client_for: Any) -> None:
    ben, post = make_user("ben"), make_post()
    assert client_for(ben).api("DELETE", "/me", {"password": ben.password})[0] == 202
    with pytest.raises(DomainError):
        comments_changes.create(post.id, by=ben.id, text="one more thing")
    assert count(CommentModel) == 0


def test_what_is_said_while_leaving_is_erased_with_the_rest(
    app: Flask, client_for: Any, drain: Callable[[], int]
) -> None:
    post = make_post()
    for _ in range(4):
        ben = make_user()
        client = client_for(ben)
        client.csrf()
        answers = concurrently(
            app,
            [
                lambda ben=ben: comments_changes.create(post.id, by=ben.id, text="bye"),
                lambda client=client, ben=ben: client.api(
                    "DELETE", "/me", {"password": ben.password}
                )[0],
            ],
        )
        assert not isinstance(answers[0], Exception) or isinstance(answers[0], NotFound), answers
        assert answers[1] == 202
        drain()
        assert count(CommentModel) == 0
        assert_counts_are_rows()
