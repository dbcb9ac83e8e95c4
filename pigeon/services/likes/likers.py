"""Who likes a thing: the whole list, and the one or two whom a post names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, union_all

from pigeon.cache import keys
from pigeon.cache.look_aside import cached
from pigeon.cache.trips import Read, trip
from pigeon.domain.page import Page, PageRequest, cut
from pigeon.domain.users import UserRef, UserRow
from pigeon.extensions import db
from pigeon.models import PostLike, UserModel
from pigeon.services import access
from pigeon.services.access.viewers import Viewer
from pigeon.services.follows import followees
from pigeon.services.likes import likes
from pigeon.services.likes.likes import Kind
from pigeon.services.users import users

NEWEST = 12
NAMED = 2
POSTS_AT_ONCE = 100
EVICTED_AT_ONCE = 500
Liker = tuple[int, str]
"""Id and username, which never changes: a card that names somebody needs no other entry."""


@cached(keys.LIKERS, list[Liker])
def newest(post_ids: list[int]) -> dict[int, list[Liker]]:
    """The newest people who like each post, newest first."""
    found: dict[int, list[Liker]] = {post_id: [] for post_id in post_ids}
    for first in range(0, len(post_ids), POSTS_AT_ONCE):
        wanted = (_newest(post_id) for post_id in post_ids[first : first + POSTS_AT_ONCE])
        rows = db.session.execute(union_all(*wanted)).all()
        for post_id, _row_id, user_id, username in sorted(rows, key=lambda row: -row[1]):
            found[post_id].append((user_id, username))
    return found


def _newest(post_id: int) -> Any:
    """A limit inside a union needs a subquery; by the index, however many like it."""
    found = (
        select(PostLike.post_id, PostLike.id, PostLike.user_id, UserModel.username)
        .join(UserModel, UserModel.id == PostLike.user_id)
        .where(PostLike.post_id == post_id, access.users.is_active())
        .order_by(PostLike.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    return select(found)


def evict(*post_ids: int) -> None:
    newest.evict(*post_ids)


def evict_all_of(user_id: int) -> None:
    """Forget who likes what a person likes: a card of the feed names people as they are cached."""
    ids = _liked(user_id, None)
    while ids:
        newest.evict(*ids)
        ids = _liked(user_id, ids[-1])


def _liked(user_id: int, before: int | None) -> list[int]:
    """The next posts that a person likes, newest first."""
    query = select(PostLike.post_id).where(PostLike.user_id == user_id)
    if before is not None:
        query = query.where(PostLike.post_id < before)
    found = db.session.scalars(query.order_by(PostLike.post_id.desc()).limit(EVICTED_AT_ONCE))
    return list(found)


# -- naming some -------------------------------------------------------------------------------


def name_some(newest: Mapping[int, Sequence[Liker]], viewer: Viewer) -> dict[int, list[UserRef]]:
    """At most two people who like each post, whom the viewer follows first; never the viewer."""
    if viewer.id is None:
        return {}
    found = visible(newest, viewer)
    followed = followees.among(viewer.id, to_choose_from(found, viewer.id))
    named = {post_id: choose(likers, viewer.id, followed) for post_id, likers in found.items()}
    people = users.refs({user_id for chosen in named.values() for user_id, _ in chosen})
    return {
        post_id: [people[user_id] for user_id, _ in chosen if user_id in people]
        for post_id, chosen in named.items()
    }


def visible(found: Mapping[int, Sequence[Liker]], viewer: Viewer) -> Mapping[int, Sequence[Liker]]:
    """The same without people of whom the viewer may not know."""
    everybody = (user_id for likers in found.values() for user_id, _ in likers)
    hidden = access.users.hidden_among(viewer, everybody)
    if not hidden:
        return found
    return {
        post_id: [liker for liker in likers if liker[0] not in hidden]
        for post_id, likers in found.items()
    }


def to_choose_from(found: Mapping[int, Sequence[Liker]], viewer_id: int) -> list[int]:
    """People among whom the names are chosen: where only one likes a post, there is no choice."""
    ids: dict[int, None] = {}
    for likers in found.values():
        if len(likers) > 1:
            ids.update((user_id, None) for user_id, _ in likers)
    ids.pop(viewer_id, None)
    return list(ids)


def choose(likers: Sequence[Liker], viewer_id: int, followed: set[int]) -> list[Liker]:
    """At most two, the followed first, then the newest; never the viewer."""
    others = [liker for liker in likers if liker[0] != viewer_id]
    return sorted(others, key=lambda liker: liker[0] not in followed)[:NAMED]


def facts_for(
    viewer_id: int, found: Mapping[int, Sequence[Liker]], *beside: Read[Any]
) -> tuple[set[int], set[int]]:
    """Posts that the viewer is stored to like, and likers whom they follow, in one trip.

    What the page asks `beside` goes with them.
    """
    people = to_choose_from(found, viewer_id)
    liked = likes.POSTS.pairs.flags.read(viewer_id, list(found))
    stored, followed, *_ = trip(liked, followees.read(viewer_id, people), *beside)
    return stored, followed


# -- all ---------------------------------------------------------------------------------------


def cursor(kind: Kind, target_id: int) -> str:
    """Names the list, for its cursors."""
    return f"likers-{kind.name}-{target_id}"


def list_likers(kind: Kind, target_id: int, viewer_id: int, request: PageRequest) -> Page[UserRow]:
    """Everybody who likes it, newest first; NotFound for a target the viewer may not see.

    A like that was just acknowledged joins the list when it is stored, about a second later.
    """
    kind.check(viewer_id, target_id)
    pairs = kind.pairs
    query = (
        select(pairs.row.id, pairs.actor)
        .join(UserModel, UserModel.id == pairs.actor)
        .where(pairs.target == target_id, access.users.where(access.viewer(viewer_id)))
        .order_by(pairs.row.id.desc())
        .limit(request.limit + 1)
    )
    if request.before is not None:
        query = query.where(pairs.row.id < request.before)
    page = cut(db.session.execute(query).all(), request, lambda row: int(row[0]))
    return page.map(lambda rows: users.rows([row[1] for row in rows], viewer_id))
