"""Who is notified: nobody of their own deeds, nobody who left, nobody who turned the kind off."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from pigeon.domain.users import ACTIVE
from pigeon.extensions import db
from pigeon.models import BlockModel, FollowModel, MuteModel, PostModel, UserModel
from pigeon.services import access
from pigeon.services.notifications.source import Source
from pigeon.services.relations import apart as relations
from pigeon.services.statements import listed, run

FEW = 100

Plan = Sequence[tuple[Source, Sequence[int]]]
"""Kinds in the order in which they apply, each with the people to whom it does."""
Wishes = dict[str, str] | None
"""What a person chose in their settings, by name of the setting; None wants nothing."""


def choose(plan: Plan, *, actor_id: int, post_id: int | None = None) -> dict[int, str]:
    """Each person's one kind: the first that applies and that they want; ascending by person.

    `post_id` is the post that it is about: whoever may not see it hears nothing.
    """
    everybody = sorted({person for _, people in plan for person in people})
    hearing = set(may_be_notified(everybody, actor_id=actor_id, post_id=post_id))
    unusual = _unusual(hearing)
    followers = _followers(actor_id, unusual) if unusual else set()
    chosen: dict[int, str] = {}
    for source, people in plan:
        for person in hearing.intersection(people):
            wish = _wish(unusual[person], source) if person in unusual else "everyone"
            if wish == "everyone" or (wish == "following" and person in followers):
                chosen.setdefault(person, source.kind)
    return dict(sorted(chosen.items()))


def choose_actors(
    actor_ids: Sequence[int], *, source: Source, recipient_id: int, post_id: int | None = None
) -> list[int]:
    """Those of the people in a group of whom its recipient wants to hear, in the given order.

    `post_id` is the post that the group is about, which its recipient must see.
    """
    if not actor_ids or not _sees(recipient_id, post_id):
        return []
    wish = _wish(_unusual([recipient_id]).get(recipient_id, {}), source)
    wanted = may_be_named(actor_ids, recipient_id=recipient_id)
    if not wanted or wish == "off":
        return []
    if wish == "following":
        followees = _followees(recipient_id, wanted)
        wanted = [actor for actor in wanted if actor in followees]
    active = _active(wanted)
    return [actor for actor in wanted if actor in active]


def may_be_notified(
    people: Sequence[int], *, actor_id: int, post_id: int | None = None
) -> list[int]:
    """Those of `people` who may hear of what `actor_id` did: one question for all of them.

    Nobody hears of themselves, across a block, of whom they have muted, or about a post that they
    may not see.
    """
    author = _author_of(post_id) if post_id is not None else None
    if not people or (post_id is not None and author is None):
        return []
    apart = {actor_id} | _apart_from(actor_id, author.id if author else actor_id, people)
    if author is not None and author.is_private:
        apart |= set(people) - {author.id} - _followers(author.id, people)
    return [person for person in people if person not in apart]


def may_be_named(actor_ids: Sequence[int], *, recipient_id: int) -> list[int]:
    """Those of whom `recipient_id` may hear: the rule of `may_be_notified`, from the other side."""
    kept = relations.load(recipient_id)
    unheard = kept.blocked | kept.posts | {recipient_id}
    return [actor_id for actor_id in actor_ids if actor_id not in unheard]


def meeting(person_id: int, people: Sequence[int]) -> list[int]:
    """Those of `people` who are on no side of a block with a person."""
    blocked = _blocked_with([person_id], people) if people else set()
    return [person for person in people if person not in blocked]


def _author_of(post_id: int) -> Any:
    """Of a post that is somebody's who is there."""
    query = select(UserModel.id, UserModel.is_private)
    joined = query.join(PostModel, PostModel.author_id == UserModel.id)
    return db.session.execute(
        joined.where(PostModel.id == post_id, access.users.is_active())
    ).one_or_none()


def _sees(recipient_id: int, post_id: int | None) -> bool:
    """Whether the recipient may see what is told; what is about no post may be."""
    seen = access.posts.where(access.writer(recipient_id))
    query = select(PostModel.id).where(PostModel.id == post_id, seen)
    return post_id is None or db.session.scalar(query) is not None


def still_meeting(people: Sequence[int], *, actor_id: int, post_id: int | None = None) -> list[int]:
    """Those whom no block parts from the actor, nor from the author of the post; one statement."""
    author = f"(SELECT author_id FROM {PostModel.__tablename__} WHERE id = {post_id or 0:d})"
    persons: list[int | str] = [actor_id, f"COALESCE({author}, {actor_id:d})"]
    blocked = _blocked_with(persons, people) if people else set()
    return [person for person in people if person not in blocked]


def _apart_from(actor_id: int, author_id: int, people: Sequence[int]) -> set[int]:
    """Those of `people` in a block with actor or author, or who muted the actor's posts."""
    muters = (
        f" UNION ALL SELECT muter_id FROM {MuteModel.__tablename__}"
        f" WHERE muted_id = {actor_id:d} AND posts = 1 AND muter_id {_among(people)}"
    )
    return {int(row[0]) for row in run(_blocks([actor_id, author_id], people) + muters)}


def _blocked_with(persons: Sequence[int | str], people: Sequence[int]) -> set[int]:
    return {int(row[0]) for row in run(_blocks(persons, people))}


def _blocks(persons: Sequence[int | str], people: Sequence[int]) -> str:
    """Finds those of `people` on either side of a block with one of `persons`."""
    table, ids, among = BlockModel.__tablename__, ",".join(map(str, persons)), _among(people)
    return (
        f"SELECT blocker_id FROM {table} WHERE blocked_id IN ({ids}) AND blocker_id {among}"
        f" UNION ALL"
        f" SELECT blocked_id FROM {table} WHERE blocker_id IN ({ids}) AND blocked_id {among}"
    )


def _among(people: Sequence[int]) -> str:
    """Of many people as the range that they fill: a list of thousands costs more than it spares."""
    if len(people) > FEW:
        return f"BETWEEN {min(people):d} AND {max(people):d}"
    return f"IN ({listed(people)})"


def _wish(wishes: Wishes, source: Source) -> str:
    """`everyone`, `following` or `off`; what nobody can turn off is for everyone who is here."""
    if wishes is None:
        return "off"
    return wishes.get(source.setting.name, "everyone") if source.setting else "everyone"


def _unusual(people: Collection[int]) -> dict[int, Wishes]:
    """The wishes of people who changed their settings, or who are not active."""
    if not people:
        return {}
    rows = run(
        f"SELECT id, state, notify FROM {UserModel.__tablename__} WHERE id IN ({listed(people)})"
        f" AND (notify <> '{{}}' OR state <> '{ACTIVE}')"
    )
    return {
        row.id: json.loads(row.notify) if access.users.is_active_state(row.state) else None
        for row in rows
    }


def _followers(person_id: int, people: Iterable[int]) -> set[int]:
    """Those of `people`, who may be thousands, who follow a person."""
    rows = run(
        f"SELECT follower_id FROM {FollowModel.__tablename__}"
        f" WHERE followee_id = {person_id:d} AND follower_id IN ({listed(people)})"
    )
    return {int(row.follower_id) for row in rows}


def _followees(reader_id: int, people: list[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(FollowModel.followee_id).where(
                FollowModel.follower_id == reader_id, FollowModel.followee_id.in_(people)
            )
        )
    )


def _active(people: list[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(UserModel.id).where(UserModel.id.in_(people), access.users.is_active())
        )
    )
