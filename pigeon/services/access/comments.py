"""Comments: seen by who sees the post, as long as their authors are there."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from pigeon.domain.comments import CommentCard
from pigeon.domain.errors import NotFound
from pigeon.domain.posts import PostCard
from pigeon.models import CommentModel, PostModel, UserModel
from pigeon.services.access import posts, users
from pigeon.services.access.viewers import Viewer


def where(viewer: Viewer) -> ColumnElement[bool]:
    """Comments that the viewer may see. A reply goes with the comment above it."""
    shown = select(PostModel.id).where(posts.where(viewer))
    known = select(UserModel.id).where(users.where(viewer))
    top = aliased(CommentModel)
    standing = select(top.id).where(top.author_id.in_(known))
    return (
        CommentModel.post_id.in_(shown)
        & CommentModel.author_id.in_(known)
        & or_(CommentModel.parent_id.is_(None), CommentModel.parent_id.in_(standing))
    )


def visible(viewer: Viewer, cards: Iterable[CommentCard]) -> list[CommentCard]:
    """The same for cards of people who are there, below a post that the viewer sees."""
    found = list(cards)
    hidden = users.hidden_among(viewer, (card.author_id for card in found))
    return [card for card in found if card.author_id not in hidden] if hidden else found


def check_sees(
    viewer: Viewer, card: CommentCard | None, above: CommentCard | None, post: PostCard | None
) -> CommentCard:
    """The card; NotFound for who sees not the post, the comment, or of a reply the one above."""
    posts.check_sees(viewer, post)
    if card is None or (card.parent_id is not None and above is None):
        raise NotFound
    needed = [card] if above is None else [card, above]
    if len(visible(viewer, needed)) < len(needed):
        raise NotFound
    return card


def may_delete(viewer: Viewer, *, author_id: int, post_author_id: int) -> bool:
    """Its author, and who wrote the post it hangs on; only the author may edit it."""
    return viewer.id in (author_id, post_author_id)
