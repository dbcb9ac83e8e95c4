"""Events of people: who changed, who left, and what became of an avatar."""

from __future__ import annotations

from flask_babel import force_locale

from pigeon.domain import events
from pigeon.jobs import media, messages, users
from pigeon.realtime import push
from pigeon.subscribers.reactions import Reaction, Table
from pigeon.unit_of_work import JobSpec
from pigeon.web.wording import image_sentence


def _erase(event: events.UserWithdrew) -> list[JobSpec]:
    whom = {"user_id": event.user_id}
    return [
        users.erase.spec(**whom, username=event.username),
        messages.refresh.spec(**whom),
        messages.erase.spec(**whom),
    ]


def _recheck_rooms(event: events.UserWithdrew | events.UserSuspended) -> None:
    """Their posts are nobody's any more: whoever watches one is evicted."""
    push.recheck_rooms(user_ids=[event.user_id])


def _refresh_suspended(event: events.UserSuspended) -> list[JobSpec]:
    whom = {"user_id": event.user_id}
    return [
        users.refresh_suspended.spec(**whom, username=event.username),
        messages.refresh.spec(**whom),
    ]


def _refresh_cards(event: events.UserChanged) -> list[JobSpec]:
    return [users.refresh_cards.spec(user_id=event.user_id)]


def _process_avatar(event: events.AvatarUploaded) -> list[JobSpec]:
    return [media.to_process(event.media_id)]


def _push_avatar(event: events.AvatarShown) -> None:
    push.to_user("avatar.ready", {"avatar_url": event.avatar_url}, event.user_id)


def _push_avatar_failure(event: events.AvatarFailed) -> None:
    with force_locale(event.language):
        error = {"code": event.code, "message": image_sentence(event.code)}
    push.to_user("avatar.failed", {"error": error}, event.user_id)


REACTIONS: Table = {
    events.UserWithdrew: Reaction(jobs=_erase, send=_recheck_rooms),
    events.UserSuspended: Reaction(jobs=_refresh_suspended, send=_recheck_rooms),
    events.UserChanged: Reaction(jobs=_refresh_cards),
    events.AvatarUploaded: Reaction(jobs=_process_avatar),
    events.AvatarShown: Reaction(send=_push_avatar),
    events.AvatarFailed: Reaction(send=_push_avatar_failure),
}
