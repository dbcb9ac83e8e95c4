"""Whether a MongoDB may be used as the home of messages: all that SQL has must have moved there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pigeon.domain.errors import Unavailable
from pigeon.extensions import db
from pigeon.models import ConversationModel
from pigeon.stores.messages_mongo_link import Link

MARKER = {"_id": "sql"}
COPYING, DONE = "copying", "done"
HALF = "messages are not all in this MongoDB: `flask messages migrate` has to end before it is used"
LEFT = "messages are in SQL still, which MONGO_URL would hide: run `flask messages migrate`"


def check(link: Link) -> None:
    """Raise Unavailable, with the reason for who operates the site."""
    marker = link.collection("moves").find_one(MARKER)
    if marker is not None and marker["state"] != DONE:
        raise Unavailable(reason=HALF)
    if marker is None and _has_sql_any():
        raise Unavailable(reason=LEFT)


def _has_sql_any() -> bool:
    """Asked beside whatever transaction is open here."""
    try:
        with db.engine.connect() as connection:
            return connection.execute(select(ConversationModel.id).limit(1)).first() is not None
    except (DBAPIError, PoolTimeout) as error:
        raise Unavailable from error
