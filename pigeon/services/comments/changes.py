"""Writing, editing and deleting comments; the post's row is locked first, then its comments."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError

from pigeon.crash_points import crash_point
from pigeon.domain import text as texts
from pigeon.domain.clock import utc_now
from pigeon.domain.comments import Comment, CommentCard
from pigeon.domain.errors import Forbidden, NotFound
from pigeon.domain.events import CommentCreated, CommentDeleted, CommentEdited
from pigeon.extensions import db
from pigeon.models import CommentMention, CommentModel, PostModel, UserModel
from pigeon.services import access, counts, idempotency
from pigeon.services.access.viewers import Viewer
from pigeon.services.comments import cards as comment_cards
from pigeon.services.comments import comments
from pigeon.services.comments.checks import check_comment
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import publishing
from pigeon.services.users import users
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work


def check_may_comment(post_id: int, by: int, key: str = "") -> None:
    """Refuse before the request's body is looked at: NotFound, then Forbidden.

    A key that was used already is answered as the first time, though comments be closed since.
    """
    viewer = access.viewer(by)
    card = access.posts.check_sees(viewer, post_cards.find(post_id, viewer))
    if not card.comments_open and not idempotency.is_used(by, key):
        raise Forbidden("comments_closed")


def check_may_reply(comment_id: int, by: int, key: str = "") -> CommentCard:
    """As `check_may_comment`; the card of what is answered."""
    card = comment_cards.get(comment_id, by)
    check_may_comment(card.post_id, by, key)
    return card


def check_may_edit(comment_id: int, by: int) -> CommentCard:
    """The comment's author, nobody else; Forbidden for who may see it."""
    card = comment_cards.get(comment_id, by)
    if card.author_id != by:
        raise Forbidden
    return card


def check_may_delete(comment_id: int, by: int) -> CommentCard:
    card = comment_cards.get(comment_id, by)
    viewer = access.viewer(by)
    post = access.posts.check_sees(viewer, post_cards.find(card.post_id, viewer))
    if not access.comments.may_delete(
        viewer, author_id=card.author_id, post_author_id=post.author_id
    ):
        raise Forbidden
    return card


# -- writing -----------------------------------------------------------------------------------


@retried
def create(
    post_id: int, *, by: int, text: str, parent_id: int | None = None, key: str = ""
) -> Comment:
    """Comment on a post, or reply to any comment of it: an answer to a reply stands beside it.

    With the same `key` again the same comment is answered, NotFound when it was deleted meanwhile,
    Conflict when the rest differs; two at the same moment make one.
    """
    checked = check_comment(text)
    mark = idempotency.fingerprint("comment", str(post_id), str(parent_id or ""), checked)
    made_id = idempotency.find_made(by, key, mark, "comment")
    if made_id is None:
        try:
            made_id = _insert(post_id, by, checked, parent_id, key, mark)
        except IntegrityError:
            made_id = idempotency.find_made(by, key, mark, "comment")
            if made_id is None:
                raise
    return comments.get(made_id, by)


def _insert(post_id: int, by: int, text: str, answered_id: int | None, key: str, mark: str) -> int:
    with unit_of_work() as uow:
        locked, writer = _lock_post(post_id), access.writer(by)
        _hold_author(by)
        post = access.posts.check_comments_on(writer, locked)
        parent_id = _lock_parent(answered_id, post_id, writer) if answered_id is not None else None
        row = CommentModel(
            post_id=post_id,
            parent_id=parent_id,
            answered_id=answered_id,
            author_id=by,
            text=text,
            created_at=utc_now(),
        )
        db.session.add(row)
        db.session.flush()
        if key:
            idempotency.take(by, key, mark, "comment", row.id)
        _index_mentions(row.id, text, by)
        count(post_id, 1)
        count_replies(parent_id, 1)
        comment_id = row.id
        uow.after_commit(lambda: crash_point("comment.committed"))
        changed(uow, post_id, comment_id, parent_id=parent_id)
        uow.record(
            CommentCreated(
                comment_id=comment_id,
                post_id=post_id,
                parent_id=parent_id,
                is_public=access.posts.is_published_state(post.state),
            )
        )
    return comment_id


def _lock_post(post_id: int) -> PostModel | None:
    return db.session.scalar(select(PostModel).where(PostModel.id == post_id).with_for_update())


def _lock_parent(answered_id: int, post_id: int, writer: Viewer) -> int:
    """The top comment under which an answer stands, locked; of this post, seen by who answers.

    Who deletes comments holds the post's lock too, so what is found here stays.
    """
    answered = db.session.execute(
        select(CommentModel.id, CommentModel.parent_id).where(
            CommentModel.id == answered_id, CommentModel.post_id == post_id, _is_by_met(writer)
        )
    ).one_or_none()
    if answered is None:
        raise NotFound
    top_id: int = answered.parent_id or answered.id
    locked = select(CommentModel.id).where(CommentModel.id == top_id, _is_by_met(writer))
    if db.session.scalar(locked.with_for_update()) is None:
        raise NotFound
    return top_id


def _is_by_met(writer: Viewer) -> ColumnElement[bool]:
    """Comments of people of whom the writer may know."""
    return CommentModel.author_id.in_(select(UserModel.id).where(access.users.where(writer)))


