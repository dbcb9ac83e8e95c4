"""What a person who withdraws leaves behind, removed in small units that may be repeated."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update

from pigeon.cache import keys, leases
from pigeon.domain.clock import utc_now
from pigeon.domain.users import WITHDRAWN
from pigeon.extensions import db
from pigeon.models import CommentModel, FollowModel, MediaModel, PostModel, UserModel
from pigeon.services import access, counts
from pigeon.services.comments import cards as comment_cards
from pigeon.services.comments import erasing as comments_erasing
from pigeon.services.likes import likers, likes
from pigeon.services.media import media
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import erasing as posts_erasing
from pigeon.services.saves import saves
from pigeon.services.searches import entries as search_entries
from pigeon.services.searches import history
from pigeon.services.stories import cards as story_cards
from pigeon.services.stories import ending as stories_ending
from pigeon.services.timelines import sidebar, timelines
from pigeon.services.users import users
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

POSTS_AT_ONCE = 50
FOLLOWS_AT_ONCE = 500


def hide(uow: UnitOfWork, user_id: int, username: str) -> None:
    """In the transaction of the withdrawal: posts and stories are nobody's any more.

    What they searched for is gone at once.
    """
    ids = list(db.session.scalars(select(PostModel.id).where(PostModel.author_id == user_id)))
    db.session.execute(
        update(PostModel).where(PostModel.author_id == user_id).values(state=access.posts.WITHDRAWN)
    )
    stories_ending.hide_all_of(uow, user_id)
    history.erase_all_of(uow, user_id)
    places = comment_cards.places_of(CommentModel.author_id == user_id)
    uow.after_commit(lambda: counts.posts.evict(*ids))
    uow.after_commit(lambda: post_cards.cards.evict(*ids))
    uow.after_commit(lambda: users.evict(user_id, username))
    uow.after_commit(lambda: comment_cards.evict_places(places))
    uow.after_commit(lambda: sidebar.departures.put("", utc_now().isoformat()))
    uow.after_commit(lambda: likers.evict_all_of(user_id))


def evict(user_id: int, username: str) -> None:
    """Everything that would still show the person, cards of others that mention them included."""
    users.evict(user_id, username)
    search_entries.evict(user_id)
    sidebar.departures.evict("")
    post_cards.evict_all_of(user_id)
    comment_cards.evict_all_of(user_id)
    story_cards.evict(user_id)


def erase_some(user_id: int) -> bool:
    """Erase some of one kind of thing, at last the person; True while something is left."""
    return (
        _erase_posts(user_id)
        or stories_ending.erase_some_of(user_id)
        or comments_erasing.erase_some(user_id)
        or likes.erase_some(user_id)
        or saves.erase_some(user_id)
        or _erase_follows(user_id)
        or _erase_user(user_id)
    )


def _erase_posts(user_id: int) -> bool:
    """Some posts, or a piece of a big one."""
    _disown_posts(user_id)
    mine = select(PostModel.id).where(PostModel.author_id == user_id)
    ids = db.session.scalars(mine.order_by(PostModel.id).limit(POSTS_AT_ONCE)).all()
    for post_id in ids:
        if posts_erasing.erase_some(post_id):
            break
    return bool(ids)


@retried
def _disown_posts(user_id: int) -> None:
    """Those too that a request was storing while its author left."""
    with unit_of_work():
        db.session.execute(
            update(PostModel)
            .where(PostModel.author_id == user_id, access.posts.is_present())
            .values(state=access.posts.WITHDRAWN)
            .execution_options(synchronize_session=False)
        )


@retried
def _erase_follows(user_id: int) -> bool:
    with unit_of_work() as uow:
        rows = db.session.scalars(
            select(FollowModel)
            .where(or_(FollowModel.follower_id == user_id, FollowModel.followee_id == user_id))
            .limit(FOLLOWS_AT_ONCE)
        ).all()
        for row in sorted(rows, key=lambda row: (row.follower_id, row.followee_id)):
            _erase_follow(uow, row, user_id)
    return bool(rows)


def _erase_follow(uow: UnitOfWork, row: FollowModel, user_id: int) -> None:
    follower_id, followee_id = row.follower_id, row.followee_id
    db.session.delete(row)
    if follower_id == user_id:
        values = {
            "follower_count": UserModel.follower_count - 1,
            "followers_version": UserModel.followers_version + 1,
        }
        db.session.execute(update(UserModel).where(UserModel.id == followee_id).values(values))
    else:
        values = {"following_count": UserModel.following_count - 1}
        db.session.execute(update(UserModel).where(UserModel.id == follower_id).values(values))
    uow.after_commit(lambda: leases.evict(keys.FOLLOWING.key(follower_id)))
    uow.after_commit(lambda: counts.users.evict(follower_id, followee_id))
    uow.after_commit(lambda: timelines.drop(follower_id))


@retried
def _erase_user(user_id: int) -> bool:
    """The row itself, with what the database removes along with it."""
    with unit_of_work() as uow:
        avatars = list(db.session.scalars(select(MediaModel).where(MediaModel.owner_id == user_id)))
        if avatars:
            media.orphan(uow, avatars)
        db.session.execute(delete(MediaModel).where(MediaModel.owner_id == user_id))
        db.session.execute(
            delete(UserModel).where(UserModel.id == user_id, UserModel.state == WITHDRAWN)
        )
    return False
