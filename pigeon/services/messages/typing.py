"""That somebody is writing: told to the other, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from pigeon.domain.events import MessageTyped
from pigeon.domain.messages import pair_key
from pigeon.services import access
from pigeon.services.access.messages import Terms
from pigeon.services.messages import conversations, people, terms
from pigeon.stores.messages_urls import message_store
from pigeon.unit_of_work import publish


def tell(username: str, *, by: int) -> str:
    """Tell the other, who must have accepted the conversation; answers its key.

    Refused as a message would be. Who sends no receipts tells nothing, and is told nothing.
    """
    partner_id = people.find_partner(username, access.viewer(by))
    recipient = terms.get_recipient(by, partner_id)
    conversations.check_is_other(partner_id, by=by)
    chosen = access.messages.terms_of({by, partner_id})
    has_accepted = recipient.follows_writer or terms.is_accepted(by, partner_id)
    if has_accepted and _has_answered(by, partner_id) and _all_tell(chosen.values()):
        publish(MessageTyped(writer_id=by, reader_id=partner_id))
    return pair_key(by, partner_id)


def _has_answered(by: int, partner_id: int) -> bool:
    """Who looks at a request, and has not accepted it, is not there."""
    conversation = message_store().find(pair_key(by, partner_id))
    return conversation is None or terms.has_accepted(conversation, by, partner_id)


def _all_tell(chosen: Iterable[Terms]) -> bool:
    return all(one.sends_receipts for one in chosen)
