"""What people searched for, each for themselves, and under which keys people are found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from pigeon.domain import limits, search_keys
from pigeon.extensions import Model
from pigeon.models.types import TABLE, Id, Key, UTCDateTime


class SearchModel(Model):
    """A word (`q`), or somebody (`found_id`); at most 50 of a person, whose row locks them.

    `searched_at` only grows, and may be behind what the journal of write-back says.
    """

    __tablename__ = "searches"
    __table_args__ = (
        Index("ix_searches_user_id_searched_at", "user_id", "searched_at"),
        Index("ix_searches_found_id", "found_id"),
        TABLE,
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    found_id: Mapped[int | None] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    q: Mapped[str] = mapped_column(Key(limits.SEARCH), default="")
    searched_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SearchKey(Model):
    """A beginning under which a person is found, as `domain/search_keys.py` makes them.

    `place` is the first letter of what is made there. Rows are kept in the order of both, which is
    what a query reads; the index finds keys of one person, wherever they stand.
    """

    __tablename__ = "search_keys"
    __table_args__ = (
        Index("ix_search_keys_user_id_key", "user_id", "key"),
        {"sqlite_with_rowid": False, "mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"},
    )

    place: Mapped[str] = mapped_column(Key(1), primary_key=True)
    key: Mapped[str] = mapped_column(Key(search_keys.LONGEST), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
