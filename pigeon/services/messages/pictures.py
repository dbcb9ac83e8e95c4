"""What a picture means to a message, and when it may be seen: it is of the kind `message`.

A picture is claimed for one `client_msg_id` before the message is stored, because both may have
different homes. It is the message's once that names it; what was claimed for nothing is collected.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import FieldError, Invalid, NotFound
from pigeon.domain.events import MessageStored, PictureUploaded
from pigeon.domain.media import StoredMedia, Upload
from pigeon.domain.messages import conversation_of
from pigeon.domain.posts import Image
from pigeon.extensions import db
from pigeon.models import MediaModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.media import media
from pigeon.services.messages import people
from pigeon.services.messages.checks import Content
from pigeon.stores.messages import Conversation, StoredMessage
from pigeon.stores.messages_urls import message_store
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

KIND = "message"
UNUSED = timedelta(hours=24)
"""So long a picture waits for its message."""
LOOKED_BACK = timedelta(hours=72)


# -- before the message ----------------------------------------------------------------------------


@retried
def add(upload: Upload, *, by: int) -> Image:
    """Accept a picture for a message that is about to be sent."""
    with unit_of_work() as uow:
        row = media.add(upload, owner_id=by, kind=KIND)
        db.session.flush()
        uow.record(PictureUploaded(media_id=row.id))
        return media.image_of(row)


def claim(content: Content, *, by: int, client_msg_id: str) -> int | None:
    """The picture of a message, which is no other's from now on; Invalid naming `image`.

    What came along with the message is stored now, unless it was at an earlier attempt.
    """
    if content.upload is not None:
        earlier = _claimed(by, client_msg_id)
        if earlier is not None:
            media.delete_files([], [content.upload.token])
            return earlier
        return _claim(int(add(content.upload, by=by).id), by, client_msg_id)
    if content.media_id is not None:
        return _claim(content.media_id, by, client_msg_id)
    return None


def _claimed(by: int, client_msg_id: str) -> int | None:
    return db.session.scalar(
        select(MediaModel.id).where(
            MediaModel.owner_id == by, MediaModel.kind == KIND, MediaModel.claimed == client_msg_id
        )
    )


@retried
def _claim(media_id: int, by: int, client_msg_id: str) -> int:
    with unit_of_work() as uow:
        row = db.session.scalar(
            select(MediaModel)
            .where(
                MediaModel.id == media_id,
                MediaModel.owner_id == by,
                MediaModel.kind == KIND,
                or_(MediaModel.claimed.is_(None), MediaModel.claimed == client_msg_id),
            )
            .with_for_update()
        )
        if row is None:
            raise Invalid({"image": FieldError("unknown")})
        row.claimed, name = client_msg_id, row.name
        uow.after_commit(lambda: media.stored.evict(name))
    return media_id


# -- its kind: see media/owners.py -----------------------------------------------------------------


def check_sees(viewer: Viewer, picture: StoredMedia) -> None:
    """Members of the conversation see it while the message stands; before it only its owner."""
    if not access.media.is_ready_state(picture.state):
        raise NotFound
    message = _message_of(picture.owner_id, picture.claimed, picture.media_id)
    if message is None:
        if picture.owner_id != viewer.id or _is_sent(picture):
            raise NotFound
        return
    conversation = _conversation_of(message)
    if conversation is None or conversation.member(viewer.id or 0) is None:
        raise NotFound
    partner = people.row_of(people.partner_id(conversation, viewer.id or 0), viewer)
    if picture.owner_id != viewer.id and people.is_deleted_name(partner.username):
        raise NotFound  # the message is a stub by now, though a job has yet to store that


def _message_of(owner_id: int, claimed: str | None, media_id: int) -> StoredMessage | None:
    """The message that carries a picture; None while there is none, and once it is unsent."""
    message = message_store().find_sent(owner_id, claimed) if claimed else None
    return message if message is not None and message.media_id == media_id else None


def _conversation_of(message: StoredMessage) -> Conversation | None:
    number = conversation_of(message.id)
    return message_store().load([number]).get(number)


def _is_sent(picture: StoredMedia) -> bool:
    """Whether the message of its claim exists, though it does not carry the picture (any more)."""
    if not picture.claimed:
        return False
    return message_store().find_sent(picture.owner_id, picture.claimed) is not None


def lock(_row: MediaModel) -> None:
    """Nothing is counted: a message has one picture."""


def settled(uow: UnitOfWork, row: MediaModel) -> None:
    """Tell both sides that the picture of a message is ready."""
    message = _message_of(row.owner_id, row.claimed, row.id)
    conversation = _conversation_of(message) if message is not None else None
    if message is not None and conversation is not None:
        uow.record(MessageStored(message_id=message.id, member_ids=conversation.member_ids))


def failed(uow: UnitOfWork, row: MediaModel, _code: str) -> None:
    """The message says why; it can only be unsent, so the original goes now."""
    media.orphan(uow, [row])
    row.incoming = ""
    settled(uow, row)


# -- after it --------------------------------------------------------------------------------------


@retried
def delete(media_id: int) -> None:
    """Of a message that was unsent; again is fine."""
    with unit_of_work() as uow:
        row = db.session.get(MediaModel, media_id)
        if row is not None and row.kind == KIND:
            media.orphan(uow, [row])
            db.session.delete(row)


def delete_unused() -> None:
    """Pictures of which nothing was made within a day, and those whose message is unsent."""
    now = utc_now()
    rows = db.session.execute(
        select(MediaModel.id, MediaModel.owner_id, MediaModel.claimed)
        .where(
            MediaModel.kind == KIND,
            MediaModel.created_at < now - UNUSED,
            MediaModel.created_at > now - LOOKED_BACK,
        )
        .order_by(MediaModel.id)
    ).all()
    db.session.rollback()
    for media_id, owner_id, claimed in rows:
        if _message_of(owner_id, claimed, media_id) is None:
            delete(media_id)
