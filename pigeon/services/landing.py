"""What a stranger sees first: a few recent public pictures."""

from __future__ import annotations

from sqlalchemy import select

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.domain.posts import Image
from pigeon.extensions import db
from pigeon.models import MediaModel, PostModel, PublicationModel
from pigeon.services import access
from pigeon.services.media import media

TILES = 9
LOOKED_AT = 60


@cached(keys.LANDING, list[Image])
def mosaics(_names: list[str]) -> dict[str, list[Image]]:
    """The first pictures of the newest posts, at most two of a person while others have some."""
    stranger = access.stranger()
    rows = db.session.execute(
        select(MediaModel, PublicationModel.author_id)
        .join(PostModel, PostModel.id == MediaModel.post_id)
        .join(PublicationModel, PublicationModel.post_id == PostModel.id)
        .where(MediaModel.position == 0, access.media.is_ready(), access.posts.where(stranger))
        .order_by(PublicationModel.id.desc())
        .limit(LOOKED_AT)
    ).all()
    taken: dict[int, int] = {}
    ranked: list[tuple[bool, int, Image]] = []
    for row, author_id in rows:
        taken[author_id] = taken.get(author_id, 0) + 1
        ranked.append((taken[author_id] > 1, len(ranked), media.image_of(row)))
    return {"": [image for _, _, image in sorted(ranked, key=lambda item: item[:2])[:TILES]]}


def mosaic() -> list[Image]:
    """Up to nine pictures; a minute old at most."""
    return mosaics.one("") or []
