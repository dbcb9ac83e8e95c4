"""Who is found, in the order in which they are shown, a bounded stretch at a time.

1. the person of that very handle;
2. whom the viewer follows;
3. whose handle or name begins with what was typed;
4. whom people follow whom the viewer follows: of those whom suggestions name, the first `MET`;
5. everybody else.

Within 2, 3 and 5 the order is that of the keys, the whole ones first, then of the ids; within 4
the one of the suggestions. Each person is shown once: where their first key stands. A `Place` says
where a reading ended, so pages join whatever became of follows meanwhile. Rows are read in the
order of an index, and no more than `budget` of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import func, select

from pigeon.domain import hangul, search_keys
from pigeon.domain.errors import FieldError, Invalid
from pigeon.domain.search_keys import INSIDE, WHOLE, Query
from pigeon.extensions import db
from pigeon.models import FollowModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.searches import statements
from pigeon.services.searches.statements import Row
from pigeon.services.suggestions import ranking as suggested

MET = 8
NOW = 2**62
"""Later than every follow."""
MOST_AT_ONCE = 400
_EXACT, _FOLLOWED, _WHOLE, _MET, _REST = range(5)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Behind whom to go on: the stage, and the key and id within it.

    `as_of` is the newest follow of the viewer when the first page was read, `met` whom stage 4 has
    shown: so nobody is lost or shown again who is followed while somebody turns the pages.
    """

    stage: int = _EXACT
    as_of: int = NOW
    met: tuple[int, ...] = ()
    user_id: int = 0
    key: str = ""

    def text(self) -> str:
        met = "-".join(map(str, self.met))
        return f"{self.stage}.{self.as_of}.{met}.{self.user_id}.{self.key}"

    @classmethod
    def read(cls, text: str) -> Place:
        """Invalid naming `before` for what `text` never wrote."""
        stage, as_of, met, user_id, key = (*text.split(".", 4), *[""] * 5)[:5]
        shown = met.split("-") if met else []
        numbers = (stage, as_of, user_id, *shown)
        if not all(one.isascii() and one.isdigit() and len(one) < 20 for one in numbers):
            raise Invalid({"before": FieldError("bad_format")})
        if int(stage) > _REST or len(shown) > MET or not _may_be_key(key):
            raise Invalid({"before": FieldError("bad_format")})
        return cls(
            stage=int(stage),
            as_of=min(int(as_of), NOW),
            met=tuple(map(int, shown)),
            user_id=min(int(user_id), NOW),
            key=key,
        )


def _may_be_key(text: str) -> bool:
    return text.isprintable() and len(text) <= 1 + search_keys.LONGEST


def first_place(viewer: Viewer) -> Place:
    """Where a list of pages begins."""
    if viewer.id is None:
        return Place()
    mine = select(func.max(FollowModel.id)).where(FollowModel.follower_id == viewer.id)
    return Place(as_of=db.session.scalar(mine) or 0)


Step = tuple[int | None, Place]
"""A row that was looked at: whom it shows, if anybody, and where one goes on behind it."""


