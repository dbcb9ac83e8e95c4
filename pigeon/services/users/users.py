"""People: their cards, counts and profiles, as a viewer sees them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import select, update

from pigeon.cache import keys, leases
from pigeon.cache.look_aside import cached
from pigeon.cache.trips import trip
from pigeon.domain.errors import NotFound
from pigeon.domain.events import ActivityShown, PrivacyChanged, UserChanged
from pigeon.domain.names import canonical_username
from pigeon.domain.users import (
    Avatar,
    AvatarError,
    Me,
    Mutuals,
    Notify,
    RowViewer,
    Unread,
    User,
    UserCard,
    UserRef,
    UserRow,
    UserViewer,
)
from pigeon.extensions import db
from pigeon.models import MediaModel, UserModel
from pigeon.services import access, counts, landing
from pigeon.services.access import Who
from pigeon.services.access.viewers import Viewer
from pigeon.services.accounts import sessions
from pigeon.services.follows import follows
from pigeon.services.messages import terms as messages_terms
from pigeon.services.messages import unread as messages_unread
from pigeon.services.notifications import counts as notifications_counts
from pigeon.services.relations.showings import showings
from pigeon.services.relations.standings import standings
from pigeon.services.searches import keying
from pigeon.services.stories import tray
from pigeon.services.timelines import sidebar
from pigeon.services.users import cards as user_cards
from pigeon.services.users import checks
from pigeon.unit_of_work import UnitOfWork, retried, unit_of_work

SHOWN = frozenset(field.name for field in fields(UserCard)) - {"is_private"}
"""What stands on cards of posts and comments, which are made again when it changes."""


cards, card_of, refs = user_cards.cards, user_cards.card_of, user_cards.refs


@cached(keys.USER_ID, int)
def ids_by_name(names: list[str]) -> dict[str, int]:
    """Canonical username to id, of active people."""
    return find_ids(names)


def find_ids(names: Iterable[str], who: Who = None) -> dict[str, int]:
    """As `ids_by_name`, from SQL: for what is written, and inside a unit of work.

    Without people of whom the viewer may not know.
    """
    rows = db.session.execute(
        select(UserModel.username, UserModel.id).where(
            UserModel.username.in_(list(names)), access.users.where(access.viewer(who))
        )
    )
    return {row[0]: row[1] for row in rows}


def visible_refs(ids: Iterable[int], who: Who) -> dict[int, UserRef]:
    """As `refs`, without people of whom the viewer may not know."""
    viewer, wanted = access.viewer(who), list(ids)
    found, _ = trip(cards.read(wanted), viewer.relations.read_apart())
    return {card.id: card.ref for card in access.users.visible(viewer, found.values())}


def met_refs(refs: list[UserRef], viewer: Viewer) -> list[UserRef]:
    """The same list, or without people whom the viewer must not meet."""
    hidden = access.users.hidden_among(viewer, (int(ref.id) for ref in refs)) if refs else ()
    return [ref for ref in refs if int(ref.id) not in hidden] if hidden else refs


def find_id(username: str) -> int | None:
    """The active person of a username as typed, whoever asks; None for a name of nobody."""
    return ids_by_name.one(canonical_username(username))


def get_card(username: str, who: Who) -> UserCard:
    """The person of a username as typed; NotFound for whom the viewer may not know of."""
    viewer = access.viewer(who)
    user_id = find_id(username)
    wanted = [user_id] if user_id is not None else []
    found, _ = trip(cards.read(wanted), viewer.relations.read_apart())
    return access.users.check_sees(viewer, next(iter(found.values()), None))


def get_open_card(username: str, who: Who) -> UserCard:
    """As `get_card`, of somebody whose posts and lists are open to the viewer."""
    viewer = access.viewer(who)
    return access.users.check_sees_posts_of(viewer, get_card(username, viewer))


def get(username: str, who: Who) -> User:
    """A profile as the viewer sees it."""
    viewer = access.viewer(who)
    return profile(get_card(username, viewer), viewer)


def profile(card: UserCard, who: Who) -> User:
    viewer, counted = access.viewer(who), counts.of_user(card.id)
    return User(
        **vars(card.ref),
        bio=card.bio,
        pronouns=card.pronouns,
        link=card.link,
        is_private=card.is_private,
        **vars(counted),
        viewer=_profile_viewer(card, viewer) if viewer.id is not None else None,
    )


def _profile_viewer(card: UserCard, viewer: Viewer) -> UserViewer:
    viewer_id = viewer.id or 0
    relation = follows.relation(viewer_id, card.id)
    viewer.relations.learn_followed([card.id], {card.id} if relation.following else set())
    viewer.relations.learn_followers([card.id], {card.id} if relation.follows_me else set())
    ring = tray.rings(viewer, [card.id]).get(card.id)
    return UserViewer(
        is_self=viewer_id == card.id,
        follows_me=relation.follows_me,
        follow=relation.follow,
        mutuals=mutuals(viewer_id, card.id) if viewer_id != card.id else None,
        bell=relation.bell,
        may_see_posts=access.users.may_see_posts_of(viewer, card),
        may_message=messages_terms.may_write(card.id, by=viewer_id, follows_me=relation.follows_me),
        muted=viewer.relations.apart.muted(card.id),
        story=ring.state if ring is not None else "none",
    )


def mutuals(viewer_id: int, user_id: int) -> Mutuals:
    count, ids = follows.mutuals(viewer_id, user_id)
    return Mutuals(count=count, users=list(visible_refs(ids, viewer_id).values()))


def rows(ids: list[int], who: Who) -> list[UserRow]:
    """Rows of a list of people, in the order given; whom the viewer may not know of is left out."""
    viewer = access.viewer(who)
    found = visible_refs(ids, viewer)
    viewers = _row_viewers(list(found), viewer)
    return [UserRow(**vars(ref), viewer=viewers.get(user_id)) for user_id, ref in found.items()]


def with_mutuals(rows: list[UserRow], who: Who) -> list[UserRow]:
    """The same rows, each with whom of the viewer's people that person is followed by."""
    viewer = access.viewer(who)
    if viewer.id is None:
        return rows
    found = follows.mutuals_among(viewer.id, [int(row.id) for row in rows])
    named = visible_refs({one for _, friends in found.values() for one in friends}, viewer)

    def known(row: UserRow) -> Mutuals:
        count, friends = found.get(int(row.id), (0, []))
        return Mutuals(count=count, users=[named[one] for one in friends if one in named])

    return [
        replace(row, viewer=replace(row.viewer, mutuals=known(row)))
        if row.viewer is not None and not row.viewer.is_self
        else row
        for row in rows
    ]


