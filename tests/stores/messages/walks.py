"""Whatever is done in whatever order, a home answers as the plainest one would.

That one is `Plain`: the interface in memory, for one caller at a time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pigeon.domain.messages import message_id, seq_of
from pigeon.stores.messages import Conversation, Draft, Member, MessageStore, StoredMessage
from tests.stores.messages.saying import NOON_US

EXAMPLES = 100
PEOPLE = 3
PAIRS = ((0, 1), (0, 2), (1, 2))
_people = count(1_000, PEOPLE)

Moves = list[tuple[str, int, int, int]]
moves = st.lists(
    st.tuples(
        st.sampled_from(
            ["say"] * 6 + ["say aloud"] * 2 + ["say again", "read", "read", "accept", "clear"]
            + ["unsend", "erase", "page", "since", "unread"]
        ),
        st.integers(0, len(PAIRS) - 1),
        st.integers(0, 1),
        st.integers(0, 9),
    ),
    min_size=10,
    max_size=60,
)  # fmt: skip


class Plain:
    """Conversations with the number of their first user, and messages in the order they came."""

    def __init__(self) -> None:
        self.members: dict[int, dict[int, Member]] = {}
        self.said: dict[int, list[StoredMessage]] = {}
        self.latest: dict[int, int] = {}

    def open(self, chat: Conversation) -> None:
        self.members[chat.id] = {member.user_id: member for member in chat.members}
        self.said[chat.id] = []
        self.latest[chat.id] = 0

    def append(self, chat: int, draft: Draft) -> tuple[StoredMessage, bool]:
        if found := self.find_sent(draft.sender_id, draft.client_msg_id):
            return found, False
        seq = len(self.said[chat]) + 1
        own = {k: v for k, v in vars(draft).items() if k not in ("accepted_by", "reads")}
        message = StoredMessage(id=message_id(chat, seq), is_deleted=False, **own)
        self.said[chat].append(message)
        self.latest[chat] = max(self.latest[chat], draft.sent_us)
        for user_id in draft.accepted_by:
            self.accept(chat, user_id)
        if draft.reads:
            self.read(chat, draft.sender_id, seq)
        return message, True

    def find_sent(self, sender_id: int, client_msg_id: str) -> StoredMessage | None:
        everything = (message for said in self.said.values() for message in said)
        return next(
            (m for m in everything if (m.sender_id, m.client_msg_id) == (sender_id, client_msg_id)),
            None,
        )

    def before(self, chat: int, seq: int | None, limit: int) -> list[StoredMessage]:
        said = self.said[chat] if seq is None else self.said[chat][: max(0, seq - 1)]
        return said[::-1][:limit]

    def since(self, chat: int, seq: int, limit: int) -> list[StoredMessage]:
        return self.said[chat][seq:][:limit]

    def read(self, chat: int, user_id: int, up_to: int) -> int:
        reached = max(self.members[chat][user_id].read_seq, min(up_to, len(self.said[chat])))
        self._change(chat, user_id, read_seq=reached)
        return reached

    def accept(self, chat: int, user_id: int) -> None:
        self._change(chat, user_id, is_accepted=True)

    def clear(self, chat: int, user_id: int) -> None:
        everything = len(self.said[chat])
        self._change(chat, user_id, read_seq=everything, cleared_seq=everything)

    def unsend(self, message_id: int) -> None:
        said = self.said[message_id >> 32]
        at = seq_of(message_id) - 1
        gone: dict[str, Any] = {"media_id": None, "post_id": None, "story_id": None}
        said[at] = replace(said[at], **gone, text="", is_reaction=False, is_deleted=True)

    def erase(self, sender_id: int) -> None:
        for said in list(self.said.values()):
            for message in [message for message in said if message.sender_id == sender_id]:
                self.unsend(message.id)

    def list_of(self, user_id: int, *, accepted: bool) -> list[int]:
        mine = [
            chat
            for chat, members in self.members.items()
            if user_id in members and members[user_id].is_accepted == accepted
            if len(self.said[chat]) > members[user_id].cleared_seq
        ]
        return sorted(mine, key=lambda chat: self.latest[chat], reverse=True)

    def unread_of(self, user_id: int) -> dict[int, int]:
        return {
            chat: sum(
                message.sender_id != user_id and not message.is_deleted
                for message in self.said[chat][members[user_id].read_seq :]
            )
            for chat, members in self.members.items()
            if user_id in members
        }

    def conversation(self, chat: int) -> tuple[int, tuple[Member, ...]]:
        return len(self.said[chat]), tuple(self.members[chat].values())

    def _change(self, chat: int, user_id: int, **values: Any) -> None:
        self.members[chat][user_id] = replace(self.members[chat][user_id], **values)


class Walk:
    """Three people, each pair with a conversation; clocks differ by up to ten seconds."""

    def __init__(self, store: MessageStore) -> None:
        first = next(_people)
        self._store, self._plain = store, Plain()
        self._people = range(first, first + PEOPLE)
        self._pairs = [tuple(self._people[place] for place in pair) for pair in PAIRS]
        self._chats = [
            store.open(f"walk-{one}-{other}", (one, other)) for one, other in self._pairs
        ]
        self._sent: list[Draft] = []
        for chat in self._chats:
            self._plain.open(chat)

    def move(self, name: str, pair: int, who: int, number: int) -> None:
        chat, person = self._chats[pair].id, self._pairs[pair][who]
        if name.startswith("say"):
            self._say(name, chat, person, self._pairs[pair], number)
        elif name in ("read", "since"):
            self._both(name, chat, *([person] if name == "read" else []), number, *self._few(name))
        elif name == "page":
            self._both("before", chat, number or None, 4)
        elif name in ("accept", "clear"):
            self._both(name, chat, person)
        elif name == "unsend" and self._plain.said[chat]:
            said = self._plain.said[chat]
            self._both(name, said[number % len(said)].id)
        elif name == "erase" and number == 0:
            self._erase(person)
        elif name == "unread":
            mine = self._plain.unread_of(person)
            assert self._store.unread_of(person, [chat]) == {chat: mine[chat]}

    def check(self) -> None:
        """Everything that can be asked."""
        for chat in self._chats:
            found = self._store.load([chat.id])[chat.id]
            assert (found.last_seq, found.members) == self._plain.conversation(chat.id)
            assert self._store.since(chat.id, 0, 1_000) == self._plain.said[chat.id]
        for person in self._people:
            assert self._store.unread_of(person) == self._plain.unread_of(person)
            for accepted in (True, False):
                self._check_list(person, accepted)

    def _check_list(self, person: int, accepted: bool) -> None:
        found = self._store.list_of(person, accepted=accepted, before=None, limit=50)
        chats = [listed.conversation.id for listed in found]
        assert chats == self._plain.list_of(person, accepted=accepted)
        assert [listed.last_message for listed in found] == [
            self._plain.said[chat][-1] for chat in chats
        ]

    def _say(self, name: str, chat: int, person: int, pair: tuple[int, ...], number: int) -> None:
        draft = Draft(
            sender_id=person,
            client_msg_id=f"walk-{len(self._sent)}",
            sent_us=NOON_US + (number - 5) * 1_000_000 + len(self._sent),
            text=f"text {len(self._sent)}",
            post_id=number or None,
            story_id=number + 7 if number % 2 else None,
            is_reaction=number % 4 == 3,
            accepted_by=frozenset(pair if name == "say aloud" else [person] * (number % 2)),
            reads=number % 3 > 0,
        )
        if name == "say again" and self._sent:
            draft = replace(self._sent[number % len(self._sent)], text="other words")
        else:
            self._sent.append(draft)
        self._both("append", chat, draft)

    def _erase(self, person: int) -> None:
        while self._store.erase_sent(person, 3):
            pass
        self._plain.erase(person)

    def _both(self, name: str, *arguments: Any) -> None:
        expected = getattr(self._plain, name)(*arguments)
        assert getattr(self._store, name)(*arguments) == expected

    def _few(self, name: str) -> Collection[int]:
        return (4,) if name == "since" else ()


def test_it_answers_as_the_plainest_home_would(store: MessageStore) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(moves)
    def walk(some: Moves) -> None:
        walked = Walk(store)
        for move in some:
            walked.move(*move)
        walked.check()

    walk()
