"""Events of blocks, mutes and privacy: what caches and rooms still show to the wrong people."""

from __future__ import annotations

from pigeon.domain import events
from pigeon.jobs import notifications, relations, suggestions
from pigeon.realtime import push
from pigeon.services.users import users
from pigeon.subscribers.messages import push_relation
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec


def push_changed(reader_id: int, other_id: int) -> None:
    """Tell a person's own devices how they stand to somebody else now."""
    card = users.cards.one(other_id)
    if card is not None:
        push.to_user("relations.changed", {"username": card.username}, reader_id)


def _block(event: events.UserBlocked) -> list[JobSpec]:
    pair = {"user_id": event.blocker_id, "other_id": event.blocked_id}
    return [
        relations.refresh.spec(**pair),
        notifications.remove_between.spec(**pair),
        *suggestions.after(event.blocker_id, event.blocked_id),
    ]


def _unblock(event: events.UserUnblocked) -> list[JobSpec]:
    refreshed = relations.refresh.spec(user_id=event.blocker_id, other_id=event.blocked_id)
    return [refreshed, *suggestions.after(event.blocker_id, event.blocked_id)]


def _part(event: events.UserBlocked) -> None:
    """Each leaves the rooms of the other's posts; who was blocked is not told."""
    pair = [event.blocker_id, event.blocked_id]
    push.recheck_rooms(user_ids=pair, pair=pair)
    push_changed(event.blocker_id, event.blocked_id)
    _push_unread_of_both(event)


def _meet(event: events.UserUnblocked) -> None:
    push.recheck_rooms(pair=[event.blocker_id, event.blocked_id])
    push_changed(event.blocker_id, event.blocked_id)
    _push_unread_of_both(event)


def _push_unread_of_both(event: events.UserBlocked | events.UserUnblocked) -> None:
    """The conversation hides or shows again; who has nothing unread in it is told nothing."""
    push_relation(event.blocker_id, event.blocked_id)
    push_relation(event.blocked_id, event.blocker_id)


def _refresh_mutes(event: events.MuteChanged) -> list[JobSpec]:
    return [relations.refresh_mutes.spec(user_id=event.muter_id)]


def _push_mute(event: events.MuteChanged) -> None:
    push_changed(event.muter_id, event.muted_id)
    push_relation(event.muter_id, event.muted_id)


def _refresh_standing(event: events.PrivacyChanged) -> list[JobSpec]:
    return [relations.refresh_standing.spec(user_id=event.user_id)]


def _recheck_rooms(event: events.PrivacyChanged) -> None:
    push.recheck_rooms(user_ids=[event.user_id])


REACTIONS: Table = {
    events.UserBlocked: Reaction(jobs=_block, send=_part),
    events.UserUnblocked: Reaction(jobs=_unblock, send=_meet),
    events.MuteChanged: Reaction(jobs=_refresh_mutes, send=_push_mute),
    events.PrivacyChanged: Reaction(jobs=_refresh_standing, send=_recheck_rooms),
}
