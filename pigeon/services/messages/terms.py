"""Whether somebody may write to somebody: asked by who sends, and by who draws a button for it."""

from __future__ import annotations

from pigeon.domain.messages import pair_key
from pigeon.domain.names import canonical_username
from pigeon.services import access
from pigeon.services.access.messages import Recipient
from pigeon.stores.messages import Conversation
from pigeon.stores.messages_urls import message_store


def may_write(user_id: int, *, by: int, follows_me: bool) -> bool:
    """For a viewer who may know of the person, and knows whether they follow them."""
    if user_id == by:
        return False
    terms = access.messages.terms_of([user_id]).get(user_id)
    may = access.messages.may_write(terms, follows_me=follows_me, is_accepted=False)
    return may or (terms is not None and is_accepted(by, user_id))


def get_recipient(by: int, partner_id: int) -> Recipient:
    """Whom somebody is about to write to; NotFound for who is not met.

    Forbidden `messages_closed` for who gave the writer no way.
    """
    return _checked(access.messages.get_recipient(by, partner_id), by)


def get_recipient_named(by: int, username: str) -> Recipient:
    """The same of a username as typed."""
    return _checked(access.messages.get_recipient_named(by, canonical_username(username)), by)


def _checked(found: Recipient, by: int) -> Recipient:
    if found.user_id != by and not (found.takes_from_everyone or found.follows_writer):
        access.messages.check_accepted(is_accepted(by, found.user_id))
    return found


def is_accepted(by: int, partner_id: int) -> bool:
    """Whether the partner has accepted the conversation, as far as the store knows."""
    conversation = message_store().find(pair_key(by, partner_id))
    part = conversation.member(partner_id) if conversation else None
    return part is not None and part.is_accepted


def has_accepted(conversation: Conversation, user_id: int, other_id: int) -> bool:
    """Whether a member has accepted it, or follows the other, which is as good."""
    part = conversation.member(user_id)
    if part is not None and part.is_accepted:
        return True
    return bool(access.viewer(user_id).relations.followed_among([other_id]))
