"""Posts: created at once, visible when complete, edited and deleted by their author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import delete, select, union_all
from sqlalchemy.exc import IntegrityError

from pigeon.cache.counters import Counts
from pigeon.cache.trips import trip
from pigeon.cache.write_back import Overlay
from pigeon.crash_points import crash_point
from pigeon.domain import text
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.events import ImagesAccepted
from pigeon.domain.media import Upload
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.posts import Post, PostCard, PostCounts, PostViewer
from pigeon.domain.users import UserRef
from pigeon.extensions import db
from pigeon.models import MentionModel, PostModel, PostTag, PublicationModel
from pigeon.services import access, counts, idempotency
from pigeon.services.access import Who
from pigeon.services.access.viewers import Viewer
from pigeon.services.likes import likers, likes
from pigeon.services.likes.likers import Liker
from pigeon.services.media import media
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import pieces, publishing
from pigeon.services.saves import saved
from pigeon.services.timelines.timelines import Entry
from pigeon.services.users import users
from pigeon.unit_of_work import retried, unit_of_work


def get(post_id: int, who: Who) -> Post:
    """A post as the viewer sees it; NotFound for what they may not see."""
    viewer = access.viewer(who)
    card = post_cards.find(post_id, viewer)
    found = see([card], viewer) if card is not None else []
    if not found:
        raise NotFound
    return found[0]


def get_many(ids: list[int], who: Who) -> list[Post]:
    """Visible posts in the order of `ids`; what is gone is left out."""
    return see(list(post_cards.cards.many(ids).values()), access.viewer(who))


def see(cards: list[PostCard], viewer: Viewer) -> list[Post]:
    """Those of the cards that the viewer may see, with counts and what depends on who asks.

    What the policy needs and what is drawn are read in one trip.
    """
    if not cards:
        return []
    ids, authors = [card.id for card in cards], list({card.author_id for card in cards})
    waiting = counts.pending("post", viewer.id, ids)
    mine = ids if viewer.id is not None else []
    counted, liked, kept, newest, *_ = trip(
        counts.posts.read(ids),
        likes.POSTS.pairs.flags.read(viewer.id or 0, mine),
        saved.read(viewer.id or 0, mine),
        likers.newest.read(mine),
        viewer.relations.read_apart(),
        viewer.relations.read_standings(authors),
        viewer.relations.read_followed(authors),
    )
    seen = access.posts.visible(viewer, cards)
    overlaid = _Overlaid(
        viewer, {card.id: _counts(waiting, card.id, counted.get(card.id)) for card in seen}
    )
    overlaid.like(
        waiting.values, liked, {card.id: newest[card.id] for card in seen if card.id in newest}
    )
    overlaid.save(kept)
    return [overlaid.post(card) for card in seen]


def _counts(waiting: Overlay, post_id: int, counted: Counts | None) -> PostCounts:
    """Likes include what waits in the journal."""
    if counted is None:
        return PostCounts()
    return PostCounts(like_count=waiting.count(post_id, counted[0]), comment_count=counted[1])


def without_hidden(cards: Mapping[int, PostCard], viewer: Viewer) -> dict[int, PostCard]:
    """The cards, by id, without people whom they name and whom the viewer must not meet."""
    return {post_id: _without_hidden(card, viewer) for post_id, card in cards.items()}


def _without_hidden(card: PostCard, viewer: Viewer) -> PostCard:
    mentions = users.met_refs(card.mentions, viewer)
    return card if mentions is card.mentions else replace(card, mentions=mentions)


class _Overlaid:
    """Cards of one page become posts of one viewer."""

    def __init__(self, viewer: Viewer, counted: Mapping[int, PostCounts]) -> None:
        self._viewer = viewer
        self._counted = counted
        self._liked: set[int] = set()
        self._saved: set[int] = set()
        self._liked_by: dict[int, list[UserRef]] = {}

    def like(
        self,
        waiting: Mapping[int, int],
        stored: set[int],
        newest: Mapping[int, Sequence[Liker]],
    ) -> None:
        """What the viewer likes, as journalled, else as stored; and who else does."""
        for post_id in self._counted:
            value = waiting.get(post_id)
            if post_id in stored if value is None else value:
                self._liked.add(post_id)
        self._liked_by = likers.name_some(newest, self._viewer) if newest else {}

    def save(self, kept: set[int]) -> None:
        self._saved = kept

    def post(self, card: PostCard) -> Post:
        shown = _without_hidden(card, self._viewer)
        return Post.of(shown, self._counted.get(card.id, PostCounts()), self._of(card))

    def _of(self, card: PostCard) -> PostViewer | None:
        if self._viewer.id is None:
            return None
        return PostViewer(
            is_author=card.author_id == self._viewer.id,
            liked=card.id in self._liked,
            saved=card.id in self._saved,
            may_comment=card.comments_open,
            liked_by=self._liked_by.get(card.id, []),
        )


def list_of_author(author_id: int, who: Who, request: PageRequest) -> Page[Post]:
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
    return page.map(lambda rows: get_many([row[1] for row in rows], who))


def newest_of(author_ids: Sequence[int], who: Who, *, each: int) -> list[Post]:
    """The newest posts of each of some people that the viewer may see, in one statement."""
    if not author_ids:
        return []
    newest = [
        select(PublicationModel.post_id)
        .where(PublicationModel.author_id == author_id)
        .order_by(PublicationModel.id.desc())
        .limit(each)
        .subquery()
        for author_id in author_ids
    ]
    found = db.session.scalars(union_all(*(select(one.c.post_id) for one in newest)))
    return get_many(list(found), who)


def list_pending(author_id: int) -> list[Post]:
    """The author's posts that are still processing or failed, newest first."""
    ids = post_cards.pending.one(author_id) or []
    loaded = post_cards.load(ids)
    cards = [loaded[post_id] for post_id in ids if post_id in loaded]
    waiting = [card for card in cards if not access.posts.is_published_state(card.state)]
    return see(waiting, access.viewer(author_id))


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
    known = users.find_ids(parsed.handles, post.author_id) if parsed.handles else {}
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
    if publication_id is not None:
        pieces.replace(publication_id, post.caption)
    return newly_named


def of_entries(entries: list[Entry], reader: Viewer) -> list[Post]:
    """Posts of a timeline page; counts, own likes and relations were read with it."""
    ids = [entry.post_id for entry in entries]
    loaded, stored, kept, newest = trip(
        post_cards.cards.read(ids),
        likes.POSTS.pairs.flags.read(reader.id or 0, ids),
        saved.read(reader.id or 0, ids),
        likers.newest.read(ids),
    )
    waiting = {entry.post_id: entry.pending for entry in entries if entry.pending is not None}
    overlaid = _Overlaid(
        reader,
        {
            entry.post_id: PostCounts(like_count=entry.counts[0], comment_count=entry.counts[1])
            for entry in entries
        },
    )
    overlaid.like(waiting, stored, newest)
    overlaid.save(kept)
    cards = access.posts.visible(reader, loaded.values())
    return [overlaid.post(card) for card in cards]