def blocked_rows(ids: list[int]) -> list[UserRow]:
    """Rows of people whom the viewer has blocked: for the list from which a block is ended."""
    nothing = RowViewer(is_self=False, follows_me=False, follow="none", mutuals=None)
    return [UserRow(**vars(ref), viewer=nothing) for ref in refs(ids).values()]


def _row_viewers(ids: list[int], viewer: Viewer) -> dict[int, RowViewer]:
    if viewer.id is None:
        return {}
    following = viewer.relations.followed_among(ids)
    followers, requested = follows.others_among(viewer.id, ids)
    viewer.relations.learn_followers(ids, followers)
    return {
        user_id: RowViewer(
            is_self=user_id == viewer.id,
            follows_me=user_id in followers,
            follow=follows.word(user_id in following, user_id in requested),
            mutuals=None,
        )
        for user_id in ids
    }


def get_me(user_id: int) -> Me:
    """One's own profile and settings, from SQL: nobody else's page needs it."""
    row = db.session.get(UserModel, user_id)
    if row is None or not access.users.is_active_state(row.state):
        raise NotFound
    return Me(
        **vars(profile(card_of(row), user_id)),
        avatar=_avatar(row),
        email=row.email,
        pending_email=row.pending_email,
        has_password=row.password_hash is not None,
        role=row.role,
        status=row.chosen_status,
        language=row.language,
        theme=row.theme,
        time_zone=row.time_zone,
        is_discoverable=row.is_discoverable,
        shows_activity=row.shows_activity,
        sends_receipts=row.sends_receipts,
        saves_searches=row.saves_searches,
        messages_from=row.messages_from,
        notify=Notify(**_notify(row)),
        unread=Unread(
            messages=messages_unread.total_of(user_id),
            notifications=notifications_counts.of_reader(user_id).unseen,
        ),
    )


def _avatar(row: UserModel) -> Avatar:
    last = last_avatar(row.id)
    if last is None:
        return Avatar(state="ready" if row.avatar else "none", error=None)
    error = AvatarError(code=last.error, message="") if last.error else None
    return Avatar(state=last.state, error=error)


def last_avatar(user_id: int) -> MediaModel | None:
    """The last picture that was sent of a person, whatever became of it."""
    return db.session.scalar(
        select(MediaModel)
        .where(MediaModel.owner_id == user_id, MediaModel.kind == "avatar")
        .order_by(MediaModel.id.desc())
        .limit(1)
    )


def _notify(row: UserModel) -> dict[str, str]:
    found: dict[str, str] = json.loads(row.notify)
    return found


@retried
def update_profile(user_id: int, changes: dict[str, Any]) -> Me:
    """Change the given profile fields and settings; Invalid names every field at fault."""
    values = checks.check_changes(changes)
    with unit_of_work() as uow:
        if "notify" in values:
            values["notify"] = _merge_notify(user_id, values["notify"])
        if values:
            db.session.execute(update(UserModel).where(UserModel.id == user_id).values(**values))
        if "display_name" in values:
            keying.key(user_id)
        changed(uow, user_id, is_shown=bool(SHOWN & values.keys()))
        if "is_private" in values:
            uow.after_commit(lambda: landing.mosaics.evict(""))
            uow.record(PrivacyChanged(user_id=user_id))
        if "shows_activity" in values:
            uow.record(ActivityShown(user_id=user_id))
    return get_me(user_id)


def _merge_notify(user_id: int, given: dict[str, str]) -> str:
    """What is stored with the given kinds changed, the row locked until the commit."""
    stored = db.session.scalar(
        select(UserModel.notify).where(UserModel.id == user_id).with_for_update()
    )
    return json.dumps(json.loads(stored or "{}") | given)


def changed(uow: UnitOfWork, user_id: int, *, is_shown: bool = True) -> None:
    """What must follow when settings change; `is_shown`: others see it, on every card of theirs."""
    uow.after_commit(lambda: cards.evict(user_id))
    uow.after_commit(lambda: standings.evict(user_id))
    uow.after_commit(lambda: showings.evict(user_id))
    uow.after_commit(lambda: sidebar.evict(user_id))
    uow.after_commit(lambda: sessions.refresh(user_id))
    if is_shown:
        uow.record(UserChanged(user_id=user_id))


def evict(user_id: int, username: str) -> None:
    """Evict everything that would still show a person."""
    standings.evict(user_id)
    showings.evict(user_id)
    cards.evict(user_id)
    ids_by_name.evict(username)
    leases.evict(keys.USER_COUNTS.key(user_id))
