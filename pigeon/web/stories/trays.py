"""The tray as markup: a piece a person, remembered, for rendering costs more than reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app
from markupsafe import Markup

from pigeon.domain.page import PageRequest
from pigeon.domain.stories import Ring
from pigeon.domain.users import UserRef
from pigeon.services.stories import tray
from pigeon.services.stories.tray import Own, Tray

SHOWN = 50
"""People whom a page shows at once; the rest comes by its link, or as one scrolls."""
REMEMBERED = 4_096
RINGS = {"unseen": "is-unseen", "seen": "is-seen"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a piece shows; `ends` is when its ring goes, as in `data-expires`."""

    username: str
    user_id: str
    name: str
    avatar_url: str | None
    count: int
    unseen: int
    ends: str

    @property
    def ring(self) -> str:
        if not self.count:
            return ""
        return RINGS["unseen" if self.unseen else "seen"]

    @property
    def user(self) -> UserRef:
        return UserRef(
            id=self.user_id,
            username=self.username,
            display_name=self.name,
            avatar_url=self.avatar_url,
        )


def render(reading: Tray, me: UserRef, language: str, request: PageRequest | None = None) -> bytes:
    """The list of a page, in the language of the present request, which is `language`.

    Without `request` it is the first one, which begins with the reader.
    """
    rings = reading.rings()
    others = [ring for ring in rings if not ring.is_self]
    page = tray.cut(others, request or PageRequest(kind=tray.CURSOR, limit=SHOWN))
    pieces = [] if request and request.before else [_mine(reading, rings, me, language)]
    pieces += [_person(_cell(ring), language) for ring in page.items]
    return _whole(page.next or "", len(others) == 0, language).replace(_PIECES, b"\n".join(pieces))


def markup(reading: Tray, me: UserRef, language: str, request: PageRequest) -> Markup:
    """The same for a template."""
    return Markup(render(reading, me, language, request).decode())


_PIECES = b"\0pieces\0"


def _mine(reading: Tray, rings: Sequence[Ring], me: UserRef, language: str) -> bytes:
    mine = rings[0] if rings and rings[0].is_self else None
    nothing = Cell(me.username, me.id, me.display_name, me.avatar_url, 0, 0, "")
    cell = _cell(mine, me) if mine else nothing
    return _own(cell, reading.own(), language)


def _cell(ring: Ring, user: UserRef | None = None) -> Cell:
    who = user or ring.user
    return Cell(
        who.username,
        who.id,
        who.display_name,
        who.avatar_url,
        ring.story_count,
        ring.unseen_count,
        ring.ends_at.isoformat(),
    )


@lru_cache(maxsize=REMEMBERED)
def _person(cell: Cell, _language: str) -> bytes:
    return _render("stories/_tray_person.html", cell=cell)


@lru_cache(maxsize=REMEMBERED)
def _own(cell: Cell, own: Own, _language: str) -> bytes:
    return _render("stories/_tray_own.html", cell=cell, own=own)


@lru_cache(maxsize=REMEMBERED)
def _whole(more: str, is_empty: bool, _language: str) -> bytes:
    pieces = Markup(_PIECES.decode())
    return _render("stories/_tray.html", pieces=pieces, more=more, is_empty=is_empty)


def _render(name: str, **context: object) -> bytes:
    """Without what every page knows, which these small templates do not ask for."""
    return current_app.jinja_env.get_template(name).render(**context).encode()
