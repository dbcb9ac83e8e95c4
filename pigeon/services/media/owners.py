"""Whose a picture is: the one table of kinds, and what the feature of each does with its pictures.

It imports those features, so nothing that they import may import it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pigeon.domain.clock import utc_now
from pigeon.domain.errors import NotFound
from pigeon.domain.media import StoredMedia
from pigeon.models import MediaModel
from pigeon.services.access.viewers import Viewer
from pigeon.services.messages import pictures as message_pictures
from pigeon.services.posts import pictures
from pigeon.services.stories import pictures as story_pictures
from pigeon.services.users import avatars
from pigeon.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A feature that has pictures.

    `check_sees` raises NotFound. `lock` is taken before the picture's own row is locked; behind it
    `ready` or `failed` does what follows, in the transaction that stores the picture's state.
    `ends_at`: from then on the picture is nobody's, and no address of it may work.
    """

    check_sees: Callable[[Viewer, StoredMedia], None]
    lock: Callable[[MediaModel], object]
    ready: Callable[[UnitOfWork, MediaModel], None]
    failed: Callable[[UnitOfWork, MediaModel, str], None]
    ends_at: Callable[[StoredMedia], datetime | None] = lambda _picture: None


OWNERS = {
    "post": Owner(
        check_sees=pictures.check_sees,
        lock=pictures.lock,
        ready=pictures.ready,
        failed=pictures.failed,
    ),
    "avatar": Owner(
        check_sees=avatars.check_sees,
        lock=avatars.lock_owner,
        ready=avatars.show,
        failed=avatars.fail,
    ),
    "message": Owner(
        check_sees=message_pictures.check_sees,
        lock=message_pictures.lock,
        ready=message_pictures.settled,
        failed=message_pictures.failed,
    ),
    "story": Owner(
        check_sees=story_pictures.check_sees,
        lock=story_pictures.lock,
        ready=story_pictures.ready,
        failed=story_pictures.failed,
        ends_at=story_pictures.ends_at,
    ),
}


class UnknownKind(LookupError):
    """A picture of a later release: its job is tried again, for a worker that knows the kind."""


def owner_of(row: MediaModel) -> Owner:
    try:
        return OWNERS[row.kind]
    except KeyError as error:
        raise UnknownKind(row.kind) from error


def check_sees(viewer: Viewer, picture: StoredMedia) -> None:
    """NotFound for who may not see it, and for everybody when its kind is unknown."""
    owner = OWNERS.get(picture.kind)
    if owner is None:
        raise NotFound
    owner.check_sees(viewer, picture)


def seconds_left(picture: StoredMedia, at_most: int) -> int:
    """Until nobody may see it any more, of one that the viewer sees; at least one."""
    owner = OWNERS.get(picture.kind)
    ends_at = owner.ends_at(picture) if owner else None
    if ends_at is None:
        return at_most
    return max(1, min(at_most, int((ends_at - utc_now()).total_seconds())))
