"""The judge of the battle for messages finds what it must find, and nothing in honest books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.harness import messages_checks
from tests.harness.messages import (
    LONG_AGO,
    Cursor,
    Ledger,
    Look,
    Reach,
    Rest,
    Screen,
    Sending,
    Side,
)

CHAT = "1-2"
TALK = [("ann", "hello"), ("ben", "hi"), ("ann", "well?"), ("ben", "coo"), ("ben", "coo coo")]
UNSENT = 3
ANN_READ, BEN_READ = 3, 5


@dataclass
class Books:
    """A talk of ann, who has two devices, and ben: five messages, the third one unsent."""

    ledger: Ledger
    rest: Rest

    def faults(self) -> list[str]:
        return messages_checks.check(self.ledger, self.rest)

    def side(self, who: str) -> Side:
        return next(side for side in self.rest.sides if side.who == who)

    def screen(self, device: str) -> Screen:
        return next(screen for screen in self.rest.screens if screen.device == device)

    def change_side(self, who: str, **changes: Any) -> None:
        sides = [replace(s, **changes) if s.who == who else s for s in self.rest.sides]
        self.rest = replace(self.rest, sides=sides)

    def change_screen(self, device: str, **changes: Any) -> None:
        screens = [replace(s, **changes) if s.device == device else s for s in self.rest.screens]
        self.rest = replace(self.rest, screens=screens)


def message(seq: int, *, reader: str, is_deleted: bool | None = None) -> dict[str, Any]:
    sender, text = TALK[seq - 1]
    gone = seq == UNSENT if is_deleted is None else is_deleted
    return {
        "id": str(100 + seq),
        "chat_id": CHAT,
        "seq": seq,
        "from": sender,
        "to": other_of(sender),
        "text": "" if gone else text,
        "is_deleted": gone,
        "client_msg_id": f"key-{seq}" if reader == sender else None,
    }


def other_of(who: str) -> str:
    return "ben" if who == "ann" else "ann"


def history(reader: str) -> list[dict[str, Any]]:
    return [message(seq, reader=reader) for seq in range(1, len(TALK) + 1)]


@pytest.fixture
def books() -> Books:
    ledger = Ledger()
    for seq, (sender, text) in enumerate(TALK, 1):
        sending = Sending(
            key=f"key-{seq}",
            sender=sender,
            recipient=other_of(sender),
            text=text,
            began=seq,
        )
        ledger.send(sending)
        ledger.answered(sending, message(seq, reader=sender, is_deleted=False), at=seq + 0.5)
        look(ledger, other_of(sender), seq, at=seq + 0.6, is_deleted=False)
    ledger.unsent((CHAT, UNSENT), at=10)
    look(ledger, "ben", UNSENT, at=11)
    cursor(ledger, "ann", 2, at=3)
    cursor(ledger, "ann", ANN_READ, at=7)
    sides = [
        Side(
            who=who,
            partner=other_of(who),
            chat_id=CHAT,
            history=history(who),
            unread_count=unread,
            read_up_to=mine,
            their_read_up_to=theirs,
        )
        for who, unread, mine, theirs in (
            ("ann", 2, ANN_READ, BEN_READ),
            ("ben", 0, BEN_READ, ANN_READ),
        )
    ]
    screens = [
        Screen(
            who=who,
            device=device,
            messages={CHAT: {m["seq"]: m for m in history(who)}},
            badges={CHAT: unread},
            total=unread,
        )
        for who, device, unread in (("ann", "ann.1", 2), ("ann", "ann.2", 2), ("ben", "ben.1", 0))
    ]
    return Books(ledger=ledger, rest=Rest(sides=sides, screens=screens))


def look(
    ledger: Ledger, who: str, seq: int, *, at: float, began: float | None = None, **how: Any
) -> None:
    shown = message(seq, reader=who, **how)
    began = at - 0.1 if began is None else began
    ledger.look(Look(who=who, where="history", message=shown, began=began, ended=at))


def cursor(ledger: Ledger, reader: str, value: int, *, at: float, began: float = -1) -> None:
    began = at - 0.1 if began == -1 else began
    ledger.cursor(
        Cursor(reader=reader, chat_id=CHAT, value=value, began=began, ended=at, where="answer")
    )


def reach(ledger: Ledger, who: str, last: int, *, began: float) -> None:
    ledger.reach(Reach(who=who, chat_id=CHAT, last=last, began=began))


# -- honest books ----------------------------------------------------------------------------------


def test_nothing_is_found_in_honest_books(books: Books) -> None:
    assert books.faults() == []


def test_a_frame_that_comes_late_is_no_fault(books: Books) -> None:
    look(books.ledger, "ben", UNSENT, at=12, began=LONG_AGO, is_deleted=False)
    cursor(books.ledger, "ann", 1, at=12, began=LONG_AGO)
    assert books.faults() == []


def test_two_who_write_at_once_may_be_numbered_either_way(books: Books) -> None:
    books.ledger.sendings["key-5"].began = 4.2
    first, second = (books.ledger.sendings[key] for key in ("key-4", "key-5"))
    first.ended, second.ended = 5.8, 5.1
    assert books.faults() == []


def test_who_asks_before_something_is_told_need_not_find_it(books: Books) -> None:
    reach(books.ledger, "ann", 4, began=5.4)
    reach(books.ledger, "ann", 5, began=5.7)
    assert books.faults() == []


# -- cooked books ----------------------------------------------------------------------------------


def lose(books: Books) -> None:
    """The last one is in no history any more, and on no screen."""
    for who in ("ann", "ben"):
        books.change_side(who, history=history(who)[:-1])
    for device, who in (("ann.1", "ann"), ("ann.2", "ann"), ("ben.1", "ben")):
        left = {m["seq"]: m for m in history(who)[:-1]}
        books.change_screen(device, messages={CHAT: left})


def lose_for_one(books: Books) -> None:
    books.change_side("ann", history=history("ann")[:-1])


def leave_a_gap(books: Books) -> None:
    for who in ("ann", "ben"):
        books.change_side(who, history=[m for m in history(who) if m["seq"] != 2])


def double(books: Books) -> None:
    """The same key is stored under the next number, too."""
    for who in ("ann", "ben"):
        again = message(5, reader=who) | {"id": "106", "seq": 6}
        books.change_side(who, history=[*history(who), again])


def answer_twice(books: Books) -> None:
    again = message(5, reader="ben") | {"id": "106", "seq": 6}
    books.ledger.answered(books.ledger.sendings["key-5"], again, at=6)


def reorder_for_one(books: Books) -> None:
    swapped = history("ben")
    swapped[3]["text"], swapped[4]["text"] = swapped[4]["text"], swapped[3]["text"]
    books.change_side("ben", history=swapped)


def reorder_on_one_device(books: Books) -> None:
    shown = {m["seq"]: m for m in history("ann")}
    shown[4], shown[5] = shown[5], shown[4]
    books.change_screen("ann.2", messages={CHAT: shown})


def number_against_time(books: Books) -> None:
    """The fourth was sent after the fifth was acknowledged."""
    books.ledger.sendings["key-4"].began = 6.0
    books.ledger.sendings["key-4"].ended = 6.5


def show_another_at_the_place(books: Books) -> None:
    shown = message(4, reader="ann") | {"id": "999"}
    books.ledger.look(Look(who="ann", where="frame", message=shown, began=LONG_AGO, ended=5))


def resurrect(books: Books) -> None:
    look(books.ledger, "ben", UNSENT, at=12, is_deleted=False)


def keep_what_was_unsent(books: Books) -> None:
    for who in ("ann", "ben"):
        found = history(who)
        found[UNSENT - 1] = message(UNSENT, reader=who, is_deleted=False)
        books.change_side(who, history=found)


def unsend_what_nobody_unsent(books: Books) -> None:
    for who in ("ann", "ben"):
        found = history(who)
        found[0] = message(1, reader=who, is_deleted=True)
        books.change_side(who, history=found)


def turn_the_cursor_back(books: Books) -> None:
    cursor(books.ledger, "ann", 1, at=8)


def find_less_than_was_told(books: Books) -> None:
    """Somebody was shown the fifth, and is not there yet for who asks now."""
    reach(books.ledger, "ann", 4, began=5.7)


def forget_the_cursor(books: Books) -> None:
    books.change_side("ann", read_up_to=2)
    books.change_side("ben", their_read_up_to=2)


def read_past_the_end(books: Books) -> None:
    books.change_side("ben", read_up_to=9)
    books.change_side("ann", their_read_up_to=9)


def tell_another_cursor(books: Books) -> None:
    books.change_side("ben", their_read_up_to=2)


def miss_on_one_device(books: Books) -> None:
    shown = {m["seq"]: m for m in history("ann") if m["seq"] != 5}
    books.change_screen("ann.2", messages={CHAT: shown})


def count_wrong(books: Books) -> None:
    books.change_side("ann", unread_count=3)


def show_another_badge(books: Books) -> None:
    books.change_screen("ann.2", badges={CHAT: 1})


def show_another_total(books: Books) -> None:
    books.change_screen("ann.1", total=3)


def tell_a_key(books: Books) -> None:
    shown = message(1, reader="ben") | {"client_msg_id": "key-1"}
    books.ledger.look(Look(who="ben", where="frame", message=shown, began=LONG_AGO, ended=2))


def change_a_word(books: Books) -> None:
    books.ledger.sendings["key-4"].answers[0]["text"] = "moo"


def never_answer(books: Books) -> None:
    sending = books.ledger.sendings["key-5"]
    sending.ended, sending.answers = None, []


@pytest.mark.parametrize(
    ("cook", "sentence"),
    [
        (lose, "key-5 of ben was acknowledged and is lost"),
        (lose_for_one, "is in 1 histories"),
        (lose_for_one, "is not the same for ann and ben"),
        (leave_a_gap, "ann reads [1, 3, 4, 5]"),
        (double, "key-5 of ben is there 2 times"),
        (answer_twice, "key-5 was stored more than once"),
        (reorder_for_one, "is not the same for ann and ben"),
        (reorder_on_one_device, "ann.2 shows"),
        (number_against_time, "key-4 at 4 is before key-5 at 5"),
        (show_another_at_the_place, "different messages at ('1-2', 4)"),
        (resurrect, "was unsent and came back"),
        (keep_what_was_unsent, "('1-2', 3) is_deleted=False"),
        (unsend_what_nobody_unsent, "('1-2', 1) is_deleted=True"),
        (turn_the_cursor_back, "at 1 went back behind"),
        (find_less_than_was_told, "what ann found in 1-2 at 4 ends before"),
        (forget_the_cursor, "the cursor was at 3 and is at 2"),
        (read_past_the_end, "the cursor is at 9 of 5"),
        (tell_another_cursor, "ben is told 2 of ann, at 3"),
        (miss_on_one_device, "ann.2 does not show [5]"),
        (count_wrong, "3 unread, counted 2"),
        (show_another_badge, "ann.2 shows {'1-2': 1} unread"),
        (show_another_total, "ann.1 shows 3 unread of 2"),
        (tell_a_key, "ben was shown the key of ann"),
        (change_a_word, "'coo' became 'moo'"),
        (never_answer, "key-5 was never acknowledged"),
    ],
)
def test_it_finds_what_is_wrong(books: Books, cook: Callable[[Books], None], sentence: str) -> None:
    cook(books)
    assert any(sentence in fault for fault in books.faults()), books.faults()
