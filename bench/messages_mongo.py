"""Messages in their second home, on a server that speaks MongoDB's wire: published, no goals."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import count

from bench import rounds
from bench.ground import Ground
from bench.messages import BEGIN_US, EVERYTHING, PAGE, SHORT, exponents, json_bytes
from bench.results import Group, Row, Table, ratio, shown, spread
from bench.together import took_s
from pigeon.domain.messages import message_id
from pigeon.processes import mongo as server_of_messages
from pigeon.stores import messages_mongo_documents as documents
from pigeon.stores.messages import Conversation, Draft, StoredMessage
from pigeon.stores.messages_mongo import MongoMessages
from tests.harness import mongo

SENDERS = 8
LONGEST = 20_000
AT_ONCE = 1_000
OURS, BARE = "ours", "the message's insert alone"
TEXT = "two pigeons, one crumb, and a long walk home"
NO_SERVER = "The server is not installed here: `make mongo-servers`."
SAYS_NOTHING = (
    "SecantusDB 0.7.0b3 on its one process of Python: its speed says nothing about a real mongod."
    " Only how ours relates to a bare insert, and how a page grows, is ours."
)
_own = count(1)


def measure(ground: Ground) -> Group:
    group = Group(name="messages_mongo", title="Direct messages in MongoDB")
    group.notes.append(SAYS_NOTHING)
    if not server_of_messages.SERVER.exists():
        group.notes.append(NO_SERVER)
        return group
    with mongo.running("secantusdb", ground.folder) as server:
        home = MongoMessages(server.url("bench"))
        try:
            _pages(ground, group, home)
            for chats in (SENDERS, 1):
                _sending(ground, group, home, chats)
        finally:
            home.close()
    return group


# -- history ---------------------------------------------------------------------------------------


def _pages(ground: Ground, group: Group, home: MongoMessages) -> None:
    lengths = [SHORT]
    while lengths[-1] < min(ground.plan.history, LONGEST):
        lengths.append(min(lengths[-1] * 10, ground.plan.history, LONGEST))
    chats = {length: _filled(home, length) for length in lengths}
    calls = ground.plan.page_calls

    def page_of(chat: Conversation) -> Callable[[], float]:
        return lambda: rounds.median_of(lambda _: home.before(chat.id, None, PAGE), range(calls))

    ways = {str(length): page_of(chat) for length, chat in chats.items()}
    found = rounds.interleaved(ways, ground.plan.rounds)
    times = {length: found[str(length)] for length in lengths}
    group.rows.append(
        Row(
            metric=f"growth of the newest page from {SHORT} to {lengths[-1]:,} messages, exponent",
            value=spread(exponents(times)),
            unit="",
        )
    )
    rows = [(f"{n:,}", shown(spread([took_s * 1_000 for took_s in times[n]]))) for n in lengths]
    group.tables.append(
        Table(title="A page of history in MongoDB, p50", head=("messages", "ms"), rows=rows)
    )
    _against_everything(ground, group, home, chats[lengths[-1]], lengths[-1])


def _against_everything(
    ground: Ground, group: Group, home: MongoMessages, chat: Conversation, length: int
) -> None:
    def page() -> list[StoredMessage]:
        return home.before(chat.id, None, PAGE)

    def everything() -> list[StoredMessage]:
        return home.since(chat.id, 0, length)

    assert everything()[: -PAGE - 1 : -1] == page()
    calls = {OURS: (page, ground.plan.page_calls), EVERYTHING: (everything, 1)}
    ways = {
        way: lambda r=read, n=n: rounds.median_of(lambda _: r(), range(n))  # type: ignore[misc]
        for way, (read, n) in calls.items()
    }
    found = rounds.interleaved(ways, min(3, ground.plan.rounds))
    metric = f"history of {PAGE} of {length:,}, load everything / ours"
    group.rows += [
        Row(metric=f"{metric}, time", value=ratio(found[EVERYTHING], found[OURS])),
        Row(
            metric=f"{metric}, bytes",
            value=spread([json_bytes(everything()) / json_bytes(page())]),
            note="of what is read, as JSON",
        ),
    ]


def _filled(home: MongoMessages, length: int) -> Conversation:
    chat = home.open(f"bench-{length}", (1, 2))
    filled = [documents.told_message(_said(chat, number)) for number in range(1, length + 1)]
    for first in range(0, length, AT_ONCE):
        home.link.messages.insert_many(filled[first : first + AT_ONCE])
    home.link.members.update_many({"chat_id": chat.id}, {"$max": {"last_seq": length}})
    return chat


def _said(chat: Conversation, number: int) -> StoredMessage:
    return StoredMessage(
        id=message_id(chat.id, number),
        sender_id=1,
        client_msg_id=f"bench-{chat.id}-{number}",
        sent_us=BEGIN_US + number,
        text=TEXT,
        media_id=None,
        post_id=None,
        is_deleted=False,
    )


# -- sending ---------------------------------------------------------------------------------------


def _sending(ground: Ground, group: Group, home: MongoMessages, chats: int) -> None:
    ways = {}
    for way, send in ((OURS, _ours(home)), (BARE, _bare(home))):
        opened = [home.open(f"send-{next(_own)}", (n + 1, n + 101)) for n in range(chats)]
        ways[way] = lambda s=send, o=opened: _at_once(s, o, ground.plan.messages)  # type: ignore[misc]
    found = rounds.interleaved(ways, ground.plan.rounds)
    words = "one conversation" if chats == 1 else f"{chats} conversations"
    group.rows.append(
        Row(
            metric=f"messages/s by {SENDERS} senders in {words}, ours / {BARE}",
            value=ratio(found[OURS], found[BARE]),
            note="four trips against one; both wait for the majority and its journal",
        )
    )
    rows = [(words, way, shown(spread(rates))) for way, rates in found.items()]
    title = f"Messages per second in MongoDB, in {words}"
    group.tables.append(Table(title=title, head=("in", "way", "messages/s"), rows=rows))


Send = Callable[[Conversation, int], None]


def _draft() -> Draft:
    return Draft(
        sender_id=1,
        client_msg_id=f"own-{next(_own)}",
        sent_us=time.time_ns() // 1_000,
        text=TEXT,
        accepted_by=frozenset({1}),
    )


def _ours(home: MongoMessages) -> Send:
    return lambda chat, _number: home.append(chat.id, _draft()) and None


def _bare(home: MongoMessages) -> Send:
    """Under a number that is nobody's."""

    def send(chat: Conversation, number: int) -> None:
        document = documents.new_message(message_id(chat.id, number), _draft())
        document.pop("untold")
        home.link.messages.insert_one(document)

    return send


def _at_once(send: Send, chats: list[Conversation], each: int) -> float:
    """All senders from the same moment on; messages per second until the last has ended."""
    plans = [[next(_own) for _ in range(each)] for _ in range(SENDERS)]

    def work(sender: int) -> None:
        for number in plans[sender]:
            send(chats[sender % len(chats)], number)

    return SENDERS * each / took_s([partial(work, sender) for sender in range(SENDERS)])
