"""That somebody is writing: told to the other, kept nowhere."""

from __future__ import annotations

from pigeon.domain.events import MessageTyped
from pigeon.domain.messages import pair_key
from pigeon.services import access
from pigeon.services.messages import conversations, people, terms
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
    if has_accepted and all(one.sends_receipts for one in chosen.values()):
        publish(MessageTyped(writer_id=by, reader_id=partner_id))
    return pair_key(by, partner_id)
