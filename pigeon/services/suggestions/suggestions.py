"""People to follow, as a reader sees them now: the ranking that is kept may be older."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, literal, select, union_all
from sqlalchemy.exc import IntegrityError

from pigeon.cache.trips import trip
from pigeon.domain.events import SuggestionDismissed
from pigeon.domain.page import Page, PageRequest, write_cursor
from pigeon.domain.users import Mutuals, RowViewer, Suggestion, UserRef
from pigeon.extensions import db
from pigeon.models import FollowModel, FollowRequest, SuggestionDismissal, UserModel
from pigeon.services import access, counts
from pigeon.services.access.viewers import Viewer
from pigeon.services.suggestions import ranking
from pigeon.services.suggestions.ranking import Ranked, Ranking
from pigeon.services.timelines import sidebar
from pigeon.services.users import users
from pigeon.unit_of_work import retried, unit_of_work

CURSOR = "suggestions"


def page(reader_id: int, request: PageRequest) -> Page[Suggestion]:
    """Ranked; the cursor is the position in the ranking. Who is known by now is passed over.

    Who follows few need not wait for the job that counts: not after a follow, and not for more.
    """
    viewer = access.viewer(reader_id)
    kept, counted, _ = trip(
        ranking.rankings.read([reader_id]),
        counts.users.read([reader_id]),
        viewer.relations.read_apart(),
    )
    followed = counted.get(reader_id, (0, 0, 0))[2]
    found = kept.get(reader_id)
    if followed > ranking.QUICK:
        return _page(viewer, found, request)
    if found is not None and found.followed == followed:
        page = _page(viewer, found, request)
        if page.items or request.before is not None:
            return page
    return _page(viewer, ranking.count(reader_id), request)


def _page(viewer: Viewer, ranked: Ranking | None, request: PageRequest) -> Page[Suggestion]:
    left = list(enumerate(ranked.places if ranked else []))[request.before or 0 :]
    strange = _strange(viewer, [one for _, one in left])
    left = [(number, one) for number, one in left if one.user_id in strange]
    found = list[Suggestion]()
    while left and len(found) < request.limit:
        wanted = request.limit - len(found)
        found += _hydrate(viewer, [one for _, one in left[:wanted]])
        left = left[wanted:]
    return Page(items=found, next=write_cursor(CURSOR, left[0][0]) if left else None)


@retried
def dismiss(reader_id: int, user_id: int) -> None:
    """Never suggest a person again; twice is fine."""
    try:
        with unit_of_work() as uow:
            db.session.add(SuggestionDismissal(user_id=reader_id, dismissed_id=user_id))
            uow.record(SuggestionDismissed(user_id=reader_id))
            uow.after_commit(lambda: sidebar.evict(reader_id))
    except IntegrityError:
        return


# -- as they stand now -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """Who follows the reader, and who is not to be suggested."""

    follows_me: set[int]
    known: set[int]


def _strange(viewer: Viewer, places: Sequence[Ranked]) -> set[int]:
    """Those of the ranked whom the reader neither follows, nor muted, nor must not meet."""
    ids = [one.user_id for one in places]
    viewer.relations.followed_among([*ids, *(friend for one in places for friend in one.friends)])
    known = viewer.relations.followed_among(ids) | access.users.hidden_among(viewer, ids)
    return set(ids) - known - access.users.unwanted_posts(viewer)


def _hydrate(viewer: Viewer, places: list[Ranked]) -> list[Suggestion]:
    if not places:
        return []
    ids = [one.user_id for one in places]
    friends = [friend for one in places for friend in one.friends]
    refs = users.visible_refs([*ids, *friends], viewer)
    standing = _standing(viewer.id or 0, ids)
    named = {user_id: refs[user_id] for user_id in _followed(viewer, friends) & refs.keys()}
    return [
        _suggestion(refs[one.user_id], one, named, one.user_id in standing.follows_me)
        for one in places
        if one.user_id in refs and one.user_id not in standing.known
    ]


def _followed(viewer: Viewer, friends: Iterable[int]) -> set[int]:
    """Who was one of the reader's people when the ranking was counted, and still is."""
    return viewer.relations.followed_among(friends)


_READER: BindParameter[int] = bindparam("reader_id")
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_STANDING = union_all(
    select(FollowModel.follower_id, literal(1)).where(
        FollowModel.followee_id == _READER, FollowModel.follower_id.in_(_IDS)
    ),
    select(FollowRequest.requested_id, literal(0)).where(
        FollowRequest.requester_id == _READER, FollowRequest.requested_id.in_(_IDS)
    ),
    select(SuggestionDismissal.dismissed_id, literal(0)).where(
        SuggestionDismissal.user_id == _READER, SuggestionDismissal.dismissed_id.in_(_IDS)
    ),
    select(UserModel.id, literal(0)).where(
        UserModel.id.in_(_IDS), UserModel.is_discoverable.is_(False)
    ),
)
"""Built once: to build it costs more than to run it."""


def _standing(reader_id: int, ids: list[int]) -> _Standing:
    """What no cache knows, in one statement of lookups."""
    rows = db.session.execute(_STANDING, {"reader_id": reader_id, "ids": ids}).all()
    return _Standing(
        follows_me={row[0] for row in rows if row[1]}, known={row[0] for row in rows if not row[1]}
    )


def _suggestion(
    ref: UserRef, place: Ranked, named: dict[int, UserRef], follows_me: bool
) -> Suggestion:
    friends = [named[friend] for friend in place.friends if friend in named]
    count = place.common - len(place.friends) + len(friends)
    viewer = RowViewer(
        is_self=False,
        follows_me=follows_me,
        follow="none",
        mutuals=Mutuals(count=count, users=friends),
    )
    return Suggestion(**vars(ref), viewer=viewer, reason="mutuals" if count else "popular")