def _hold_author(user_id: int) -> None:
    """Who withdraws waits for this comment, so that it is erased with the others; or is gone.

    Who blocks its author, or is blocked, waits too: relations that are asked after this stand.
    """
    query = select(UserModel.state).where(UserModel.id == user_id).with_for_update(read=True)
    if not access.users.is_active_state(db.session.scalar(query)):
        raise NotFound


def _index_mentions(comment_id: int, text: str, author_id: int) -> list[int]:
    """Store whom the text names, and who is new; handles of nobody stay plain text.

    Whom its author must not meet is nobody.
    """
    handles = texts.parse(text).handles
    known = users.find_ids(handles, author_id) if handles else {}
    named = texts.named(text, known)
    mention = CommentMention
    before = db.session.scalars(select(mention.user_id).where(mention.comment_id == comment_id))
    newly_named = sorted({known[handle] for handle in named} - set(before))
    db.session.execute(delete(CommentMention).where(CommentMention.comment_id == comment_id))
    db.session.add_all(
        CommentMention(comment_id=comment_id, handle=handle, user_id=known[handle], position=n)
        for n, handle in enumerate(named)
    )
    return newly_named


# -- changing ----------------------------------------------------------------------------------


@retried
def edit(comment_id: int, *, by: int, text: str | None = None) -> Comment:
    """Change what is given; `edited_at` moves only when the text really changed."""
    card = check_may_edit(comment_id, by)
    if text is not None:
        _edit(card, check_comment(text))
    return comments.get(comment_id, by)


def _edit(card: CommentCard, checked: str) -> None:
    with unit_of_work() as uow:
        state = _hold_post(card.post_id)
        row = _lock(card.id)
        if row.text != checked:
            row.text, row.edited_at = checked, utc_now()
            db.session.flush()
            named = _index_mentions(card.id, checked, card.author_id)
            changed(uow, card.post_id, card.id, parent_id=card.parent_id)
            uow.record(
                CommentEdited(
                    comment_id=card.id,
                    post_id=card.post_id,
                    is_public=access.posts.is_published_state(state),
                    named=named,
                )
            )


def _hold_post(post_id: int) -> str | None:
    """Its state, which stays: either we announce whom an edit names, or its publication does."""
    query = select(PostModel.state).where(PostModel.id == post_id).with_for_update(read=True)
    return db.session.scalar(query)


@retried
def remove(comment_id: int, *, by: int) -> None:
    """Delete a comment with its replies; by its author or the post's."""
    card = check_may_delete(comment_id, by)
    with unit_of_work() as uow:
        _lock_post(card.post_id)
        _lock(comment_id)
        reply_ids = _delete_locked(comment_id)
        count(card.post_id, -1 - len(reply_ids))
        count_replies(card.parent_id, -1)
        changed(uow, card.post_id, comment_id, *reply_ids, parent_id=card.parent_id)
        uow.record(
            CommentDeleted(
                comment_id=comment_id,
                post_id=card.post_id,
                parent_id=card.parent_id,
                reply_ids=reply_ids,
            )
        )


def _delete_locked(comment_id: int) -> list[int]:
    """The ids of its replies, gone with it; no new one comes while the post is locked."""
    below = CommentModel.parent_id == comment_id
    reply_ids = list(db.session.scalars(select(CommentModel.id).where(below)))
    if reply_ids:
        db.session.execute(delete(CommentModel).where(below))
    db.session.execute(delete(CommentModel).where(CommentModel.id == comment_id))
    return reply_ids


def _lock(comment_id: int) -> CommentModel:
    row = db.session.scalar(
        select(CommentModel).where(CommentModel.id == comment_id).with_for_update()
    )
    if row is None:
        raise NotFound
    return row


def count(post_id: int, change: int) -> None:
    """Comments and replies of a post are counted together."""
    db.session.execute(
        update(PostModel)
        .where(PostModel.id == post_id)
        .values(comment_count=PostModel.comment_count + change)
    )


def count_replies(parent_id: int | None, change: int) -> None:
    if parent_id is not None:
        db.session.execute(
            update(CommentModel)
            .where(CommentModel.id == parent_id)
            .values(reply_count=CommentModel.reply_count + change)
        )


def changed(uow: UnitOfWork, post_id: int, *comment_ids: int, parent_id: int | None = None) -> None:
    """Cached values are evicted after the commit, and once more by the job of the event."""
    publication_id = publishing.publication_of(post_id)
    uow.after_commit(lambda: _evict(post_id, publication_id, comment_ids, parent_id))


def refresh(post_id: int, comment_ids: Sequence[int], parent_id: int | None) -> None:
    """Forget what caches hold of these comments, which share a parent, and of their post."""
    _evict(post_id, publishing.publication_of(post_id), comment_ids, parent_id)


def _evict(
    post_id: int, publication_id: int | None, comment_ids: Sequence[int], parent_id: int | None
) -> None:
    """Only top comments stand on the card of a post."""
    counts.posts.evict(post_id)
    counts.comments.evict(*comment_ids, *([parent_id] if parent_id is not None else []))
    comment_cards.cards.evict(*comment_ids)
    if parent_id is None:
        comment_cards.evict_previews(post_id, publication_id)
