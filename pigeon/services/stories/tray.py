"""The tray: people whom a reader follows and who have live stories, the reader first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pigeon.cache import trips
from pigeon.cache.trips import Read, then, trip
from pigeon.domain.clock import EPOCH, utc_now
from pigeon.domain.page import Page, PageRequest, write_cursor
from pigeon.domain.stories import Ring, StoryCard, TrayItem
from pigeon.domain.users import UserRef
from pigeon.services import access, counts
from pigeon.services.access.viewers import Viewer
from pigeon.services.stories import authors, cards
from pigeon.services.stories.views import VIEWS

CURSOR = "tray"
MEMORY = 10_000
MOST_READERS = 2_000
FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Own:
    """What of the reader's own is not shown yet: a picture is processed, or could not be read."""

    is_processing: bool = False
    has_failed: bool = False


class Live:
    """The live stories of one author until one of them ends, which is the same for every reader."""

    def __init__(self, cards: Sequence[StoryCard], now: datetime) -> None:
        self.cards = cards
        live = access.stories.shown(cards, now)
        self.ids = [card.id for card in live]
        self._author: UserRef | None = live[-1].author if live else None
        self._latest = max((card.published_at or EPOCH for card in live), default=EPOCH)
        ends = [card.expires_at or FAR for card in live]
        self._ends = max(ends, default=FAR)
        self.until = min(ends, default=FAR)
        self._rings: dict[tuple[bool, int], Ring] = {}

    def ring(self, unseen: int, *, is_self: bool) -> Ring:
        """With so many of them unseen; there is at least one."""
        made = self._rings.get((is_self, unseen))
        if made is None:
            assert self._author is not None
            made = self._rings[is_self, unseen] = Ring(
                user=self._author,
                is_self=is_self,
                story_count=len(self.ids),
                unseen_count=unseen,
                latest_at=self._latest,
                ends_at=self._ends,
            )
        return made


_live: dict[int, Live] = {}
"""By author, as their entry is: `cards` says of which entry."""


def _live_of(author_id: int, cards: Sequence[StoryCard], now: datetime) -> Live:
    known = _live.get(author_id)
    if known is not None and known.cards is cards and now < known.until:
        return known
    if len(_live) > MEMORY:
        _live.clear()
    made = _live[author_id] = Live(cards, now)
    return made


_expected: dict[int, tuple[list[int], list[int]]] = {}
"""By reader: the people and the stories of the last tray, which the next one likely has too."""


class Tray:
    """The rings that one reader sees: of those whom they follow, or of `people`.

    It is found out in four steps. A page puts `read_authors`, `read_stories` and `read_seen` into
    trips that it makes anyway, in this order. A step that was left out is made when it is needed.
    """

    def __init__(self, reader: Viewer, people: Iterable[int] | None = None) -> None:
        self._reader = reader
        self._people = None if people is None else list(dict.fromkeys(people))
        self._is_of_page = people is not None
        self._cards: dict[int, tuple[StoryCard, ...]] | None = None
        self._shown: dict[int, Live] | None = None
        self._waiting: dict[int, int] = {}
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
        return then(self._read_of(self._people), self._learn_stories)

    def read_seen(self) -> Read[None]:
        """Steps 3 and 4: which the reader has seen. The journal is asked here, by itself."""
        if self._reader.id is None or self._cards is None or self._stored is not None:
            return trips.NOTHING
        ids = self._ids()
        self._expect(ids)
        return then(self._read_flags(self._reader.id, ids), self._learn_seen)

    def _read_flags(self, reader_id: int, ids: list[int]) -> Read[set[int]]:
        """After the journal: what a flush takes out of it meanwhile is stored by then."""
        waiting = counts.own_pending(VIEWS.name, reader_id, ids)
        self._waiting |= waiting
        return VIEWS.flags.read(reader_id, [number for number in ids if number not in waiting])

    def _expect(self, ids: list[int]) -> None:
        if self._reader.id is None or self._people is None or self._is_of_page:
            return
        if len(_expected) > MOST_READERS:
            _expected.clear()
        _expected[self._reader.id] = (self._people, ids)

    def _learn_authors(self, followed: list[int]) -> None:
        self._reader.relations.learn_followed(followed, set(followed))
        self._people = [self._reader.id or 0, *followed]

    def _learn_stories(self, found: dict[int, tuple[StoryCard, ...]]) -> None:
        self._cards = found

    def _learn_seen(self, stored: set[int]) -> None:
        self._stored = stored

    # -- what it says ------------------------------------------------------------------------------

    def rings(self) -> list[Ring]:
        """Mine first, unseen before seen, each by the latest."""
        if self._reader.id is None:
            return []
        if self._people is None and self._reader.id in _expected:
            self._ask_at_once(self._reader.id, *_expected[self._reader.id])
        if self._stored is None:
            self._ask_stories()
            trips.one(self.read_seen())
        seen = self._seen()
        made = []
        for person, live in self._shown_stories().items():
            is_self = person == self._reader.id
            unseen = 0 if is_self else len(live.ids) - sum(map(seen.__contains__, live.ids))
            made.append(live.ring(unseen, is_self=is_self))
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

    def _ask_at_once(self, reader_id: int, people: list[int], ids: list[int]) -> None:
        """All steps in two trips, as far as the tray is like the last one; then what is new."""
        flags = self._read_flags(reader_id, ids)
        apart = self._reader.relations.read_apart()
        _, found, stored, _ = trip(self.read_authors(), self._read_of(people), flags, apart)
        followed = self._people or []
        if followed != people:
            new = trips.one(self._read_of(list(set(followed) - set(people))))
            both = {**found, **new}
            found = {one: both[one] for one in followed if one in both}
        self._cards, self._stored = found, stored
        unseen = self._ids()
        if unseen != ids and (late := list(set(unseen) - set(ids))):
            found_late: set[int] = trips.one(self._read_flags(reader_id, late))
            self._stored = stored | found_late
        self._expect(unseen)

    def _read_of(self, people: Iterable[int]) -> Read[dict[int, tuple[StoryCard, ...]]]:
        """The stories of these people, and how these stand to everybody."""
        standings = self._reader.relations.read_standings(people)
        return then(trips.both(cards.of_authors.read(people), standings), lambda both: both[0])

    def _ask_stories(self) -> None:
        if self._people is None:
            trips.one(self.read_authors())
        if self._cards is None:
            apart, _, followed = self._reader.relations.reads_about(self._people or ())
            trip(self.read_stories(), apart, followed)

    def _shown_stories(self) -> dict[int, Live]:
        """Live stories that the reader may see and wants, by author; nobody without any."""
        if self._shown is None:
            cards, now = self._cards or {}, utc_now()
            lives = {
                person: live
                for person, some in cards.items()
                if some and (live := _live_of(person, some, now)).ids
            }
            hidden = access.users.closed_among(self._reader, lives)
            hidden = hidden | access.stories.unwanted(self._reader) if lives else hidden
            self._shown = {person: lives[person] for person in lives if person not in hidden}
        return self._shown

    def _ids(self) -> list[int]:
        """Stories that can be unseen."""
        mine, shown = self._reader.id, self._shown_stories()
        return [number for person, live in shown.items() if person != mine for number in live.ids]

    def _seen(self) -> set[int]:
        changed = {story_id for story_id, value in self._waiting.items() if value}
        return (self._stored or set()) | changed


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
