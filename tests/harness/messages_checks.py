"""What must be true of messages, whatever was killed while they were sent.

Each check answers sentences about what is violated. `check` runs them all; tests of these checks
are `tests/test_messages_checks.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from tests.harness.messages import Cursor, Ledger, Look, Place, Rest, Screen, Sending, Side
from tests.harness.messages_moments import Told, never_back, never_behind

Found = Iterator[str]
Message = dict[str, Any]


def check(ledger: Ledger, rest: Rest) -> list[str]:
    """All that is violated, in sentences."""
    return [
        *answers(ledger),
        *places(ledger),
        *secrets(ledger),
        *stubs(ledger),
        *order(ledger),
        *cursors(ledger),
        *reaches(ledger),
        *histories(ledger, rest),
        *screens(rest),
        *counts(ledger, rest),
    ]


# -- while it goes on ------------------------------------------------------------------------------


def answers(ledger: Ledger) -> Found:
    """Everything was acknowledged, with what was sent, and repeating it never said otherwise."""
    for sending in ledger.sendings.values():
        if sending.ended is None:
            yield f"{sending.key} was never acknowledged"
        for message in sending.answers:
            asked = (sending.sender, sending.recipient, sending.key)
            if (message["from"], message["to"], message["client_msg_id"]) != asked:
                yield f"{sending.key}: the answer is of another message: {message}"
            if message["text"] != sending.text and not message["is_deleted"]:
                yield f"{sending.key}: {sending.text!r} became {message['text']!r}"
        if len({(m["id"], m["chat_id"], m["seq"]) for m in sending.answers}) > 1:
            yield f"{sending.key} was stored more than once: {sending.answers}"


def places(ledger: Ledger) -> Found:
    """At a place everybody sees the same message, and no message is at two places."""
    at: dict[Place, set[tuple[Any, ...]]] = defaultdict(set)
    of: dict[str, set[Place]] = defaultdict(set)
    for look in _all_looks(ledger):
        message = look.message
        at[look.place].add((message["id"], message["from"], message["to"]))
        of[message["id"]].add(look.place)
    for place, seen in at.items():
        if len(seen) > 1:
            yield f"different messages at {place}: {sorted(seen)}"
    for message_id, found in of.items():
        if len(found) > 1:
            yield f"message {message_id} is at {sorted(found)}"
    yield from _one_text_each(ledger)


def _one_text_each(ledger: Ledger) -> Found:
    texts: dict[Place, set[str]] = defaultdict(set)
    for look in _all_looks(ledger):
        if not look.message["is_deleted"]:
            texts[look.place].add(look.message["text"])
    for place, found in texts.items():
        if len(found) > 1:
            yield f"{place} reads {sorted(found)}"


def secrets(ledger: Ledger) -> Found:
    """The key of a message is shown to its sender alone."""
    for look in ledger.looks:
        message = look.message
        if message["client_msg_id"] is not None and message["from"] != look.who:
            yield f"{look.who} was shown the key of {message['from']}: {message}"


def stubs(ledger: Ledger) -> Found:
    """Once somebody was shown a stub, nobody is shown a text there that was asked for later."""
    since: dict[Place, float] = {}
    for unsending in ledger.unsendings:
        since[unsending.place] = min(since.get(unsending.place, unsending.ended), unsending.ended)
    for look in ledger.looks:
        if look.message["is_deleted"]:
            since[look.place] = min(since.get(look.place, look.ended), look.ended)
    for look in ledger.looks:
        if not look.message["is_deleted"] and look.began > since.get(look.place, look.began):
            yield f"{look.place} was unsent and came back in {look.where} of {look.who}"


def order(ledger: Ledger) -> Found:
    """Who writes after another message was acknowledged comes after it."""
    chats: dict[str, list[tuple[Sending, int]]] = defaultdict(list)
    for sending in ledger.sendings.values():
        if sending.ended is not None:
            first = sending.answers[0]
            chats[first["chat_id"]].append((sending, first["seq"]))
    for sent in chats.values():
        moments = [(one.began, one.ended, seq, one.key) for one, seq in sent]
        yield from never_back(moments, "is before", is_strict=True)


def cursors(ledger: Ledger) -> Found:
    """An answer never shows less than what anybody was shown before it was asked for."""
    found: dict[tuple[str, str], list[Cursor]] = defaultdict(list)
    for cursor in ledger.cursors:
        found[cursor.reader, cursor.chat_id].append(cursor)
    for (reader, chat_id), seen in found.items():
        what = f"cursor of {reader} in {chat_id}"
        moments = [(one.began, one.ended, one.value, f"{what} ({one.where})") for one in seen]
        yield from never_back(moments, "went back behind", is_strict=False)


def reaches(ledger: Ledger) -> Found:
    """Whoever asks for what is new finds all that anybody was told of before."""
    told: dict[str, list[Told]] = defaultdict(list)
    for look in _all_looks(ledger):
        chat_id, seq = look.place
        told[chat_id].append((look.ended, seq, f"what {look.who} was told in {look.where}"))
    asked: dict[str, list[Told]] = defaultdict(list)
    for reach in ledger.reaches:
        name = f"what {reach.who} found in {reach.chat_id}"
        asked[reach.chat_id].append((reach.began, reach.last, name))
    for chat_id, found in asked.items():
        yield from never_behind(found, told[chat_id], "ends before", is_strict=False)


# -- at rest ---------------------------------------------------------------------------------------


def histories(ledger: Ledger, rest: Rest) -> Found:
    """Both read the same, numbered without gaps; each acknowledged message once and no other."""
    by_chat: dict[str, list[Side]] = defaultdict(list)
    for side in rest.sides:
        by_chat[side.chat_id].append(side)
        numbers = [message["seq"] for message in side.history]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{side.who} reads {numbers} with {side.partner}"
    for chat_id, (side, *others) in by_chat.items():
        for other in others:
            if list(map(_plain, side.history)) != list(map(_plain, other.history)):
                yield f"{chat_id} is not the same for {side.who} and {other.who}"
    yield from _exactly_once(ledger, rest)
    yield from _stand(ledger, rest)


def _plain(message: Message) -> Message:
    """Without what is its sender's alone."""
    return {name: value for name, value in message.items() if name != "client_msg_id"}


