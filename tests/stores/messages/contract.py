"""What every home of messages keeps to; nothing here knows which one it is.

A module of tests imports all of this and has a fixture `store`, an empty home.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from pigeon.domain.errors import NotFound
from pigeon.domain.messages import conversation_of, message_id, seq_of
from pigeon.stores.messages import Conversation, MessageStore, StoredMessage
from tests.stores.messages.saying import (
    ANN,
    BEN,
    CAT,
    DAN,
    NOON_US,
    again,
    draft,
    numbers,
    pair,
    say,
)

pytestmark = pytest.mark.no_second_look  # a module that imports this says so itself, too
pytestmark = pytest.mark.no_second_look
Together = Callable[[Sequence[Callable[[], Any]]], list[Any]]
Apart = Callable[..., Any]

FAR = (2**31, 2**32, 2**62, 2**63, 2**64, -1, 0)
WRITERS, EACH = 8, 12
TYPED = "가나다 👩‍👩‍👧‍👦 '; -- %s \\ \"\n\te\u0301 שלום "


# -- conversations ---------------------------------------------------------------------------------


def test_a_conversation_is_made_once(store: MessageStore) -> None:
    assert store.find("11-12") is None
    made = store.open("11-12", (BEN, ANN))
    assert (made.key, made.last_seq) == ("11-12", 0)
    assert [member.user_id for member in made.members] == [ANN, BEN]
    for member in made.members:
        assert (member.is_accepted, member.read_seq, member.cleared_seq) == (False, 0, 0)
    assert store.open("11-12", (ANN, BEN)) == made == store.find("11-12")
    assert store.open("11-13", (ANN, CAT)).id != made.id


def test_many_conversations_are_found_by_their_keys(store: MessageStore) -> None:
    made = [store.open(f"11-{other}", (ANN, other)) for other in (BEN, CAT)]
    assert store.find_many([]) == {}
    assert store.find_many(["11-99"]) == {}
    wanted = [one.key for one in made] + [f"11-{far}" for far in range(100, 300)]
    assert store.find_many(wanted) == {one.key: one for one in made}


def test_a_conversation_opened_in_parallel_is_one(store: MessageStore, together: Together) -> None:
    for key in range(3):
        found = together([partial(store.open, f"key-{key}", (ANN, BEN))] * 12)
        assert len({chat.id for chat in found}) == 1
        assert found[0] == store.find(f"key-{key}")


def test_conversations_are_loaded_by_id(store: MessageStore) -> None:
    one, other = pair(store, ANN, BEN), pair(store, ANN, CAT)
    assert store.load([other.id, one.id, one.id]) == {one.id: one, other.id: other}
    assert store.load([one.id, other.id + 1, *FAR]) == {one.id: one}
    assert store.load([]) == {}
    assert store.load(FAR) == {}


# -- numbers ---------------------------------------------------------------------------------------


def test_messages_of_a_conversation_are_numbered_from_one(store: MessageStore) -> None:
    one, other = pair(store, ANN, BEN), pair(store, ANN, CAT)
    said = [say(store, chat, ANN) for chat in (one, other, one, one, other)]
    places = [(conversation_of(message.id), seq_of(message.id)) for message in said]
    assert places == [(one.id, 1), (other.id, 1), (one.id, 2), (one.id, 3), (other.id, 2)]
    assert again(store, one).last_seq == 3


def test_what_is_answered_is_what_is_stored(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    long = TYPED * (2_000 // len(TYPED))
    said = [
        say(store, chat, ANN, long),
        say(store, chat, BEN, "", media_id=2**40),
        say(store, chat, ANN, "look", post_id=7, sent_us=NOON_US + 1),
        say(store, chat, BEN, "so true", story_id=2**40 + 1),
        say(store, chat, ANN, "❤️", story_id=9, is_reaction=True),
    ]
    assert said[0].text == long
    assert [(m.story_id, m.is_reaction) for m in said] == [
        *[(None, False)] * 3,
        (2**40 + 1, False),
        (9, True),
    ]
    assert (said[1].media_id, said[2].post_id, said[2].sent_us) == (2**40, 7, NOON_US + 1)
    assert not any(message.is_deleted for message in said)
    assert store.since(chat.id, 0, 50) == said
    assert store.get_many([message.id for message in said]) == {one.id: one for one in said}
    for message in said:
        assert store.find_sent(message.sender_id, message.client_msg_id) == message


def test_nothing_is_stored_in_a_conversation_that_is_not_there(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    lost = draft(ANN)
    with pytest.raises(NotFound):
        store.append(chat.id + 1, lost)
    assert store.find_sent(ANN, lost.client_msg_id) is None
    assert store.append(chat.id, lost)[1]


@pytest.mark.parametrize("chats", [1, WRITERS])
def test_numbers_are_dense_when_many_write_in_parallel(
    store: MessageStore, together: Together, chats: int
) -> None:
    found = [pair(store, ANN, 100 + number) for number in range(chats)]

    def write(number: int) -> list[int]:
        return [say(store, found[number % chats], 100 + number).id for _ in range(EACH)]

    answered = together([partial(write, number) for number in range(WRITERS)])
    each = WRITERS * EACH // chats
    for chat in found:
        assert numbers(store, chat) == list(range(1, each + 1))
        assert again(store, chat).last_seq == each
    assert len({one for some in answered for one in some}) == WRITERS * EACH
    for some in answered:
        assert some == sorted(some)


def test_who_reads_on_meanwhile_never_misses_a_message(
    store: MessageStore, together: Together, apart: Apart
) -> None:
    chat = pair(store, ANN, BEN)
    written = threading.Semaphore(0)

    def write() -> list[int]:
        try:
            return [say(store, chat, ANN).id for _ in range(EACH)]
        finally:
            written.release()

    def read_on() -> list[int]:
        seen: list[int] = []
        page: list[StoredMessage] = []
        ended = 0
        while ended < WRITERS or page:
            ended += written.acquire(blocking=False)
            page = apart(store.since, chat.id, len(seen), 7)
            seen += [seq_of(message.id) for message in page]
        return seen

    *_, seen = together([*[write] * WRITERS, read_on])
    assert seen == list(range(1, WRITERS * EACH + 1))


# -- the same message again ------------------------------------------------------------------------


def test_a_message_sent_again_is_the_one_that_was_stored(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    first = say(store, chat, ANN, "one", client_msg_id="same")
    accepting = frozenset({ANN, BEN})
    for text in ("one", "two"):
        same = draft(ANN, text, client_msg_id="same", accepted_by=accepting)
        assert store.append(chat.id, same) == (first, False)
    assert not any(member.is_accepted for member in again(store, chat).members)
    assert seq_of(say(store, chat, ANN).id) == 2
    assert numbers(store, chat) == [1, 2]


def test_a_message_sent_again_to_somebody_else_stays_where_it_is(store: MessageStore) -> None:
    one, other = pair(store, ANN, BEN), pair(store, ANN, CAT)
    first = say(store, one, ANN, client_msg_id="same")
    assert store.append(other.id, draft(ANN, client_msg_id="same")) == (first, False)
    assert again(store, other) == other
    assert store.since(other.id, 0, 50) == []
    assert store.list_of(CAT, accepted=False, before=None, limit=50) == []


def test_each_sender_has_ids_of_their_own(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    mine = say(store, chat, ANN, client_msg_id="same")
    theirs = say(store, chat, BEN, client_msg_id="same")
    assert store.find_sent(ANN, "same") == mine
    assert store.find_sent(BEN, "same") == theirs
    assert store.find_sent(CAT, "same") is None
    assert store.find_sent(ANN, "SAME") is None


def test_a_message_sent_a_hundred_times_in_parallel_is_one(
    store: MessageStore, together: Together
) -> None:
    chat = pair(store, ANN, BEN)
    same = draft(ANN)
    answers = together([partial(store.append, chat.id, same)] * 100)
    assert sum(is_new for _, is_new in answers) == 1
    assert {message.id for message, _ in answers} == {message_id(chat.id, 1)}
    assert numbers(store, chat) == [1]
    assert seq_of(say(store, chat, ANN).id) == 2


def test_a_message_sent_to_many_in_parallel_is_one(store: MessageStore, together: Together) -> None:
    chats = [pair(store, ANN, 100 + number) for number in range(WRITERS)]
    same = draft(ANN)
    answers = together([partial(store.append, chat.id, same) for chat in chats * 3])
    assert sum(is_new for _, is_new in answers) == 1
    assert len({message.id for message, _ in answers}) == 1
    assert sum(again(store, chat).last_seq for chat in chats) == 1


# -- cursors ---------------------------------------------------------------------------------------


def _read_of(store: MessageStore, chat: Conversation, user_id: int) -> int:
    member = again(store, chat).member(user_id)
    assert member is not None
    return member.read_seq


def test_who_writes_in_the_thread_has_read_it(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    say(store, chat, BEN)
    say(store, chat, ANN, reads=False)
    assert _read_of(store, chat, ANN) == 0
    say(store, chat, ANN)
    assert (_read_of(store, chat, ANN), _read_of(store, chat, BEN)) == (3, 1)


def test_a_cursor_only_goes_forward_and_not_beyond_the_last(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    assert store.read(chat.id, BEN, 5) == 0
    for _ in range(3):
        say(store, chat, ANN)
    steps = [(2, 2), (1, 2), (0, 2), (-7, 2), (2, 2), (9, 3), (2**70, 3), (1, 3)]
    assert [store.read(chat.id, BEN, up_to) for up_to, _ in steps] == [at for _, at in steps]
    say(store, chat, ANN)
    assert _read_of(store, chat, BEN) == 3


def test_reads_in_any_order_end_at_the_furthest(store: MessageStore) -> None:
    for number, order in enumerate(permutations((1, 2, 4))):
        chat = pair(store, ANN, 100 + number)
        for _ in range(4):
            say(store, chat, ANN)
        for up_to in order:
            store.read(chat.id, 100 + number, up_to)
        assert _read_of(store, chat, 100 + number) == 4


def test_reads_in_parallel_end_at_the_furthest(store: MessageStore, together: Together) -> None:
    chat = pair(store, ANN, BEN)
    for _ in range(10):
        say(store, chat, ANN)
    together([partial(store.read, chat.id, BEN, up_to) for up_to in range(1, 9)])
    assert _read_of(store, chat, BEN) == 8
    assert _read_of(store, chat, ANN) == 10


def test_a_message_that_comes_while_one_reads_stays_unread(
    store: MessageStore, together: Together
) -> None:
    chat = pair(store, ANN, BEN)
    for _ in range(10):
        last = seq_of(say(store, chat, ANN).id)
        reading = partial(store.read, chat.id, BEN, last)
        together([reading, partial(store.append, chat.id, draft(ANN)), reading])
        assert store.unread_of(BEN) == {chat.id: 1}


def test_who_is_no_member_has_no_cursor(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    say(store, chat, ANN)
    with pytest.raises(NotFound):
        store.read(chat.id, CAT, 1)
    with pytest.raises(NotFound):
        store.read(chat.id + 1, ANN, 1)
    store.accept(chat.id, CAT)
    store.clear(chat.id, CAT)
    assert [member.user_id for member in again(store, chat).members] == [ANN, BEN]


# -- what is unread --------------------------------------------------------------------------------


def test_unread_are_messages_of_others_that_are_still_there(store: MessageStore) -> None:
    chat, other = pair(store, ANN, BEN), pair(store, ANN, CAT)
    say(store, chat, ANN, reads=False)
    said = [say(store, chat, BEN) for _ in range(4)]
    say(store, chat, ANN, reads=False)
    say(store, other, CAT)
    assert store.unread_of(ANN) == {chat.id: 4, other.id: 1}
    assert store.unread_of(BEN) == {chat.id: 1}
    store.unsend(said[2].id)
    store.read(chat.id, ANN, seq_of(said[0].id))
    assert store.unread_of(ANN) == {chat.id: 2, other.id: 1}
    store.clear(chat.id, ANN)
    assert store.unread_of(ANN) == {chat.id: 0, other.id: 1}
    assert store.unread_of(BEN) == {chat.id: 1}


def test_unread_of_some_conversations(store: MessageStore) -> None:
    one, other = pair(store, ANN, BEN), pair(store, ANN, CAT)
    foreign = pair(store, BEN, CAT)
    for chat in (one, other):
        say(store, chat, ANN)
    say(store, foreign, CAT)
    assert store.unread_of(BEN, [one.id]) == {one.id: 1}
    assert store.unread_of(CAT, [one.id, other.id]) == {one.id: 0, other.id: 1}
    assert store.unread_of(BEN, []) == {}
    assert store.unread_of(DAN) == {}


def test_unread_of_hundreds_of_conversations(store: MessageStore) -> None:
    chats = [pair(store, ANN, 100 + number) for number in range(230)]
    for number, chat in enumerate(chats):
        for _ in range(number % 3):
            say(store, chat, 100 + number)
    counts = {chat.id: number % 3 for number, chat in enumerate(chats)}
    assert store.unread_of(ANN) == counts
    assert store.unread_of(ANN, list(counts)) == counts


# -- taking back -----------------------------------------------------------------------------------


def test_who_unsends_a_message_leaves_a_stub(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    said = [say(store, chat, ANN, "secret", media_id=3, post_id=4) for _ in range(3)]
    for _ in range(2):
        store.unsend(said[1].id)
    first, stub, last = store.since(chat.id, 0, 50)
    assert (first, last) == (said[0], said[2])
    assert (stub.text, stub.media_id, stub.post_id, stub.is_deleted) == ("", None, None, True)
    kept = [(m.id, m.sender_id, m.sent_us, m.client_msg_id) for m in (stub, said[1])]
    assert kept[0] == kept[1]
    assert store.find_sent(ANN, stub.client_msg_id) == stub
    about = say(store, chat, BEN, "🔥", story_id=5, is_reaction=True)
    store.unsend(about.id)
    stub_of_it = store.get_many([about.id])[about.id]
    assert (stub_of_it.text, stub_of_it.story_id, stub_of_it.is_reaction) == ("", None, False)
    repeated = draft(ANN, "secret", client_msg_id=stub.client_msg_id)
    assert store.append(chat.id, repeated) == (stub, False)
    assert seq_of(say(store, chat, ANN).id) == 5
    store.unsend(message_id(chat.id, 9))
    for far in FAR:
        store.unsend(far)
    assert numbers(store, chat) == [1, 2, 3, 4, 5]


def test_a_stub_is_the_last_message_of_its_conversation(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    store.unsend(say(store, chat, ANN).id)
    (listed,) = store.list_of(BEN, accepted=False, before=None, limit=50)
    assert listed.last_message is not None
    assert listed.last_message.is_deleted


def test_what_somebody_said_is_erased_in_parts(store: MessageStore) -> None:
    chats = [pair(store, ANN, other) for other in (BEN, CAT, DAN)]
    theirs = [say(store, chat, other) for chat, other in zip(chats, (BEN, CAT, DAN), strict=True)]
    for chat in chats * 3:
        say(store, chat, ANN, "mine")
    store.unsend(say(store, chats[0], ANN).id)
    touched: set[int] = set()
    calls = 0
    while some := store.erase_sent(ANN, 2):
        assert 1 <= len(some) <= 2
        touched |= set(some)
        calls += 1
        assert calls <= 9
    assert calls == 5
    assert touched == {chat.id for chat in chats}
    for chat, message in zip(chats, theirs, strict=True):
        first, *mine = store.since(chat.id, 0, 50)
        assert first == message
        assert all(stub.is_deleted and stub.text == "" for stub in mine)
        assert len(mine) >= 3
    assert store.erase_sent(99, 10) == []


# -- hiding and accepting --------------------------------------------------------------------------


def _inbox(
    store: MessageStore, user_id: int, *, accepted: bool = True, before: int | None = None
) -> list[int]:
    found = store.list_of(user_id, accepted=accepted, before=before, limit=50)
    return [listed.conversation.id for listed in found]


def test_what_is_cleared_comes_back_with_the_next_message(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    for _ in range(2):
        say(store, chat, BEN, accepted_by=frozenset({ANN, BEN}))
    store.clear(chat.id, ANN)
    assert (_inbox(store, ANN), _inbox(store, BEN)) == ([], [chat.id])
    mine, other = again(store, chat).members
    assert (mine.cleared_seq, mine.read_seq, other.cleared_seq) == (2, 2, 0)
    say(store, chat, BEN)
    assert _inbox(store, ANN) == [chat.id]
    assert store.unread_of(ANN) == {chat.id: 1}
    for _ in range(2):
        store.clear(chat.id, ANN)
    assert _inbox(store, ANN) == []


def test_who_accepted_a_conversation_keeps_it(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    say(store, chat, ANN, accepted_by=frozenset({ANN}))
    assert (_inbox(store, ANN), _inbox(store, BEN)) == ([chat.id], [])
    assert _inbox(store, BEN, accepted=False) == [chat.id]
    for _ in range(2):
        store.accept(chat.id, BEN)
    assert _inbox(store, BEN) == [chat.id]
    say(store, chat, ANN)
    store.clear(chat.id, BEN)
    say(store, chat, ANN)
    assert all(member.is_accepted for member in again(store, chat).members)
    assert (_inbox(store, BEN), _inbox(store, BEN, accepted=False)) == ([chat.id], [])


def test_a_message_accepts_for_whom_it_names(store: MessageStore) -> None:
    chat = store.open("many", (ANN, BEN, CAT, DAN))
    say(store, chat, ANN, accepted_by=frozenset({ANN, CAT, 99}))
    assert [member.is_accepted for member in again(store, chat).members] == [1, 0, 1, 0]
    assert [member.user_id for member in again(store, chat).others(CAT)] == [ANN, BEN, DAN]


# -- lists -----------------------------------------------------------------------------------------


def test_an_inbox_is_ordered_by_the_last_messages(store: MessageStore) -> None:
    chats = [pair(store, ANN, other) for other in (BEN, CAT, DAN)]
    pair(store, ANN, 15)  # nobody has said anything
    for chat in (*chats, chats[0]):
        last = say(store, chat, ANN, accepted_by=frozenset({ANN}))
    found = store.list_of(ANN, accepted=True, before=None, limit=50)
    order = [chats[0], chats[2], chats[1]]
    assert [listed.conversation for listed in found] == [again(store, chat) for chat in order]
    assert found[0].last_message == last
    assert [listed.rank for listed in found] == sorted({one.rank for one in found}, reverse=True)
    assert store.list_of(ANN, accepted=False, before=None, limit=50) == []
    assert store.list_of(ANN, accepted=True, before=None, limit=2) == found[:2]


def test_pages_of_an_inbox_hold_everything_once(store: MessageStore) -> None:
    """Half of the messages are of the same microsecond."""
    chats = [pair(store, ANN, 100 + number) for number in range(11)]
    for number, chat in enumerate(chats):
        say(store, chat, ANN, sent_us=NOON_US + number // 6)
    found: list[int] = []
    before = None
    while page := store.list_of(ANN, accepted=False, before=before, limit=2):
        found += [listed.conversation.id for listed in page]
        assert len(found) <= len(chats)
        before = page[-1].rank
    assert sorted(found) == sorted(chat.id for chat in chats)
    assert set(found[:5]) == {chat.id for chat in chats[6:]}


def test_what_comes_between_two_pages_moves_nothing_else(store: MessageStore) -> None:
    chats = [pair(store, ANN, 100 + number) for number in range(12)]
    for chat in chats:
        say(store, chat, ANN)
    dice = random.Random(7)
    moved: set[int] = set()
    found: list[int] = []
    before = None
    while page := store.list_of(ANN, accepted=False, before=before, limit=3):
        found += [listed.conversation.id for listed in page]
        assert len(found) <= len(chats)
        before = page[-1].rank
        chat = dice.choice(chats)
        moved.add(chat.id)
        say(store, chat, ANN)
    assert len(found) == len(set(found))
    assert {chat.id for chat in chats} - set(found) <= moved
    order = [chat.id for chat in reversed(chats) if chat.id in found]
    assert found == order


def test_a_clock_that_is_behind_moves_nothing_back(store: MessageStore) -> None:
    one, other = pair(store, ANN, BEN), pair(store, ANN, CAT)
    say(store, other, ANN, sent_us=NOON_US + 5)
    say(store, one, ANN, sent_us=NOON_US + 10)
    before = store.list_of(ANN, accepted=False, before=None, limit=1)[0].rank
    late = say(store, one, ANN, sent_us=NOON_US)
    first, second = store.list_of(ANN, accepted=False, before=None, limit=50)
    assert (first.rank, first.last_message) == (before, late)
    assert second.conversation.id == other.id


# -- history ---------------------------------------------------------------------------------------


def test_history_is_read_in_both_directions(store: MessageStore) -> None:
    chat = pair(store, ANN, BEN)
    said = [say(store, chat, ANN) for _ in range(7)]
    newest = said[::-1]
    assert store.before(chat.id, None, 3) == newest[:3]
    assert store.before(chat.id, 5, 3) == newest[3:6]
    assert store.before(chat.id, 2, 3) == newest[6:]
    assert store.before(chat.id, 1, 3) == []
    assert store.since(chat.id, 0, 3) == said[:3]
    assert store.since(chat.id, 5, 3) == said[5:]
    assert store.since(chat.id, 7, 3) == []


def test_no_number_leads_into_another_conversation(store: MessageStore) -> None:
    chats = [pair(store, ANN, other) for other in (BEN, CAT, DAN)]
    said = {chat.id: say(store, chat, ANN) for chat in chats}
    chat = chats[1]
    mine = [said[chat.id]]
    for far in (2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**62, 2**70):
        assert store.before(chat.id, far, 50) == mine
        assert store.since(chat.id, far, 50) == []
    for far in (0, -1, -(2**32), -(2**70)):
        assert store.before(chat.id, far, 50) == []
        assert store.since(chat.id, far, 50) == mine
    for far in FAR:
        assert store.before(far, None, 50) == []
        assert store.since(far, 0, 50) == []
    assert store.get_many([*FAR, mine[0].id, mine[0].id + 1]) == {mine[0].id: mine[0]}
    assert store.get_many([]) == {}
