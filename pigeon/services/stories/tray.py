"""The tray: people whom a reader follows and who have live stories, the reader first."""

from __future__ import annotations

from collections.abc import Iterable

from pigeon.cache import trips
from pigeon.cache.trips import trip
from pigeon.domain.page import Page, PageRequest, write_cursor
from pigeon.domain.stories import StoryCard, TrayItem
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.stories import authors, cards, views

CURSOR = "tray"


def page(reader: Viewer, request: PageRequest) -> Page[TrayItem]:
    """Mine first, unseen before seen, each by the latest; the cursor is the place in this order."""
    found = items(reader)
    begin = request.before or 0
    end = begin + request.limit
    more = write_cursor(CURSOR, end) if len(found) > end else None
    return Page(items=found[begin:end], next=more)


def items(reader: Viewer, followed: list[int] | None = None) -> list[TrayItem]:
    """All of the tray; `followed` are followees who may have stories, when a trip brought them."""
    if reader.id is None:
        return []
    if followed is None:
        followed = trips.one(authors.read_followed(reader.id))
    return _items(reader, shown_by(reader, [reader.id, *followed]))


def shown_by(reader: Viewer, people: Iterable[int]) -> dict[int, list[StoryCard]]:
    """Live stories that the reader may see and wants, by author; nobody is in it without one."""
    found, *_ = trip(cards.of_authors.read(people), reader.relations.read_apart())
    stories = [card for of_author in found.values() for card in of_author]
    unwanted = access.stories.unwanted(reader)
    shown: dict[int, list[StoryCard]] = {}
    for card in access.stories.visible(reader, stories):
        if card.state == access.stories.PUBLISHED and card.author_id not in unwanted:
            shown.setdefault(card.author_id, []).append(card)
    return shown


def _items(reader: Viewer, shown: dict[int, list[StoryCard]]) -> list[TrayItem]:
    strange = [card.id for person, some in shown.items() if person != reader.id for card in some]
    seen = views.seen_among(reader, strange)
    made = []
    for person, some in shown.items():
        unseen = sum(person != reader.id and card.id not in seen for card in some)
        latest = some[-1].published_at
        if latest is not None:
            made.append(
                TrayItem(
                    user=some[-1].author,
                    is_self=person == reader.id,
                    story_count=len(some),
                    unseen_count=unseen,
                    latest_at=latest,
                )
            )
    made.sort(key=lambda item: item.latest_at, reverse=True)
    return sorted(made, key=lambda item: (not item.is_self, item.unseen_count == 0))


def rings(reader: Viewer, people: Iterable[int]) -> dict[int, str]:
    """`seen` or `unseen` by person; who has no live story for this reader is left out."""
    wanted = list(dict.fromkeys(people))
    if reader.id is None or not wanted:
        return {}
    return {int(item.user.id): item.ring for item in _items(reader, shown_by(reader, wanted))}