class Walk:
    """One reading of what a query finds, from a place on."""

    def __init__(self, query: Query, viewer: Viewer, place: Place) -> None:
        self._query, self._viewer, self._place = query, viewer, place
        self._met = place.met
        self._at_once = 0

    def take(self, count: int, budget: int) -> tuple[list[int], Place | None]:
        """At most `count` people, and the place to go on from; None when nothing is left.

        Fewer than `count` with a place when `budget` rows were looked at.
        """
        found: list[int] = []
        self._at_once, last = count + 1, self._place
        for looked_at, (user_id, place) in enumerate(self._steps()):
            if user_id is not None and len(found) == count:
                return found, last
            if user_id is not None:
                found.append(user_id)
            last = place
            if looked_at >= budget:
                return found, last
        return found, None

    def _steps(self) -> Iterator[Step]:
        stages: tuple[Callable[[Place], Iterator[Step]], ...] = (
            self._exact,
            self._followed,
            self._whole,
            self._known_to_friends,
            self._rest,
        )
        for number in range(self._place.stage, len(stages)):
            begin = Place(stage=number, as_of=self._place.as_of, met=self._met)
            yield from stages[number](self._place if number == self._place.stage else begin)

    # -- stages ------------------------------------------------------------------------------------

    def _exact(self, place: Place) -> Iterator[Step]:
        is_asked = self._query.handle and not place.user_id
        for row in statements.of_handle(self._query.handle, self._viewer.id) if is_asked else ():
            yield self._shown(row, True), replace(place, user_id=row.user_id)

    def _followed(self, place: Place) -> Iterator[Step]:
        """Also who is not to be discovered: their followers know them."""
        if self._viewer.id is None or not self._query.words:
            return
        asked = partial(statements.of_followed, self._query.anywhere, self._viewer.id)
        while True:
            batch = asked(place.key, place.user_id, as_of=place.as_of, count=MOST_AT_ONCE)
            for row in batch:
                place = replace(place, key=row.key, user_id=row.user_id)
                yield (
                    self._shown(row, self._fits(row) is not None and not self._is_exact(row)),
                    place,
                )
            if len(batch) < MOST_AT_ONCE:
                return

    def _whole(self, place: Place) -> Iterator[Step]:
        return self._in_order(self._query.whole, place, WHOLE)

    def _known_to_friends(self, place: Place) -> Iterator[Step]:
        if self._viewer.id is None or not self._query.words:
            return
        for row in self._of_suggested(self._viewer.id):
            if len(self._met) == MET:
                return
            is_new = row.user_id not in self._met and self._is_new(row)
            if self._shown(row, is_new and self._fits(row) == INSIDE) is not None:
                self._met = (*self._met, row.user_id)
                yield row.user_id, replace(place, met=self._met)

    def _rest(self, place: Place) -> Iterator[Step]:
        return self._in_order(self._query.inside, place, INSIDE)

    def _in_order(self, beginnings: tuple[str, ...], place: Place, wanted: str) -> Iterator[Step]:
        for row in self._rows(beginnings, place):
            hit = not row.is_repeated and row.user_id not in self._met and self._is_new(row)
            here = replace(place, key=row.key, user_id=row.user_id)
            yield self._shown(row, hit and self._fits(row) == wanted), here

    def _shown(self, row: Row, is_wanted: bool) -> int | None:
        if not is_wanted or not access.users.is_active_state(row.state):
            return None
        followed = {row.user_id} if row.follow_id is not None else set()
        self._viewer.relations.learn_followed([row.user_id], followed)
        return row.user_id

    def _fits(self, row: Row) -> str | None:
        return self._query.place_of(row.username, row.display_name)

    def _is_new(self, row: Row) -> bool:
        """No earlier stage is theirs, nor do they want to be known by their handle alone."""
        was_followed = row.follow_id is not None and row.follow_id <= self._place.as_of
        return row.is_discoverable and not was_followed and not self._is_exact(row)

    def _is_exact(self, row: Row) -> bool:
        return row.username == self._query.handle

    # -- rows --------------------------------------------------------------------------------------

    def _rows(self, beginnings: tuple[str, ...], place: Place) -> Iterator[Row]:
        """Of keys that begin so, in order, behind the place."""
        if not place.key:
            yield from self._of_all(beginnings)
            return
        for one in beginnings:
            if place.key >= one + hangul.LAST:
                continue
            if place.key >= one:
                yield from self._of_key(beginnings, place.key, place.user_id)
            yield from self._of_range(beginnings, one, max(place.key, one), place.key >= one)

    def _of_all(self, beginnings: tuple[str, ...]) -> Iterator[Row]:
        """From the first one on: most often one reading finds enough."""
        if not beginnings:
            return
        size = self._at_once
        rows = statements.of_ranges(beginnings, self._viewer.id, count=size)
        for one in beginnings:
            batch = [row for row in rows if row.key.startswith(one)]
            yield from batch
            if len(batch) == size:
                yield from self._of_key(beginnings, batch[-1].key, batch[-1].user_id)
                yield from self._of_range(beginnings, one, batch[-1].key, True)

    def _of_range(
        self, beginnings: tuple[str, ...], beginning: str, low: str, behind: bool
    ) -> Iterator[Row]:
        """Of one beginning, from `low` on or behind it."""
        asked = partial(statements.of_range, beginnings, self._viewer.id)
        for size in self._sizes():
            batch = asked(low, beginning + hangul.LAST, count=size, behind=behind)
            yield from batch
            if len(batch) < size:
                return
            # The last one may be the key of more people than there was room for.
            low, behind = batch[-1].key, True
            yield from self._of_key(beginnings, low, batch[-1].user_id)

    def _of_key(self, beginnings: tuple[str, ...], key: str, user_id: int) -> Iterator[Row]:
        for size in self._sizes():
            batch = statements.of_key(beginnings, self._viewer.id, key, user_id, count=size)
            yield from batch
            if len(batch) < size:
                return
            user_id = batch[-1].user_id

    def _sizes(self) -> Iterator[int]:
        """Of one reading after another: most of them find enough at once."""
        size = self._at_once
        while True:
            yield size
            size = min(4 * size, MOST_AT_ONCE)

    def _of_suggested(self, viewer_id: int) -> list[Row]:
        """In the order of the suggestions."""
        ranking = suggested.rankings.one(viewer_id)
        ranked = ranking.places if ranking else []
        places = {one.user_id: at for at, one in enumerate(ranked) if one.common}
        asked = partial(statements.of_people, self._query.anywhere, viewer_id)
        found = asked(list(places)) if places else []
        return sorted(found, key=lambda row: places[row.user_id])
