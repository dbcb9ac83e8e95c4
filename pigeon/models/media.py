"""Images: where they are in their life, and the names of their stored renditions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.domain import limits
from pigeon.extensions import Model
from pigeon.models.types import TABLE, Document, Id, Key, Line, UTCDateTime


class MediaModel(Model):
    """`kind` says whose it is: the table is in `services/media/owners.py`.

    `name` is random and fixed at the upload, so processing twice stores the same objects.

    `claimed` is, of the kind `message`, the `client_msg_id` of the one message that may carry it.

    `incoming` is the original's file in the incoming area until the image is ready; `variants`
    is JSON `[[kind, width, height, type], …]`, empty unless `ready`.
    """

    __tablename__ = "media"
    __table_args__ = (Index("ix_media_post_id_position", "post_id", "position"), TABLE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    owner_id: Mapped[int] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    post_id: Mapped[int | None] = mapped_column(Id, ForeignKey("posts.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Key(10))
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(Key(10))
    name: Mapped[str] = mapped_column(Key(32), unique=True)
    claimed: Mapped[str | None] = mapped_column(Key(limits.CLIENT_MSG_ID))
    incoming: Mapped[str] = mapped_column(Key(64), default="")
    crop: Mapped[str] = mapped_column(Key(60), default="")
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    alt: Mapped[str] = mapped_column(Line(limits.ALT), default="")
    color: Mapped[str | None] = mapped_column(Key(7))
    variants: Mapped[str] = mapped_column(Document)
    error: Mapped[str | None] = mapped_column(Key(20))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
