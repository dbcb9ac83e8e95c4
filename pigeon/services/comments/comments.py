"""Comments and replies as a viewer sees them; changes are in `changes`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select

from pigeon.cache.counters import Counts
from pigeon.cache.trips import trip
from pigeon.cache.write_back import Overlay
from pigeon.domain.comments import Comment, CommentCard, CommentCounts, CommentViewer
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.posts import PostCard
from pigeon.extensions import db
from pigeon.models import CommentModel
from pigeon.services import access, counts
from pigeon.services.access import Who
from pigeon.services.access.viewers import Viewer
from pigeon.services.comments import cards as comment_cards
from pigeon.services.likes import likes
from pigeon.services.posts import cards as post_cards
from pigeon.services.users import users

SHOWN = 20
"""How many of each list stand on the page of a post."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """The part of a discussion that holds one comment, lists newest first.

    `top` holds it or its parent; `replies`, of that parent `opened`, holds it when it is a reply.
    `is_newest` says that no top comments are newer than those in `top`.
    """

    top: Page[Comment]
    is_newest: bool
    opened: int | None = None
    replies: Page[Comment] | None = None


def comments_kind(post_id: int) -> str:
    """Names the list of a post's comments, for its cursors."""
    return f"comments-{post_id}"


def replies_kind(comment_id: int) -> str:
    return f"replies-{comment_id}"


def check_sees_post(post_id: int, who: Who) -> PostCard:
    """NotFound before anything else about the request is looked at."""
    viewer = access.viewer(who)
    return access.posts.check_sees(viewer, post_cards.find(post_id, viewer))


def check_sees(comment_id: int, who: Who) -> None:
    comment_cards.get(comment_id, who)


def get(comment_id: int, who: Who) -> Comment:
    """A comment or reply; NotFound for what the viewer may not see."""
    viewer = access.viewer(who)
    return overlay([comment_cards.get(comment_id, viewer)], viewer)[0]


def list_of_post(post_id: int, who: Who, request: PageRequest) -> Page[Comment]:
    """The top comments of a post, newest first."""
    viewer = access.viewer(who)
    check_sees_post(post_id, viewer)
    return _page(_top_of(post_id), viewer, request)


def list_replies(comment_id: int, who: Who, request: PageRequest) -> Page[Comment]:
    """The replies to a top comment, newest first; nothing hangs below a reply."""
    viewer = access.viewer(who)
    card = comment_cards.get(comment_id, viewer)
    if card.parent_id is not None:
        return Page(items=[], next=None)
    return _page([CommentModel.parent_id == comment_id], viewer, request)


def around(comment_id: int, who: Who) -> Around:
    """What a page must show so that the comment is on it; NotFound as `get`."""
    viewer = access.viewer(who)
    card = comment_cards.get(comment_id, viewer)
    top_id = card.parent_id or card.id
    top, is_newest = _page_with(_top_of(card.post_id), top_id, viewer, comments_kind(card.post_id))
    if card.parent_id is None:
        return Around(top=top, is_newest=is_newest)
    below = [CommentModel.parent_id == top_id]
    replies, _ = _page_with(below, card.id, viewer, replies_kind(top_id))
    return Around(top=top, is_newest=is_newest, opened=top_id, replies=replies)


def previews(post_ids: Iterable[int]) -> dict[int, list[CommentCard]]:
    """The two newest top comments of each post, newest first; free of the viewer."""
    found = comment_cards.previewed.many(post_ids)
    cards = {
        card.id: card for card in comment_cards.shown(i for ids in found.values() for i in ids)
    }
    return {
        post_id: [cards[comment_id] for comment_id in ids if comment_id in cards]
        for post_id, ids in found.items()
    }


def without_hidden(cards: Iterable[CommentCard], viewer: Viewer) -> list[CommentCard]:
    """Comments of people whom the viewer may meet, without those whom they name and must not."""
    return [_without_hidden(card, viewer) for card in access.comments.visible(viewer, cards)]


