"""How a post becomes visible: by one row, in the transaction that completes it."""

from __future__ import annotations

from sqlalchemy import select, update

from pigeon.crash_points import crash_point
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.events import ImageProcessed, PostFailed, PostPublished
from pigeon.extensions import db, settings
from pigeon.models import MediaModel, PostModel, PostTag, PublicationModel, UserModel
from pigeon.services import counts, media, policy
from pigeon.services.posts import cards as post_cards
from pigeon.services.timelines import fanouts, pulls, sidebar
from pigeon.services.users import avatars
from pigeon.stores.imaging import Refused
from pigeon.stores.imaging_results import Rendered
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

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
    _announce(uow, row, author, had_images=had_images)


def lock_author(author_id: int) -> UserModel:
    """Lock first, insert then: the foreign key of a new row shares a lock that we want alone."""
    author = db.session.scalar(select(UserModel).where(UserModel.id == author_id).with_for_update())
    if author is None or author.state != "active":
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
    uow.after_commit(lambda: post_cards.evict(post_id, publication_id, author_id))
    uow.after_commit(lambda: counts.posts.evict(post_id))
    uow.after_commit(lambda: counts.users.evict(author_id))
    uow.after_commit(lambda: sidebar.evict(author_id))
    if row.delivery == "pull":
        uow.after_commit(pulls.changed)
    else:
        uow.after_commit(lambda: fanouts.push_to_author(publication_id, author_id))
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


# -- processing an image -----------------------------------------------------------------------


def process(media_id: int) -> None:
    """Render one image; the last one of a post publishes it. Safe to run twice, and in parallel.

    A failed image is tried once more: only an operator brings its job back.
    """
    row = db.session.get(MediaModel, media_id)
    if row is None:
        return
    name, token = row.name, row.incoming
    if row.state == "ready":
        media.incoming().discard(token)
        return
    db.session.expunge(row)
    db.session.rollback()  # no transaction stays open for the seconds that rendering takes
    try:
        rendered = media.render(row)
    except (Refused, NotFound) as error:
        fail(media_id, "unreadable" if isinstance(error, NotFound) else error.code)
        return
    crash_point("image.stored")
    if _finish_image(media_id, rendered):
        crash_point("image.settled")
        media.incoming().discard(token)
    else:
        media.delete_files(media.rendered_names(name, rendered), [])


@retried
def _finish_image(media_id: int, rendered: Rendered) -> bool:
    """Store that an image is ready, with all that follows; False when it was deleted meanwhile.

    The original is deleted afterwards and the job done after that, so that a killed worker's
    successor still finds both.
    """
    with unit_of_work() as uow:
        uow.hold_job()
        row = _lock_image(media_id)
        if row is None:
            return False
        if row.state != "ready":
            media.mark_ready(row, rendered)
            db.session.flush()
            _after_image(uow, row)
    return True


def _after_image(uow: UnitOfWork, row: MediaModel) -> None:
    name = row.name
    uow.after_commit(lambda: media.owners.evict(name))
    if row.post_id is None:
        avatars.show(uow, row)
        return
    post = db.session.get(PostModel, row.post_id)
    if post is not None:
        publish_if_ready(uow, post)


def _lock_image(media_id: int) -> MediaModel | None:
    """The image, behind the lock of its post: who counts what is left must hold that lock first.

    An avatar is behind the lock of its owner, for whom the last one counts.
    """
    found = db.session.execute(
        select(MediaModel.post_id, MediaModel.owner_id).where(MediaModel.id == media_id)
    ).first()
    if found is not None and found.post_id is not None:
        query = select(PostModel.id).where(PostModel.id == found.post_id)
        db.session.scalar(query.with_for_update())
    elif found is not None:
        avatars.lock(found.owner_id)
    return db.session.scalar(
        select(MediaModel)
        .where(MediaModel.id == media_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def publish_if_ready(uow: UnitOfWork, post: PostModel) -> None:
    """Publish a locked post whose images are all ready; else tell its author how far it is."""
    if post.state == policy.WITHDRAWN:
        return
    states = list(db.session.scalars(select(MediaModel.state).where(MediaModel.post_id == post.id)))
    done, total = states.count("ready"), len(states)
    post_id, author_id = post.id, post.author_id
    uow.after_commit(lambda: post_cards.pending.evict(author_id))
    uow.record(ImageProcessed(post_id=post_id, author_id=author_id, done=done, total=total))
    if done == total and post.state != "published":
        publish(uow, post, had_images=total > 0)
    elif "failed" not in states:
        post.state = "processing"


@retried
def fail(media_id: int, code: str) -> None:
    """Mark an image, and so its post, as failed; the author can retry or remove it."""
    with unit_of_work() as uow:
        row = _lock_image(media_id)
        if row is not None and row.state == "processing":
            row.state, row.error = "failed", code
            db.session.flush()
            _after_failure(uow, row, code)
        uow.finish_job()


def _after_failure(uow: UnitOfWork, row: MediaModel, code: str) -> None:
    """Its post fails with it; an avatar makes way for the one before it."""
    if row.post_id is None:
        avatars.fail(uow, row)
        return
    post = db.session.get(PostModel, row.post_id)
    if post is not None and post.state != policy.WITHDRAWN:
        post.state = "failed"
        _record_failure(uow, post, row.id, code)


def _record_failure(uow: UnitOfWork, post: PostModel, media_id: int, code: str) -> None:
    post_id, author_id = post.id, post.author_id
    uow.after_commit(lambda: post_cards.evict(post_id, None, author_id))
    uow.record(PostFailed(post_id=post_id, author_id=author_id, errors={str(media_id): code}))
