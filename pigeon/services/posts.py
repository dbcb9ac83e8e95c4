"""Posts: created at once, visible when complete, edited and deleted by their author."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pigeon.crash_points import crash_point
from pigeon.domain import limits, text
from pigeon.domain.clock import utc_now
from pigeon.domain.errors import Conflict, FieldError, Invalid, NotFound
from pigeon.domain.events import ImagesAccepted, PostDeleted, PostEdited
from pigeon.domain.media import Upload
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.posts import Post, PostCard, PostCounts, PostViewer
from pigeon.extensions import db
from pigeon.models import (
    IdempotencyKey,
    MediaModel,
    MentionModel,
    PostModel,
    PostTag,
    PublicationModel,
    UserModel,
)
from pigeon.services import counts, media, policy, post_cards, publishing, users
from pigeon.services.timelines import Entry
from pigeon.services.users import check_text
from pigeon.unit_of_work import retried, unit_of_work


def get(post_id: int, viewer_id: int | None) -> Post:
    """A post as the viewer sees it; NotFound for what they may not see."""
    card = policy.check_sees_post(viewer_id, post_cards.find(post_id, viewer_id))
    return overlay([card], viewer_id)[0]


def get_many(ids: list[int], viewer_id: int | None) -> list[Post]:
    """Visible posts in the order of `ids`; what is gone is left out."""
    found = post_cards.cards.many(ids)
    return overlay([c for c in found.values() if policy.may_see_post(viewer_id, c)], viewer_id)


def overlay(cards: list[PostCard], viewer_id: int | None) -> list[Post]:
    """Cards with counts and with what depends on who asks."""
    counted = counts.of_posts([card.id for card in cards])
    return [
        Post.of(card, counted.get(card.id, PostCounts()), viewer_of(card, viewer_id))
        for card in cards
    ]


def viewer_of(card: PostCard, viewer_id: int | None) -> PostViewer | None:
    if viewer_id is None:
        return None
    return PostViewer(
        is_author=card.author_id == viewer_id,
        liked=False,
        saved=False,
        may_comment=card.comments_open,
        liked_by=[],
    )


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
        [cards[i] for i in ids if i in cards and cards[i].state != "published"], author_id
    )


# -- creating ----------------------------------------------------------------------------------


def check_new(caption: str, alts: list[str], images: int) -> tuple[str, list[str]]:
    """Caption and alt texts as they will be stored; Invalid names every field at fault."""
    faults: dict[str, FieldError] = {}
    if images > limits.POST_IMAGES:
        faults["images"] = FieldError("too_many", limits.POST_IMAGES)
    checked, caption_faults = _check_caption(caption)
    faults |= caption_faults
    if not checked and not images and not caption_faults:
        faults["caption"] = FieldError("required")
    alts, alt_faults = _check_alts(alts, images)
    if faults | alt_faults:
        raise Invalid(faults | alt_faults)
    return checked, alts


def _check_caption(caption: str) -> tuple[str, dict[str, FieldError]]:
    try:
        checked = check_text("caption", caption, limits.CAPTION)
    except Invalid as error:
        return "", error.fields
    parsed = text.parse(checked)
    if len(parsed.mentions) > limits.MENTIONS:
        return "", {"caption": FieldError("too_many", limits.MENTIONS)}
    if len(parsed.tags) > limits.TAGS:
        return "", {"caption": FieldError("too_many", limits.TAGS)}
    return checked, {}


def _check_alts(alts: list[str], images: int) -> tuple[list[str], dict[str, FieldError]]:
    """One per image; missing ones are empty, more than images are refused."""
    faults: dict[str, FieldError] = {}
    checked: list[str] = []
    if len(alts) > images and any(alt.strip() for alt in alts[images:]):
        faults["alts"] = FieldError("too_many", images)
    for number, alt in enumerate(alts[:images]):
        try:
            checked.append(check_text(f"alts.{number}", alt, limits.ALT))
        except Invalid as error:
            faults |= error.fields
    return checked + [""] * (images - len(checked)), faults


def fingerprint(caption: str, digests: list[str], alts: list[str]) -> str:
    """What makes two requests the same request."""
    sha = hashlib.sha256()
    for part in (caption, *digests, *alts):
        sha.update(len(part).to_bytes(8, "big") + part.encode())
    return sha.hexdigest()


def find_answer(user_id: int, key: str, mark: str) -> Post | None:
    """The post that this key made before; Conflict when it was for another body."""
    row = db.session.get(IdempotencyKey, (user_id, key)) if key else None
    if row is None or row.created_at < utc_now() - publishing.KEY_LIFE:
        return None
    if row.fingerprint != mark:
        raise Conflict("idempotency_conflict")
    return get(row.post_id, user_id)


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
            _use_key(author_id, key, mark, post.id)
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


def _use_key(user_id: int, key: str, mark: str, post_id: int) -> None:
    """Take the key in the unit that stores the post; IntegrityError when another request has it."""
    db.session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.user_id == user_id,
            IdempotencyKey.key == key,
            IdempotencyKey.created_at < utc_now() - publishing.KEY_LIFE,
        )
    )
    db.session.execute(
        insert(IdempotencyKey).values(
            user_id=user_id, key=key, fingerprint=mark, post_id=post_id, created_at=utc_now()
        )
    )


def index_text(post: PostModel) -> None:
    """Store whom and what the caption names; handles of nobody stay plain text."""
    parsed = text.parse(post.caption)
    known = users.ids_by_name.many(parsed.mentions)
    db.session.execute(delete(MentionModel).where(MentionModel.post_id == post.id))
    db.session.execute(delete(PostTag).where(PostTag.post_id == post.id))
    publication_id = db.session.scalar(
        select(PublicationModel.id).where(PublicationModel.post_id == post.id)
    )
    db.session.add_all(
        MentionModel(post_id=post.id, handle=handle, user_id=known[handle], position=n)
        for n, handle in enumerate(parsed.mentions)
        if handle in known
    )
    db.session.add_all(
        PostTag(post_id=post.id, tag=tag, position=n, publication_id=publication_id)
        for n, tag in enumerate(parsed.tags)
    )


# -- changing ----------------------------------------------------------------------------------


@retried
def edit(
    post_id: int,
    *,
    by: int,
    caption: str | None = None,
    alts: list[str] | None = None,
    comments_open: bool | None = None,
) -> Post:
    """Change what is given; `edited_at` moves when caption or an alt text really changed."""
    with unit_of_work() as uow:
        post = _lock(post_id, by)
        rows = images_of(post_id)
        new_caption, new_alts = _check_edit(post, rows, caption, alts)
        old_alts = [row.alt for row in rows]
        if (new_caption, new_alts) != (post.caption, old_alts):
            post.edited_at = utc_now()
        if comments_open is not None:
            post.comments_open = comments_open
        post.caption = new_caption
        for row, alt in zip(rows, new_alts, strict=True):
            row.alt = alt
        db.session.flush()
        index_text(post)
        _changed(uow, post)
    return get(post_id, by)


def _check_edit(
    post: PostModel, rows: list[MediaModel], caption: str | None, alts: list[str] | None
) -> tuple[str, list[str]]:
    old_alts = [row.alt for row in rows]
    if alts is not None and len(alts) != len(rows):
        code = "too_many" if len(alts) > len(rows) else "too_short"
        raise Invalid({"alts": FieldError(code, len(rows))})
    return check_new(
        post.caption if caption is None else caption, old_alts if alts is None else alts, len(rows)
    )


def _changed(uow, post: PostModel) -> None:  # type: ignore[no-untyped-def]
    publication_id = publishing.publication_of(post.id)
    post_id, author_id = post.id, post.author_id
    uow.after_commit(lambda: post_cards.evict(post_id, publication_id, author_id))
    uow.record(PostEdited(post_id=post_id, publication_id=publication_id, author_id=author_id))


@retried
def remove(post_id: int, *, by: int) -> None:
    """Delete a post with everything that hangs on it, its files included."""
    with unit_of_work() as uow:
        _lock(post_id, by)
        publication_id = publishing.publication_of(post_id)
        rows = images_of(post_id)
        if rows:
            uow.record(media.orphaned(rows))
        for row in rows:
            db.session.delete(row)
        if publication_id is not None:
            _count_posts(by, -1)
        db.session.flush()
        db.session.execute(delete(PostModel).where(PostModel.id == post_id))
        names = [row.name for row in rows]
        uow.after_commit(lambda: post_cards.evict(post_id, publication_id, by))
        uow.after_commit(lambda: media.owners.evict(*names))
        uow.after_commit(lambda: counts.posts.evict(post_id))
        uow.after_commit(lambda: counts.users.evict(by))
        uow.record(PostDeleted(post_id=post_id, publication_id=publication_id, author_id=by))


def _count_posts(author_id: int, change: int) -> None:
    db.session.execute(
        update(UserModel)
        .where(UserModel.id == author_id)
        .values(post_count=UserModel.post_count + change)
    )


@retried
def retry(post_id: int, *, by: int) -> Post:
    """Process the failed images again; Conflict `not_failed` when none is."""
    with unit_of_work() as uow:
        post = _lock(post_id, by)
        failed = [row for row in images_of(post_id) if row.state == "failed"]
        if not failed:
            raise Conflict("not_failed")
        for row in failed:
            row.state, row.error = "processing", None
        post.state = "processing"
        db.session.flush()
        uow.record(ImagesAccepted(media_ids=[row.id for row in failed]))
        _changed(uow, post)
    return get(post_id, by)


@retried
def remove_image(post_id: int, image_id: int, *, by: int) -> Post:
    """Remove a failed image; the post is published when the others are ready.

    Conflict `not_failed`, or `last_image` when nothing would remain; NotFound for another post's.
    """
    with unit_of_work() as uow:
        post = _lock(post_id, by)
        rows = images_of(post_id)
        row = next((row for row in rows if row.id == image_id), None)
        if row is None:
            raise NotFound
        if row.state != "failed":
            raise Conflict("not_failed")
        if len(rows) == 1 and not post.caption:
            raise Conflict("last_image")
        uow.record(media.orphaned([row]))
        db.session.delete(row)
        db.session.flush()
        publishing.settle(uow, post)
        _changed(uow, post)
    return get(post_id, by)


def _lock(post_id: int, by: int) -> PostModel:
    """The post, locked; the access policy decides who gets that far."""
    row = db.session.scalar(select(PostModel).where(PostModel.id == post_id).with_for_update())
    return policy.check_changes_post(by, row)


def images_of(post_id: int) -> list[MediaModel]:
    return list(
        db.session.scalars(
            select(MediaModel).where(MediaModel.post_id == post_id).order_by(MediaModel.position)
        )
    )


def with_alts(uploads: list[Upload], alts: list[str]) -> list[Upload]:
    return [replace(upload, alt=alt) for upload, alt in zip(uploads, alts, strict=True)]


def check_may_change(post_id: int, by: int) -> None:
    """Refuse before the request's body is looked at: NotFound, then Forbidden."""
    policy.check_changes_post(by, db.session.get(PostModel, post_id))


def of_entries(entries: list[Entry], reader_id: int) -> list[Post]:
    """Posts of a timeline page, whose counters were read with it."""
    cards = post_cards.cards.many(entry.post_id for entry in entries)
    return [
        Post.of(
            card,
            PostCounts(like_count=entry.counts[0], comment_count=entry.counts[1]),
            viewer_of(card, reader_id),
        )
        for entry in entries
        if (card := cards.get(entry.post_id)) is not None
    ]
