"""Conversations with everything that can be in one, and what each home says of them."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import insert

from pigeon.domain.clock import utc_now
from pigeon.domain.messages import message_id, pair_key
from pigeon.extensions import db
from pigeon.models import ConversationModel, MemberModel, MessageModel
from pigeon.stores.messages import MessageStore, rank_of
from pigeon.unit_of_work import unit_of_work

NOON_US = 1_764_331_200_000_000
FIRST = 1_000
"""Members; nobody's account is asked for."""
PEOPLE = 25
TEXTS = ("", "coo", "가나다 👩‍👩‍👧‍👦 '; -- %s", "x" * 2_000, "$set .a\n\t", "שלום e\u0301")


def fill(seed: int, *, chats: int, messages: int) -> list[int]:
    """Rows with stubs, pictures, requests, cursors anywhere; ids of the conversations."""
    dice = random.Random(seed)
    pairs = [(FIRST + a, FIRST + b) for a in range(PEOPLE) for b in range(a + 1, PEOPLE)]
    dice.shuffle(pairs)
    lengths = [0] * chats
    for _ in range(messages):
        lengths[min(dice.randrange(chats), dice.randrange(chats))] += 1
    ids = sorted(dice.sample(range(1, chats * 3), chats))  # with gaps, as in life
    with unit_of_work():
        for chat_id, pair, length in zip(ids, pairs, lengths, strict=False):
            _fill(dice, chat_id, pair, length)
    return ids


def _fill(dice: random.Random, chat_id: int, pair: tuple[int, int], length: int) -> None:
    key = pair_key(*pair)
    _add(ConversationModel, [{"id": chat_id, "key": key, "created_at": utc_now()}])
    said = [_message(dice, chat_id, seq, pair) for seq in range(1, length + 1)]
    latest = max((one["sent_us"] for one in said), default=0)
    _add(MemberModel, [_member(dice, chat_id, one, length, latest) for one in pair])
    if said:
        _add(MessageModel, said)


def _member(
    dice: random.Random, chat_id: int, user_id: int, length: int, latest: int
) -> dict[str, Any]:
    cleared = dice.choice((0, 0, 0, dice.randint(0, length), length))
    return {
        "conversation_id": chat_id,
        "user_id": user_id,
        "is_accepted": dice.random() < 0.7,
        "cleared_seq": cleared,
        "read_seq": dice.randint(cleared, length),
        "last_seq": length,
        "rank": rank_of(latest, chat_id) if length else 0,
    }


def _message(dice: random.Random, chat_id: int, seq: int, pair: tuple[int, int]) -> dict[str, Any]:
    is_stub = dice.random() < 0.1
    story = None if is_stub else dice.choice((None, None, 2**40 - seq))
    return {
        "id": message_id(chat_id, seq),
        "sender_id": dice.choice(pair),
        "client_msg_id": f"c-{chat_id}-{seq}",
        "sent_us": NOON_US + seq * 1_000_000 + dice.randint(-10, 10),
        "text": "" if is_stub else dice.choice(TEXTS),
        "media_id": None if is_stub else dice.choice((None, None, 2**40 + seq)),
        "post_id": None if is_stub else dice.choice((None, None, seq)),
        "story_id": story,
        "is_reaction": story is not None and dice.random() < 0.5,
        "is_deleted": is_stub,
    }


def _add(model: Any, rows: list[dict[str, Any]]) -> None:
    db.session.execute(insert(model), rows)


def answers(store: MessageStore, ids: list[int], people: int = PEOPLE) -> dict[str, Any]:
    """Everything that a home can be asked about these conversations, and that many people."""
    found: dict[str, Any] = {"chats": store.load(ids)}
    found["keys"] = {chat.key: store.find(chat.key) for chat in found["chats"].values()}
    for chat_id in ids:
        found[f"said {chat_id}"] = said = store.since(chat_id, 0, 5_000)
        assert store.before(chat_id, None, 10) == said[::-1][:10]
        for one in said[:3]:
            assert store.find_sent(one.sender_id, one.client_msg_id) == one
    for user_id in range(FIRST, FIRST + people):
        found[f"unread {user_id}"] = store.unread_of(user_id)
        for accepted in (True, False):
            found[f"box {user_id} {accepted}"] = store.list_of(
                user_id, accepted=accepted, before=None, limit=100
            )
    return found
