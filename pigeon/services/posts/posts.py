"""Posts: created at once, visible when complete, edited and deleted by their author."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from pigeon.crash_points import crash_point
from pigeon.domain import text
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.events import ImagesAccepted
from pigeon.domain.media import Upload
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.posts import Post, PostCard, PostCounts, PostViewer
from pigeon.extensions import db
from pigeon.models import MentionModel, PostModel, PostTag, PublicationModel
from pigeon.services import access, counts, idempotency
from pigeon.services.likes import likers, likes
from pigeon.services.media import media
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import publishing
from pigeon.services.timelines.timelines import Entry
from pigeon.services.users import users
from pigeon.unit_of_work import retried, unit_of_work


def get(post_id: int, viewer_id: int | None) -> Post:
    """A post as the viewer sees it; NotFound for what they may not see."""
    card = access.posts.check_sees(access.viewer(viewer_id), post_cards.find(post_id, viewer_id))
    return overlay([card], viewer_id)[0]


def get_many(ids: list[int], viewer_id: int | None) -> list[Post]:
    """Visible posts in the order of `ids`; what is gone is left out."""
    found = post_cards.cards.many(ids)
    return overlay(access.posts.visible(access.viewer(viewer_id), found.values()), viewer_id)


def overlay(cards: list[PostCard], viewer_id: int | None) -> list[Post]:
    """Cards with counts and with what depends on who asks."""
    ids = [card.id for card in cards]
    counted = counts.of_posts(ids)
    viewers = _viewers(cards, viewer_id) if viewer_id is not None else {}
    return [
        Post.of(card, counted.get(card.id, PostCounts()), viewers.get(card.id)) for card in cards
    ]


def _viewers(cards: list[PostCard], viewer_id: int) -> dict[int, PostViewer]:
    ids = [card.id for card in cards]
    liked = likes.among(likes.POSTS, viewer_id, ids)
    liked_by = likers.liked_by(ids, viewer_id)
    return {
        card.id: PostViewer(
            is_author=card.author_id == viewer_id,
            liked=card.id in liked,
            saved=False,
            may_comment=card.comments_open,
            liked_by=liked_by.get(card.id, []),
        )
        for card in cards
    }


def list_of_author(author_id: int, viewer_id: int | None, request: PageRequest) -> Page[Post]:
    """A person's published posts, newest first."""
    query = (
        select(PublicationModel.id, PublicationModel.post_id)
        .where(PublicationModel.author_id == author_id)
        .order_by(PublicationModel.id.desc())
        .limit(request.limit + 1)
    )
    if request.before is not None:
        query = query.where(PublicationModel.id < request.before)
    page = cut(db.session.execute(query).all(), request, lambda row: int(row[0]))
    return page.map(lambda rows: get_many([row[1] for row in rows], viewer_id))


def list_pending(author_id: int) -> list[Post]:
    """The author's posts that are still processing or failed, newest first."""
    ids = post_cards.pending.one(author_id) or []
    cards = post_cards.load(ids)
    return overlay(
        [
            cards[i]
            for i in ids
            if i in cards and not access.posts.is_published_state(cards[i].state)
        ],
        author_id,
    )


# -- creating ----------------------------------------------------------------------------------


def find_answer(user_id: int, key: str, mark: str) -> Post | None:
    """The post that this key made before; Conflict when it was for another body."""
    post_id = idempotency.find_made(user_id, key, mark, "post")
    return get(post_id, user_id) if post_id is not None else None


def find_shared(user_id: int, key: str) -> Post | None:
    """The post that this key made, whatever was asked; None when there is none (any more)."""
    post_id = idempotency.find_any(user_id, key, "post")
    try:
        return get(post_id, user_id) if post_id is not None else None
    except NotFound:
        return None


@retried
def create(
    author_id: int, caption: str, uploads: list[Upload], *, key: str = "", mark: str = ""
) -> Post:
    """Store a post with its images; without images it is published at once.

    With the same `key` and `mark` again (`fingerprint`), the same post is answered; two at the
    same moment make one.
    """
    crash_point("post.spooled")
    try:
        post_id = _insert(author_id, caption, uploads, key, mark)
    except IntegrityError:
        media.delete_files([], [upload.token for upload in uploads])
        answered = find_answer(author_id, key, mark)
        if answered is None:
            raise
        return answered
    crash_point("post.queued")
    return get(post_id, author_id)


def _insert(author_id: int, caption: str, uploads: list[Upload], key: str, mark: str) -> int:
    with unit_of_work() as uow:
        uow.after_commit(lambda: crash_point("post.committed"))
        if not uploads:
            publishing.lock_author(author_id)
        post = PostModel(
            author_id=author_id, state="processing", caption=caption, created_at=utc_now()
        )
        db.session.add(post)
        db.session.flush()
        if key:
            idempotency.take(author_id, key, mark, "post", post.id)
        index_text(post)
        rows = [
            media.add(upload, owner_id=author_id, kind="post", post_id=post.id, position=n)
            for n, upload in enumerate(uploads)
        ]
        db.session.flush()
        if rows:
            uow.record(ImagesAccepted(media_ids=[row.id for row in rows]))
            uow.after_commit(lambda: post_cards.pending.evict(author_id))
        else:
            publishing.publish(uow, post)
        post_id = post.id
    return post_id


def index_text(post: PostModel) -> list[int]:
    """Store whom and what the caption names, and who is new; handles of nobody stay plain text."""
    parsed = text.parse(post.caption)
    known = users.find_ids(parsed.handles) if parsed.handles else {}
    named = text.named(post.caption, known)
    before = db.session.scalars(select(MentionModel.user_id).where(MentionModel.post_id == post.id))
    newly_named = sorted({known[handle] for handle in named} - set(before))
    db.session.execute(delete(MentionModel).where(MentionModel.post_id == post.id))
    db.session.execute(delete(PostTag).where(PostTag.post_id == post.id))
    publication_id = db.session.scalar(
        select(PublicationModel.id).where(PublicationModel.post_id == post.id)
    )
    db.session.add_all(
        MentionModel(post_id=post.id, handle=handle, user_id=known[handle], position=n)
        for n, handle in enumerate(named)
    )
    db.session.add_all(
        PostTag(post_id=post.id, tag=tag, position=n, publication_id=publication_id)
        for n, tag in enumerate(parsed.tags)
    )
    return newly_named


def of_entries(entries: list[Entry], reader_id: int) -> list[Post]:
    """Posts of a timeline page, whose counters were read with it."""
    loaded = post_cards.cards.many(entry.post_id for entry in entries)
    cards = access.posts.visible(access.viewer(reader_id), loaded.values())
    found = {card.id: card for card in cards}
    viewers = _viewers(cards, reader_id)
    return [
        Post.of(
            card,
            PostCounts(like_count=entry.counts[0], comment_count=entry.counts[1]),
            viewers[card.id],
        )
        for entry in entries
        if (card := found.get(entry.post_id)) is not None
    ]
