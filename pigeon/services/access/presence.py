"""Presence: known to people who follow each other, or who write with each other.

Whoever hides their own sees nobody's. A request that was not accepted tells neither side anything.
The rule is asked here alone: by pages, by answers, and by rooms, which ask again when it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pigeon.domain.messages import pair_key
from pigeon.domain.presence import Showing
from pigeon.services.access import users
from pigeon.services.access.viewers import Viewer
from pigeon.stores.messages import Conversation
from pigeon.stores.messages_urls import message_store


def known_among(viewer: Viewer, showings: Mapping[int, Showing]) -> set[int]:
    """Those of the people whose presence the viewer may know; `showings` holds the viewer's too.

    One's own is always known.
    """
    me = viewer.id
    if me is None or me not in showings:
        return set()
    if not showings[me].shows_activity:
        return {me}
    others = {one for one, showing in showings.items() if showing.shows_activity and one != me}
    others -= users.hidden_among(viewer, others)
    mutual = viewer.relations.follow_back_among(others)
    return {me} | mutual | _writing_with(me, others - mutual)


def _writing_with(me: int, others: Collection[int]) -> set[int]:
    """Those in an accepted conversation with me; Unavailable while its home is out of reach."""
    keys = {pair_key(me, other): other for other in others}
    found = message_store().find_many(keys) if keys else {}
    return {keys[key] for key, one in found.items() if _is_accepted(one)}


def _is_accepted(conversation: Conversation) -> bool:
    """By all of its members, none of whom has deleted all that there is in it."""
    return conversation.last_seq > 0 and all(
        one.is_accepted and one.cleared_seq < conversation.last_seq for one in conversation.members
    )