def _exactly_once(ledger: Ledger, rest: Rest) -> Found:
    for who in {side.who for side in rest.sides}:
        sides = list(rest.sides_of(who))
        mine = Counter(m["client_msg_id"] for s in sides for m in s.history if m["from"] == who)
        wanted = {key: one for key, one in ledger.sendings.items() if one.sender == who}
        for key, times in mine.items():
            if times > 1:
                yield f"{key} of {who} is there {times} times"
            if key not in wanted:
                yield f"{who} never sent {key}"
        for key, sending in wanted.items():
            if sending.ended is not None and key not in mine:
                yield f"{key} of {who} was acknowledged and is lost"
    all_of_them = [m["id"] for side in rest.sides for m in side.history]
    for message_id, times in Counter(all_of_them).items():
        if times != 2:
            yield f"message {message_id} is in {times} histories"


def _stand(ledger: Ledger, rest: Rest) -> Found:
    """What was unsent is a stub, and nothing else is."""
    unsent = {one.place for one in ledger.unsendings}
    for side in rest.sides:
        for message in side.history:
            place = (side.chat_id, message["seq"])
            if message["is_deleted"] != (place in unsent):
                yield f"{place} is_deleted={message['is_deleted']} for {side.who}"
            if message["is_deleted"] and message["text"]:
                yield f"the stub {place} says {message['text']!r} to {side.who}"


def screens(rest: Rest) -> Found:
    """Each device shows each message of its person's conversations once, in its place."""
    for screen in rest.screens:
        for side in rest.sides_of(screen.who):
            shown = screen.messages.get(side.chat_id, {})
            truth = {message["seq"]: message for message in side.history}
            if missing := sorted(truth.keys() - shown.keys()):
                yield f"{screen.device} does not show {missing} with {side.partner}"
            if invented := sorted(shown.keys() - truth.keys()):
                yield f"{screen.device} shows {invented} with {side.partner}"
            for seq in truth.keys() & shown.keys():
                yield from _shown_right(screen, shown[seq], truth[seq])


def _shown_right(screen: Screen, shown: Message, truth: Message) -> Found:
    if shown["id"] != truth["id"]:
        yield f"{screen.device} shows {shown} instead of {truth}"
    if shown["is_deleted"] and not truth["is_deleted"]:
        yield f"{screen.device} shows a stub instead of {truth}"
    if not truth["is_deleted"] and shown["text"] != truth["text"]:
        yield f"{screen.device} shows {shown['text']!r} instead of {truth['text']!r}"


def counts(ledger: Ledger, rest: Rest) -> Found:
    """Unread is what a history says beyond the cursor, at the API and on every device."""
    reached = _reached(ledger.cursors)
    for side in rest.sides:
        yield from _counted_right(side, reached.get((side.who, side.chat_id), 0))
    for screen in rest.screens:
        mine = {side.chat_id: unread_of(side) for side in rest.sides_of(screen.who)}
        shown = {chat_id: count for chat_id, count in screen.badges.items() if count}
        if shown != {chat_id: count for chat_id, count in mine.items() if count}:
            yield f"{screen.device} shows {shown} unread, which are {mine}"
        if screen.total != sum(mine.values()):
            yield f"{screen.device} shows {screen.total} unread of {sum(mine.values())}"
    yield from _receipts(rest)


def unread_of(side: Side) -> int:
    """Counted from the history alone."""
    return sum(
        message["seq"] > side.read_up_to
        and message["from"] != side.who
        and not message["is_deleted"]
        for message in side.history
    )


def _counted_right(side: Side, reached: int) -> Found:
    what = f"{side.who} with {side.partner}"
    if side.unread_count != unread_of(side):
        yield f"{what}: {side.unread_count} unread, counted {unread_of(side)}"
    if side.read_up_to < reached:
        yield f"{what}: the cursor was at {reached} and is at {side.read_up_to}"
    if side.read_up_to > len(side.history):
        yield f"{what}: the cursor is at {side.read_up_to} of {len(side.history)}"


def _reached(seen: Iterable[Cursor]) -> dict[tuple[str, str], int]:
    """The highest value that anybody was shown."""
    found: dict[tuple[str, str], int] = {}
    for cursor in seen:
        who = (cursor.reader, cursor.chat_id)
        found[who] = max(found.get(who, 0), cursor.value)
    return found


def _receipts(rest: Rest) -> Found:
    """What I am told of my partner's cursor is where it is."""
    at = {(side.who, side.chat_id): side.read_up_to for side in rest.sides}
    for side in rest.sides:
        theirs = at.get((side.partner, side.chat_id))
        if side.their_read_up_to not in (None, theirs):
            yield f"{side.who} is told {side.their_read_up_to} of {side.partner}, at {theirs}"


def _all_looks(ledger: Ledger) -> Iterator[Look]:
    """What was shown, and what was answered to who sent it."""
    yield from ledger.looks
    for sending in ledger.sendings.values():
        for message in sending.answers:
            yield Look(
                who=sending.sender,
                where="answer",
                message=message,
                began=sending.began,
                ended=sending.ended or sending.began,
            )
