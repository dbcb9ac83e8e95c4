"""Viewer-free cards of comments, and the two newest of a post that its card shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, select, union_all

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain import text
from pigeon.domain.comments import CommentCard
from pigeon.domain.errors import NotFound
from pigeon.domain.users import UserRef
from pigeon.extensions import db
from pigeon.models import CommentMention, CommentModel, PublicationModel, UserModel
from pigeon.services import access
from pigeon.services.access import Who
from pigeon.services.posts import cards as post_cards
from pigeon.services.users import users

PREVIEWED = 2
POSTS_AT_ONCE = 100
EVICTED_AT_ONCE = 500

Place = tuple[int, int, int | None]


@cached(keys.COMMENT_CARD, CommentCard)
def cards(ids: list[int]) -> dict[int, CommentCard]:
    """Comments and replies on posts in any state: who may see the post is asked of its card."""
    rows = db.session.execute(_columns().where(CommentModel.id.in_(ids))).all()
    mentions = _mentions(ids)
    people = users.refs({row.author_id for row in rows} | {u for m in mentions.values() for u in m})
    return {row.id: _card(row, mentions[row.id], people) for row in rows if row.author_id in people}


@cached(keys.PREVIEWS, list[int])
def previewed(post_ids: list[int]) -> dict[int, list[int]]:
    """Ids of each post's newest top comments, newest first."""
    found: dict[int, list[int]] = {post_id: [] for post_id in post_ids}
    for first in range(0, len(post_ids), POSTS_AT_ONCE):
        newest = (_newest(post_id) for post_id in post_ids[first : first + POSTS_AT_ONCE])
        for post_id, comment_id in db.session.execute(union_all(*newest)):
            found[post_id].append(comment_id)
    return {post_id: sorted(ids, reverse=True) for post_id, ids in found.items()}


def shown(ids: Iterable[int]) -> list[CommentCard]:
    """The cards in the order of `ids`, without those of people who have left."""
    found = cards.many(ids).values()
    people = users.cards.many(card.author_id for card in found)
    return [card for card in found if card.author_id in people]


def get(comment_id: int, who: Who) -> CommentCard:
    """A comment that the viewer may see; NotFound for every other id."""
    viewer = access.viewer(who)
    card = _one_shown(comment_id)
    if card is None:
        raise NotFound
    above = _one_shown(card.parent_id) if card.parent_id is not None else None
    post = post_cards.find(card.post_id, viewer)
    return access.comments.check_sees(viewer, card, above, post)


def _one_shown(comment_id: int) -> CommentCard | None:
    return next(iter(shown([comment_id])), None)


def _columns() -> Any:
    comment = CommentModel
    return select(
        *(comment.id, comment.post_id, comment.parent_id, comment.author_id, comment.text),
        *(comment.created_at, comment.edited_at),
    )


def _card(row: Any, mentioned: list[int], people: dict[int, UserRef]) -> CommentCard:
    return CommentCard(
        id=row.id,
        post_id=row.post_id,
        parent_id=row.parent_id,
        author=people[row.author_id],
        text=row.text,
        mentions=[people[user_id] for user_id in mentioned if user_id in people],
        tags=list(text.parse(row.text).tags),
        created_at=row.created_at,
        edited_at=row.edited_at,
    )


def _mentions(ids: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = db.session.execute(
        select(CommentMention.comment_id, CommentMention.user_id)
        .where(CommentMention.comment_id.in_(ids))
        .order_by(CommentMention.position)
    )
    for comment_id, user_id in rows:
        found[comment_id].append(user_id)
    return found


def _newest(post_id: int) -> Any:
    """A limit inside a union needs a subquery; by the index, however long the discussion."""
    newest = (
        select(CommentModel.post_id, CommentModel.id)
        .join(UserModel, UserModel.id == CommentModel.author_id)
        .where(
            CommentModel.post_id == post_id,
            CommentModel.parent_id.is_(None),
            access.users.is_active(),
        )
        .order_by(CommentModel.id.desc())
        .limit(PREVIEWED)
        .subquery()
    )
    return select(newest)


# -- evicting ----------------------------------------------------------------------------------


def evict_previews(post_id: int, publication_id: int | None) -> None:
    """Forget which comments a post's card shows, and the card's fragments with them."""
    previewed.evict(post_id)
    if publication_id is not None:
        post_cards.evict_fragments(publication_id)


def evict_all_of(user_id: int) -> None:
    """Forget each comment that shows a person, as author or mentioned, and where it is shown."""
    mentioning = select(CommentMention.comment_id).where(CommentMention.user_id == user_id)
    for shows in (CommentModel.author_id == user_id, CommentModel.id.in_(mentioning)):
        evict_places(places_of(shows))


def places_of(shows: ColumnElement[bool]) -> list[Place]:
    """Comment, post and publication of each comment for which the condition holds."""
    rows = db.session.execute(
        select(CommentModel.id, CommentModel.post_id, PublicationModel.id)
        .outerjoin(PublicationModel, PublicationModel.post_id == CommentModel.post_id)
        .where(shows)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def evict_places(places: list[Place]) -> None:
    """Forget comments and what shows them, in batches."""
    for first in range(0, len(places), EVICTED_AT_ONCE):
        some = places[first : first + EVICTED_AT_ONCE]
        cards.evict(*(comment_id for comment_id, _, _ in some))
        previewed.evict(*{post_id for _, post_id, _ in some})
        post_cards.evict_fragments(*{number for _, _, number in some if number is not None})
