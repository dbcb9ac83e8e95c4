"""Viewer-free cards of posts, assembled from rows in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from pigeon.cache import keys, leases
from pigeon.cache.look_aside import cached
from pigeon.cache.trips import trip
from pigeon.domain.posts import Image, PostCard
from pigeon.domain.users import UserRef
from pigeon.extensions import db
from pigeon.models import MediaModel, MentionModel, PostModel, PostTag, PublicationModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.media import media
from pigeon.services.users import users

LANGUAGES = ("ko", "en")
MEMORY = 100_000
_authors: dict[int, int] = {}
"""By post: who wrote it, which never changes. Were it wrong, it would be asked for nothing."""
EVICTED_AT_ONCE = 500


@cached(keys.POST_CARD, PostCard)
def cards(ids: list[int]) -> dict[int, PostCard]:
    """Cards of published posts; the rest is seen by its author only, and never cached."""
    return {
        post_id: card
        for post_id, card in load(ids).items()
        if access.posts.is_published_state(card.state)
    }


@cached(keys.PENDING_POSTS, list[int])
def pending(author_ids: list[int]) -> dict[int, list[int]]:
    """Ids of each author's posts that are not published, newest first."""
    found: dict[int, list[int]] = {author_id: [] for author_id in author_ids}
    rows = db.session.execute(
        select(PostModel.author_id, PostModel.id)
        .where(PostModel.author_id.in_(author_ids), PostModel.state.in_(("processing", "failed")))
        .order_by(PostModel.id.desc())
    )
    for author_id, post_id in rows:
        found[author_id].append(post_id)
    return found


def find(post_id: int, viewer: Viewer) -> PostCard | None:
    """A card out of the cache, or for a viewer who may be the author from SQL.

    What the rules will ask about its author comes along, when this process has met the post.
    """
    author_id = _authors.get(post_id)
    about = viewer.relations.reads_about([author_id] if author_id else [])
    card = trip(cards.read([post_id]), *about)[0].get(post_id)
    if card is None and viewer.id is not None:
        card = load([post_id]).get(post_id)
    if card is not None:
        _remember(card)
    return card


def _remember(card: PostCard) -> None:
    _authors[card.id] = card.author_id
    while len(_authors) > MEMORY:
        _authors.pop(next(iter(_authors)), None)


def load(ids: list[int]) -> dict[int, PostCard]:
    """Cards in any state but withdrawn, from SQL: posts, images, mentions, tags, people."""
    if not ids:
        return {}
    rows = db.session.execute(_posts(ids)).all()
    images, mentions, tags = _images(ids), _mentions(ids), _tags(ids)
    people = users.refs({row.author_id for row in rows} | {u for m in mentions.values() for u in m})
    return {
        post.id: PostCard(
            id=post.id,
            publication_id=post.publication_id,
            author=people[post.author_id],
            state=post.state,
            caption=post.caption,
            mentions=_mentioned(mentions[post.id], people),
            tags=tags[post.id],
            images=images[post.id],
            comments_open=post.comments_open,
            created_at=post.created_at,
            published_at=post.published_at,
            edited_at=post.edited_at,
        )
        for post in rows
        if post.author_id in people
    }


def _posts(ids: list[int]) -> Any:
    """Columns, not rows of the session: loading the people next may end its snapshot."""
    post = PostModel
    return (
        select(
            *(post.id, post.author_id, post.state, post.caption, post.comments_open),
            *(post.created_at, post.edited_at),
            PublicationModel.id.label("publication_id"),
            PublicationModel.published_at,
        )
        .outerjoin(PublicationModel, PublicationModel.post_id == post.id)
        .where(post.id.in_(ids), access.posts.is_present())
    )


def _images(ids: list[int]) -> dict[int, list[Image]]:
    found: dict[int, list[Image]] = defaultdict(list)
    for row in db.session.scalars(
        select(MediaModel).where(MediaModel.post_id.in_(ids)).order_by(MediaModel.position)
    ):
        found[row.post_id or 0].append(media.image_of(row))
    return found


def _mentions(ids: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for row in db.session.scalars(
        select(MentionModel).where(MentionModel.post_id.in_(ids)).order_by(MentionModel.position)
    ):
        found[row.post_id].append(row.user_id)
    return found


def _mentioned(ids: list[int], people: dict[int, UserRef]) -> list[UserRef]:
    return [people[user_id] for user_id in ids if user_id in people]


def _tags(ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in db.session.scalars(
        select(PostTag).where(PostTag.post_id.in_(ids)).order_by(PostTag.position)
    ):
        found[row.post_id].append(row.tag)
    return found


def evict(post_id: int, publication_id: int | None, author_id: int) -> None:
    """Forget a post's card, its fragments, and the author's list of pending posts."""
    evict_card(post_id, publication_id)
    pending.evict(author_id)


def evict_card(post_id: int, publication_id: int | None) -> None:
    """Forget a post's card and its fragments."""
    cards.evict(post_id)
    if publication_id is not None:
        evict_fragments(publication_id)


def evict_fragments(*publication_ids: int) -> None:
    """Forget the cards of the feed, in every language."""
    leases.evict(
        *(
            fragment_key(publication_id, language)
            for publication_id in publication_ids
            for language in LANGUAGES
        )
    )


def fragment_key(publication_id: int, language: str) -> str:
    return keys.FRAGMENT.key(language, publication_id)


def evict_all_of(user_id: int) -> None:
    """Forget every card that shows a person, as its author or mentioned in it, in batches."""
    pending.evict(user_id)
    for shows in (PostModel.author_id == user_id, PostModel.id.in_(_mentioning(user_id))):
        rows = db.session.execute(
            select(PostModel.id, PublicationModel.id)
            .outerjoin(PublicationModel, PublicationModel.post_id == PostModel.id)
            .where(shows)
        ).all()
        for first in range(0, len(rows), EVICTED_AT_ONCE):
            _evict_batch([(row[0], row[1]) for row in rows[first : first + EVICTED_AT_ONCE]])


def _evict_batch(pairs: list[tuple[int, int | None]]) -> None:
    cards.evict(*(post_id for post_id, _ in pairs))
    evict_fragments(*(number for _, number in pairs if number is not None))


def _mentioning(user_id: int) -> Any:
    return select(MentionModel.post_id).where(MentionModel.user_id == user_id)
