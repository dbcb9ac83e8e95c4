"""The tray: people whom a reader follows and who have live stories, the reader first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pigeon.cache import trips
from pigeon.cache.trips import Read, then, trip
from pigeon.domain.page import Page, PageRequest, write_cursor
from pigeon.domain.stories import Ring, StoryCard, TrayItem
from pigeon.domain.users import UserRef
from pigeon.services import access, counts
from pigeon.services.access.viewers import Viewer
from pigeon.services.stories import authors, cards
from pigeon.services.stories.views import VIEWS

CURSOR = "tray"


@dataclass(frozen=True, kw_only=True)
class Own:
    """What of the reader's own is not shown yet: a picture is processed, or could not be read."""

    is_processing: bool = False
    has_failed: bool = False


class Tray:
    """The rings that one reader sees: of those whom they follow, or of `people`.

    It is found out in four steps. A page puts `read_authors`, `read_stories` and `read_seen` into
    trips that it makes anyway, in this order. A step that was left out is made when it is needed.
    """

    def __init__(self, reader: Viewer, people: Iterable[int] | None = None) -> None:
        self._reader = reader
        self._people = None if people is None else list(dict.fromkeys(people))
        self._cards: dict[int, Sequence[StoryCard]] | None = None
        self._shown: dict[int, list[StoryCard]] | None = None
        self._waiting: dict[int, int] | None = None
        self._stored: set[int] | None = None

    # -- what travels with other reads -------------------------------------------------------------

    def read_authors(self) -> Read[None]:
        """Step 1: which followees may have stories."""
        if self._reader.id is None or self._people is not None:
            return trips.NOTHING
        return then(authors.read_followed(self._reader.id), self._learn_authors)

    def read_stories(self) -> Read[None]:
        """Step 2: their stories, and how they stand to everybody; nothing before step 1."""
        if self._people is None or self._cards is not None:
            return trips.NOTHING
        _, standings, _ = self._reader.relations.reads_about(self._people)
        both = trips.both(cards.of_authors.read(self._people), standings)
        return then(both, lambda found: self._learn_stories(found[0]))

    def read_seen(self) -> Read[None]:
        """Steps 3 and 4: which the reader has seen. The journal is asked here, by itself.

        It is asked first: what a flush takes out of it meanwhile is stored by then.
        """
        if self._reader.id is None or self._cards is None or self._stored is not None:
            return trips.NOTHING
        ids = [
            card.id
            for person, some in self._shown_stories().items()
            if person != self._reader.id
            for card in some
        ]
        self._waiting = counts.own_pending(VIEWS.name, self._reader.id, ids)
        unknown = [story_id for story_id in ids if story_id not in self._waiting]
        return then(VIEWS.flags.read(self._reader.id, unknown), self._learn_seen)

    def _learn_authors(self, followed: list[int]) -> None:
        self._reader.relations.learn_followed(followed, set(followed))
        self._people = [self._reader.id or 0, *followed]

    def _learn_stories(self, found: dict[int, list[StoryCard]]) -> None:
        self._cards = dict(found)

    def _learn_seen(self, stored: set[int]) -> None:
        self._stored = stored

    # -- what it says ------------------------------------------------------------------------------

    def rings(self) -> list[Ring]:
        """Mine first, unseen before seen, each by the latest."""
        if self._reader.id is None:
            return []
        if self._stored is None:
            self._ask_stories()
            trips.one(self.read_seen())
        made = [self._ring(some) for some in self._shown_stories().values()]
        made.sort(key=lambda ring: ring.latest_at, reverse=True)
        return sorted(made, key=lambda ring: (not ring.is_self, ring.unseen_count == 0))

    def own(self) -> Own:
        """The reader's own that wait, as their entry says."""
        if self._reader.id is None:
            return Own()
        self._ask_stories()
        mine = access.stories.visible(self._reader, (self._cards or {}).get(self._reader.id, ()))
        states = {card.state for card in mine}
        return Own(is_processing="processing" in states, has_failed="failed" in states)

    def _ask_stories(self) -> None:
        if self._people is None:
            trips.one(self.read_authors())
        if self._cards is None:
            apart, _, followed = self._reader.relations.reads_about(self._people or ())
            trip(self.read_stories(), apart, followed)

    def _shown_stories(self) -> dict[int, list[StoryCard]]:
        """Live stories that the reader may see and wants, by author, in their order."""
        if self._shown is None:
            found = [card for some in (self._cards or {}).values() for card in some]
            self._shown = {}
            unwanted = access.stories.unwanted(self._reader)
            for card in access.stories.visible(self._reader, found):
                if card.state == access.stories.PUBLISHED and card.author_id not in unwanted:
                    self._shown.setdefault(card.author_id, []).append(card)
        return self._shown

    def _ring(self, some: list[StoryCard]) -> Ring:
        author: UserRef = some[-1].author
        is_self = int(author.id) == self._reader.id
        unseen = 0 if is_self else sum(not self._has_seen(card.id) for card in some)
        return Ring(
            user=author,
            is_self=is_self,
            story_count=len(some),
            unseen_count=unseen,
            latest_at=some[-1].published_at or some[-1].created_at,
            ends_at=max(card.expires_at or card.created_at for card in some),
        )

    def _has_seen(self, story_id: int) -> bool:
        waiting = (self._waiting or {}).get(story_id)
        return story_id in (self._stored or ()) if waiting is None else bool(waiting)


def page(reader: Viewer, request: PageRequest) -> Page[TrayItem]:
    """Mine first, unseen before seen, each by the latest; the cursor is the place in this order."""
    return cut(Tray(reader).rings(), request).map(lambda found: [ring.item for ring in found])


def cut(found: list[Ring], request: PageRequest) -> Page[Ring]:
    """A page of rings that are in their order."""
    begin = request.before or 0
    end = begin + request.limit
    more = write_cursor(CURSOR, end) if len(found) > end else None
    return Page(items=found[begin:end], next=more)


def rings(reader: Viewer, people: Iterable[int]) -> dict[int, Ring]:
    """By person; who has no live story for this reader is left out. For a stranger there is none.

    Of somebody whom the reader does not follow too, if their posts are open to the reader.
    """
    wanted = list(people)
    if reader.id is None or not wanted:
        return {}
    return {int(ring.user.id): ring for ring in Tray(reader, wanted).rings()}
