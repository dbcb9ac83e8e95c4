"""Viewer-free cards of stories: one entry an author holds all that are not over."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import select

from pigeon.cache import keys, trips
from pigeon.cache.look_aside import cached
from pigeon.cache.trips import Read, one, trip
from pigeon.domain.stories import StoryCard, TextStyle
from pigeon.extensions import db
from pigeon.models import MediaModel, StoryModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.media import media
from pigeon.services.users.cards import refs

T = TypeVar("T")

MEMORY = 100_000
REMEMBERED = 4_096
"""Entries that a process keeps decoded: a tray reads a hundred."""
_authors: dict[int, int] = {}
"""By story: whose it is, which never changes. Were it wrong, it would be asked for nothing."""


@cached(keys.STORIES, tuple[StoryCard, ...], remembered=REMEMBERED)
def of_authors(author_ids: list[int]) -> dict[int, tuple[StoryCard, ...]]:
    """An author's stories in the order of showing, those that wait or failed last.

    They are kept for everybody: who reads them asks `access.stories` what may be seen, and when.
    """
    found: dict[int, list[StoryCard]] = {author_id: [] for author_id in author_ids}
    for card in _load(author_ids):
        found[card.author_id].append(card)
    return {author_id: tuple(some) for author_id, some in found.items()}


def _load(author_ids: list[int]) -> list[StoryCard]:
    query = select(StoryModel).where(
        StoryModel.author_id.in_(author_ids), access.stories.is_present()
    )
    rows = list(db.session.scalars(query.order_by(StoryModel.turn)))
    wanted = [row.media_id for row in rows if row.media_id is not None]
    pictures = {
        row.id: media.image_of(row)
        for row in db.session.scalars(select(MediaModel).where(MediaModel.id.in_(wanted)))
    }
    # Out of the rows first: loading the people may end the snapshot that holds them.
    made = [_values(row) | {"image": pictures.get(row.media_id or 0)} for row in rows]
    authors = refs({row["author_id"] for row in made})
    cards = [
        StoryCard(author=authors[values.pop("author_id")], **values)
        for values in made
        if values["author_id"] in authors
    ]
    return sorted(cards, key=lambda card: (card.published_at is None, card.published_at, card.turn))


def _values(row: StoryModel) -> dict[str, Any]:
    names = ("id", "author_id", "state", "turn", "text", "alt")
    times = ("created_at", "published_at", "expires_at")
    style = ("x", "y", "size", "color", "background")
    return {
        **{name: getattr(row, name) for name in (*names, *times)},
        "text_style": TextStyle(**{name: getattr(row, name) for name in style}),
    }


def find(story_id: int, viewer: Viewer | None = None) -> StoryCard | None:
    """A story that is not over, whoever may see it.

    What the rules will ask about its author comes along, when it is known who asks.
    """
    return find_beside(trips.NOTHING, story_id, viewer)[0]


def find_beside(more: Read[T], story_id: int, viewer: Viewer | None) -> tuple[StoryCard | None, T]:
    """As `find`, in a trip with another read."""
    author_id = author_of(story_id)
    if author_id is None:
        return None, one(more)
    about = viewer.relations.reads_about([author_id]) if viewer is not None else ()
    found, value = trip(of_authors.read([author_id]), more, *about)[:2]
    return next((card for card in found.get(author_id, ()) if card.id == story_id), None), value


def find_many(ids: list[int]) -> dict[int, StoryCard]:
    """The same for several, in two reads of everything that is known."""
    wanted = set(ids)
    unknown = [story_id for story_id in wanted if story_id not in _authors]
    _learn(unknown)
    authors = {_authors[story_id] for story_id in wanted if story_id in _authors}
    found: dict[int, StoryCard] = {}
    for cards in of_authors.many(authors).values():
        found.update((card.id, card) for card in cards if card.id in wanted)
    return found


def author_of(story_id: int) -> int | None:
    """Whose it is or was; None where there is no such story."""
    if story_id not in _authors:
        _learn([story_id])
    return _authors.get(story_id)


def _learn(ids: list[int]) -> None:
    if not ids:
        return
    rows = db.session.execute(
        select(StoryModel.id, StoryModel.author_id).where(StoryModel.id.in_(ids))
    )
    _authors.update((story_id, author_id) for story_id, author_id in rows)
    while len(_authors) > MEMORY:
        _authors.pop(next(iter(_authors)), None)


def evict(author_id: int) -> None:
    of_authors.evict(author_id)
