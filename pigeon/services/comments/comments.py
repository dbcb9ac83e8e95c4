"""Comments and replies as a viewer sees them; changes are in `changes`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from pigeon.domain.comments import Comment, CommentCard, CommentCounts, CommentViewer
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.extensions import db
from pigeon.models import CommentModel
from pigeon.services import access, counts
from pigeon.services.comments import cards as comment_cards
from pigeon.services.likes import likes
from pigeon.services.posts import cards as post_cards

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


def check_sees_post(post_id: int, viewer_id: int | None) -> None:
    """NotFound before anything else about the request is looked at."""
    access.posts.check_sees(access.viewer(viewer_id), post_cards.find(post_id, viewer_id))


def check_sees(comment_id: int, viewer_id: int | None) -> None:
    comment_cards.get(comment_id, viewer_id)


def get(comment_id: int, viewer_id: int | None) -> Comment:
    """A comment or reply; NotFound for what the viewer may not see."""
    return overlay([comment_cards.get(comment_id, viewer_id)], viewer_id)[0]


def list_of_post(post_id: int, viewer_id: int | None, request: PageRequest) -> Page[Comment]:
    """The top comments of a post, newest first."""
    check_sees_post(post_id, viewer_id)
    return _page(_top_of(post_id), viewer_id, request)


def list_replies(comment_id: int, viewer_id: int | None, request: PageRequest) -> Page[Comment]:
    """The replies to a top comment, newest first; nothing hangs below a reply."""
    card = comment_cards.get(comment_id, viewer_id)
    if card.parent_id is not None:
        return Page(items=[], next=None)
    return _page([CommentModel.parent_id == comment_id], viewer_id, request)


def around(comment_id: int, viewer_id: int | None) -> Around:
    """What a page must show so that the comment is on it; NotFound as `get`."""
    card = comment_cards.get(comment_id, viewer_id)
    top_id = card.parent_id or card.id
    top, is_newest = _page_with(
        _top_of(card.post_id), top_id, viewer_id, comments_kind(card.post_id)
    )
    if card.parent_id is None:
        return Around(top=top, is_newest=is_newest)
    below = [CommentModel.parent_id == top_id]
    replies, _ = _page_with(below, card.id, viewer_id, replies_kind(top_id))
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


def overlay(cards: list[CommentCard], viewer_id: int | None) -> list[Comment]:
    """Cards with counts and with what depends on who asks."""
    ids = [card.id for card in cards]
    counted = counts.of_comments(ids)
    viewers = _viewers(cards, viewer_id) if viewer_id is not None else {}
    return [
        Comment.of(card, counted.get(card.id, CommentCounts()), viewers.get(card.id))
        for card in cards
    ]


def _viewers(cards: list[CommentCard], viewer_id: int) -> dict[int, CommentViewer]:
    liked = likes.among(likes.COMMENTS, viewer_id, [card.id for card in cards])
    owners = _owners({card.post_id for card in cards})
    viewer = access.viewer(viewer_id)
    return {
        card.id: CommentViewer(
            is_author=card.author_id == viewer_id,
            liked=card.id in liked,
            may_delete=access.comments.may_delete(
                viewer, author_id=card.author_id, post_author_id=owners.get(card.post_id, 0)
            ),
        )
        for card in cards
    }


def _owners(post_ids: set[int]) -> dict[int, int]:
    """Who wrote each post; cards of those that are not published are in no cache."""
    found = post_cards.cards.many(post_ids)
    missing = [post_id for post_id in post_ids if post_id not in found]
    return {post_id: card.author_id for post_id, card in (found | post_cards.load(missing)).items()}


def _top_of(post_id: int) -> list[ColumnElement[bool]]:
    return [CommentModel.post_id == post_id, CommentModel.parent_id.is_(None)]


def _page(
    where: list[ColumnElement[bool]], viewer_id: int | None, request: PageRequest
) -> Page[Comment]:
    query = select(CommentModel.id).where(*where)
    if request.before is not None:
        query = query.where(CommentModel.id < request.before)
    ids = db.session.scalars(query.order_by(CommentModel.id.desc()).limit(request.limit + 1)).all()
    page = cut(ids, request, int)
    return page.map(lambda found: overlay(_visible(found, viewer_id), viewer_id))


def _visible(ids: list[int], viewer_id: int | None) -> list[CommentCard]:
    return access.comments.visible(access.viewer(viewer_id), comment_cards.shown(ids))


def _page_with(
    where: list[ColumnElement[bool]], comment_id: int, viewer_id: int | None, kind: str
) -> tuple[Page[Comment], bool]:
    """A page that holds the comment among its neighbours, and whether it begins with the newest."""
    newer = db.session.scalars(
        select(CommentModel.id)
        .where(*where, CommentModel.id > comment_id)
        .order_by(CommentModel.id)
        .limit(SHOWN // 2 + 1)
    ).all()
    is_newest = len(newer) <= SHOWN // 2
    before = max([comment_id, *newer[: SHOWN // 2]]) + 1
    request = PageRequest(kind=kind, before=None if is_newest else before, limit=SHOWN)
    return _page(where, viewer_id, request), is_newest