def overlay(cards: list[CommentCard], viewer: Viewer) -> list[Comment]:
    """Cards with counts and with what depends on who asks: what of it is cached, in one trip."""
    ids = [card.id for card in cards]
    mine = ids if viewer.id is not None else []
    waiting = counts.pending("comment", viewer.id, ids)
    counted, stored, posts, _ = trip(
        counts.comments.read(ids),
        likes.COMMENTS.pairs.flags.read(viewer.id or 0, mine),
        post_cards.cards.read({card.post_id for card in cards} if mine else ()),
        viewer.relations.read_apart(),
    )
    owners = _owners(cards, posts) if mine else {}
    return [
        Comment.of(
            _without_hidden(card, viewer),
            _counts(waiting, card.id, counted.get(card.id)),
            _viewer_of(card, viewer, owners, waiting.values.get(card.id, card.id in stored)),
        )
        for card in cards
    ]


def _counts(waiting: Overlay, comment_id: int, counted: Counts | None) -> CommentCounts:
    """Likes include what waits in the journal."""
    if counted is None:
        return CommentCounts()
    return CommentCounts(like_count=waiting.count(comment_id, counted[0]), reply_count=counted[1])


def _without_hidden(card: CommentCard, viewer: Viewer) -> CommentCard:
    """The card, without people whom it names and the viewer must not meet."""
    mentions = users.met_refs(card.mentions, viewer)
    return card if mentions is card.mentions else replace(card, mentions=mentions)


def _viewer_of(
    card: CommentCard, viewer: Viewer, owners: Mapping[int, int], liked: int
) -> CommentViewer | None:
    if viewer.id is None:
        return None
    return CommentViewer(
        is_author=card.author_id == viewer.id,
        liked=bool(liked),
        may_delete=access.comments.may_delete(
            viewer, author_id=card.author_id, post_author_id=owners.get(card.post_id, 0)
        ),
    )


def _owners(cards: list[CommentCard], posts: Mapping[int, PostCard]) -> dict[int, int]:
    """Who wrote each post; cards of those that are not published are in no cache."""
    missing = sorted({card.post_id for card in cards} - posts.keys())
    found = {**posts, **post_cards.load(missing)}
    return {post_id: card.author_id for post_id, card in found.items()}


def _top_of(post_id: int) -> list[ColumnElement[bool]]:
    return [CommentModel.post_id == post_id, CommentModel.parent_id.is_(None)]


def _page(where: list[ColumnElement[bool]], viewer: Viewer, request: PageRequest) -> Page[Comment]:
    """Without comments of people whom the viewer must not meet: a page is full in spite of them."""
    query = select(CommentModel.id).where(*where, *_met(viewer))
    if request.before is not None:
        query = query.where(CommentModel.id < request.before)
    ids = db.session.scalars(query.order_by(CommentModel.id.desc()).limit(request.limit + 1)).all()
    page = cut(ids, request, int)
    return page.map(lambda found: overlay(_visible(found, viewer), viewer))


def _met(viewer: Viewer) -> list[ColumnElement[bool]]:
    """The condition that keeps blocks; for most people there is none to keep."""
    blocked = viewer.relations.apart.blocked
    return [access.users.is_met(viewer, CommentModel.author_id)] if blocked else []


def _visible(ids: Sequence[int], viewer: Viewer) -> list[CommentCard]:
    return access.comments.visible(viewer, comment_cards.shown(ids))


def _page_with(
    where: list[ColumnElement[bool]], comment_id: int, viewer: Viewer, kind: str
) -> tuple[Page[Comment], bool]:
    """A page that holds the comment among its neighbours, and whether it begins with the newest."""
    newer = db.session.scalars(
        select(CommentModel.id)
        .where(*where, *_met(viewer), CommentModel.id > comment_id)
        .order_by(CommentModel.id)
        .limit(SHOWN // 2 + 1)
    ).all()
    is_newest = len(newer) <= SHOWN // 2
    before = max([comment_id, *newer[: SHOWN // 2]]) + 1
    request = PageRequest(kind=kind, before=None if is_newest else before, limit=SHOWN)
    return _page(where, viewer, request), is_newest
