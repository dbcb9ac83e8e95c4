"""Posts, what makes them visible, and what is found in their text."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.domain import limits
from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, Key, Line, UTCDateTime


class PostModel(Model):
    """`processing` until every image is ready, then `published`; `failed` when an image is."""

    __tablename__ = "posts"
    __table_args__ = (Index("ix_posts_author_id_state", "author_id", "state"), TABLE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    author_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(Key(10))
    caption: Mapped[str] = mapped_column(Line(limits.CAPTION), default="")
    comments_open: Mapped[bool] = mapped_column(default=True)
    like_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PublicationModel(Model):
    """A post is visible because this row exists; its id is the order and the cursor everywhere."""

    __tablename__ = "publications"
    __table_args__ = (
        Index("ix_publications_author_id_id", "author_id", "id"),
        Index("ix_publications_delivery_id", "delivery", "id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(
        Id, ForeignKey("posts.id", ondelete="CASCADE"), unique=True
    )
    author_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    delivery: Mapped[str] = mapped_column(Key(4))
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MentionModel(Model):
    """`@handle` as it was typed, and the person it meant then: a rename breaks nothing."""

    __tablename__ = "mentions"
    __table_args__ = (TABLE,)

    post_id: Mapped[int] = mapped_column(
        Id, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    handle: Mapped[str] = mapped_column(Key(limits.USERNAME_MAX), primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column()


class PostTag(Model):
    """A folded hashtag of a post; `publication_id` is set when the post becomes visible."""

    __tablename__ = "post_tags"
    __table_args__ = (Index("ix_post_tags_tag_publication_id", "tag", "publication_id"), TABLE)

    post_id: Mapped[int] = mapped_column(
        Id, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(Key(limits.TAG), primary_key=True)
    position: Mapped[int] = mapped_column()
    publication_id: Mapped[int | None] = mapped_column(Id)


class CaptionPiece(Model):
    """A piece of a published caption (`domain/captions.py`); it goes with its publication.

    The table is its own primary key, and its index holds the two columns the other way round.
    """

    __tablename__ = "caption_pieces"
    __table_args__ = (
        Index("ix_caption_pieces_piece_publication_id", "piece", "publication_id"),
        {"sqlite_with_rowid": False, "mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"},
    )

    publication_id: Mapped[int] = mapped_column(
        Id, ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True
    )
    piece: Mapped[str] = mapped_column(Key(3), primary_key=True)


class IdempotencyKey(Model):
    """The answer to a key that was used in the last 24 hours: the post or comment it made."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"), TABLE)

    user_id: Mapped[int] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(Key(limits.IDEMPOTENCY_KEY), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Key(64))
    made: Mapped[str] = mapped_column(Key(8), default="post")
    made_id: Mapped[int] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
