"""Where messages are kept: one interface, for homes that know nothing of each other.

A home keeps three kinds of documents: conversations, their members, and messages. It needs no
transaction over several of them. What is acknowledged is stored. Numbers of messages are dense:
1, 2, 3, … in each conversation, in the order in which readers can see them, and never used again,
for messages are never deleted: who unsends one leaves a stub.

It knows no rule: who may write, see or be told is asked above it. Times are microseconds since
1970, ids are those of users, pictures and posts. Errors that pass by themselves are `Unavailable`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pigeon.domain.messages import conversation_of

RANK_BITS = 11
ID_MAX = 2**63 - 1
CONVERSATION_MAX = conversation_of(ID_MAX)


def rank_of(sent_us: int, conversation_id: int) -> int:
    """What a message sent then brings its conversation to, in the inboxes of its members.

    It is the microsecond, and below it 11 bits of the conversation, so that it is no other's
    (63 bits last until 2112). A home never lets it go back when clocks of machines differ.
    """
    return sent_us << RANK_BITS | conversation_id & (1 << RANK_BITS) - 1


def known(ids: Iterable[int], largest: int) -> list[int]:
    """In order, and without what no home can hold: drivers refuse to ask about it."""
    return sorted({number for number in ids if 0 < number <= largest})


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message before it has a number.

    `accepted_by` are members who have accepted the conversation by now: the sender, who writes in
    it, and who follows the sender. `reads` says whether the sender has read what came before, as
    somebody does who writes in the open thread. `story_id` is the story that the message answers;
    of a reaction to it the text is one emoji.
    """

    sender_id: int
    client_msg_id: str
    sent_us: int
    text: str = ""
    media_id: int | None = None
    post_id: int | None = None
    story_id: int | None = None
    is_reaction: bool = False
    accepted_by: frozenset[int] = frozenset()
    reads: bool = True


@dataclass(frozen=True, kw_only=True)
class StoredMessage:
    """A message as a home keeps it; unsent it is a stub: without a text, picture and cards."""

    id: int
    sender_id: int
    client_msg_id: str
    sent_us: int
    text: str
    media_id: int | None
    post_id: int | None
    story_id: int | None = None
    is_reaction: bool = False
    is_deleted: bool


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody in a conversation, and how far they are.

    `read_seq` is the last message they read, `cleared_seq` the last that they hid; both only grow.
    """

    user_id: int
    is_accepted: bool
    read_seq: int
    cleared_seq: int


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """A conversation with all of its members, in the order of their ids."""

    id: int
    key: str
    last_seq: int
    members: tuple[Member, ...]

    @property
    def member_ids(self) -> list[int]:
        return [one.user_id for one in self.members]

    def member(self, user_id: int) -> Member | None:
        return next((one for one in self.members if one.user_id == user_id), None)

    def others(self, user_id: int) -> tuple[Member, ...]:
        return tuple(one for one in self.members if one.user_id != user_id)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A conversation in somebody's inbox; `rank` orders it there and is no other's."""

    conversation: Conversation
    rank: int
    last_message: StoredMessage | None


class MessageStore(Protocol):
    """A home of messages. Every method but `append` may be repeated without another effect."""

    def open(self, key: str, member_ids: Collection[int]) -> Conversation:
        """The conversation of this key; made, without messages, when there is none."""

    def find(self, key: str) -> Conversation | None: ...

    def find_many(self, keys: Collection[str]) -> dict[str, Conversation]:
        """Conversations by key; one that nobody has made is left out."""

    def load(self, conversation_ids: Collection[int]) -> dict[int, Conversation]:
        """Conversations by id; an unknown id is left out."""

    def append(self, conversation_id: int, draft: Draft) -> tuple[StoredMessage, bool]:
        """Store the message under the next number; (message, whether it is new).

        `(sender_id, client_msg_id)` is unique in the whole home: who sends it again, also in
        parallel or to somebody else, gets what was stored the first time. All members have it as
        the last message from then on; those of `accepted_by` have accepted, and the sender has
        read up to it if the draft `reads`.
        """

    def find_sent(self, sender_id: int, client_msg_id: str) -> StoredMessage | None: ...

    def get_many(self, message_ids: Collection[int]) -> dict[int, StoredMessage]:
        """Messages by id; an unknown id is left out."""

    def before(self, conversation_id: int, seq: int | None, limit: int) -> list[StoredMessage]:
        """The newest messages with a lower number than `seq` (None: of all), newest first."""

    def since(self, conversation_id: int, seq: int, limit: int) -> list[StoredMessage]:
        """The oldest messages with a higher number, oldest first."""

    def read(self, conversation_id: int, user_id: int, up_to: int) -> int:
        """Move the cursor of a member forward, never past the last message; answers where it is."""

    def accept(self, conversation_id: int, user_id: int) -> None: ...

    def clear(self, conversation_id: int, user_id: int) -> None:
        """Hide for one member what there is up to now; it counts as read, too."""

    def unsend(self, message_id: int) -> None:
        """Make a stub of a message. It keeps its number, time and sender."""

    def list_of(
        self, user_id: int, *, accepted: bool, before: int | None, limit: int
    ) -> list[Listed]:
        """A person's conversations by their last message, newest first; `before` is a rank.

        Only such that have a message newer than what the person cleared.
        """

    def unread_of(
        self, user_id: int, conversation_ids: Collection[int] | None = None
    ) -> dict[int, int]:
        """How many messages of others a person has not read, by conversation; none is left out.

        Stubs do not count, nor what was cleared. Of the given conversations, or of all.
        """

    def erase_sent(self, sender_id: int, limit: int) -> Sequence[int]:
        """Make stubs of some messages of somebody who leaves; ids of the conversations touched.

        Empty once there is nothing left to do.
        """
