"""How a post becomes visible: by one row, in the transaction that completes it."""

from __future__ import annotations

from sqlalchemy import select, update

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.events import ImageProcessed, PostPublished
from pigeon.extensions import db, settings
from pigeon.models import MediaModel, PostModel, PostTag, PublicationModel, UserModel
from pigeon.services import access, counts
from pigeon.services.posts import cards as post_cards
from pigeon.services.posts import pieces, tag_counts
from pigeon.services.timelines import fanouts, pulls, sidebar
from pigeon.unit_of_work import UnitOfWork

PUSH_AGAIN_BELOW = 0.8
"""Hysteresis: who fell below this part of the threshold is pushed again."""


def publish(uow: UnitOfWork, post: PostModel, *, had_images: bool = False) -> None:
    """Insert the publication of a complete post, whose row is locked or new."""
    author = lock_author(post.author_id)
    delivery = _delivery(author)
    row = PublicationModel(
        post_id=post.id, author_id=author.id, delivery=delivery, published_at=utc_now()
    )
    db.session.add(row)
    post.state = "published"
    author.post_count += 1
    db.session.flush()
    db.session.execute(
        update(PostTag).where(PostTag.post_id == post.id).values(publication_id=row.id)
    )
    pieces.add(row.id, post.caption)
    tag_counts.count_anew(uow, post.caption)
    _announce(uow, row, author, had_images=had_images)


def lock_author(author_id: int) -> UserModel:
    """Lock first, insert then: the foreign key of a new row shares a lock that we want alone."""
    author = db.session.scalar(select(UserModel).where(UserModel.id == author_id).with_for_update())
    if author is None or not access.users.is_active_state(author.state):
        raise NotFound
    return author


def _delivery(author: UserModel) -> str:
    """Fan-out on write, or on read for who has very many followers; decided once per post."""
    threshold = settings().celebrity_followers
    if author.follower_count >= threshold:
        author.is_celebrity = True
    elif author.follower_count < threshold * PUSH_AGAIN_BELOW:
        author.is_celebrity = False
    return "pull" if author.is_celebrity else "push"


def _announce(
    uow: UnitOfWork, row: PublicationModel, author: UserModel, *, had_images: bool
) -> None:
    post_id, publication_id, author_id = row.post_id, row.id, row.author_id
    uow.after_commit(lambda: post_cards.evict_card(post_id, publication_id))
    if row.delivery == "pull":
        uow.after_commit(pulls.changed)
    else:
        uow.after_commit(lambda: fanouts.push_to_author(publication_id, author_id))
    # Only now: until it is in its author's timeline their home shows it as pending.
    uow.after_commit(lambda: post_cards.pending.evict(author_id))
    uow.after_commit(lambda: counts.posts.evict(post_id))
    uow.after_commit(lambda: counts.users.evict(author_id))
    uow.after_commit(lambda: sidebar.evict(author_id))
    uow.record(
        PostPublished(
            publication_id=publication_id,
            post_id=post_id,
            author_id=author_id,
            username=author.username,
            delivery=row.delivery,
            audience=author.follower_count,
            had_images=had_images,
        )
    )


def publication_of(post_id: int) -> int | None:
    return db.session.scalar(select(PublicationModel.id).where(PublicationModel.post_id == post_id))


def publish_if_ready(uow: UnitOfWork, post: PostModel) -> None:
    """Publish a locked post whose images are all ready; else tell its author how far it is."""
    if not access.posts.is_present_state(post.state):
        return
    states = list(db.session.scalars(select(MediaModel.state).where(MediaModel.post_id == post.id)))
    done, total = states.count("ready"), len(states)
    post_id, author_id = post.id, post.author_id
    uow.record(ImageProcessed(post_id=post_id, author_id=author_id, done=done, total=total))
    if done == total and post.state != "published":
        publish(uow, post, had_images=total > 0)
        return
    uow.after_commit(lambda: post_cards.pending.evict(author_id))
    if "failed" not in states:
        post.state = "processing"
