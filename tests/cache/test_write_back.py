from __future__ import annotations

from collections.abc import Callable

import pytest

from pigeon.cache import keys, resp, write_back
from pigeon.cache.scripts import Script
from pigeon.cache.write_back_entries import Entry
from pigeon.extensions import state

pytestmark = pytest.mark.usefixtures("app")
ANN, BOB, CAT = 1, 2, 3
TARGET, OTHER = 10, 11

APPEND_BEFORE = Script("""
local base = tonumber(ARGV[4])
local value, before = tonumber(ARGV[3]), base
local found = redis.call('HGET', KEYS[2], ARGV[1])
if found then
  local pending, started = string.match(found, '^(%S+) (%S+)')
  before, base = tonumber(pending), tonumber(started)
  if before == value then return tonumber(redis.call('HGET', KEYS[3], ARGV[2]) or 0) end
end
local id = redis.call('XADD', KEYS[1], '*', 'c', ARGV[5])
redis.call('HSET', KEYS[2], ARGV[1], value .. ' ' .. base .. ' ' .. id)
return redis.call('HINCRBY', KEYS[3], ARGV[2], value - before)
""")
"""As the release before this count was kept here sends it."""

CLEAR_BEFORE = Script("""
local settled = redis.call('GET', KEYS[1])
if settled and settled > ARGV[1] then return 0 end
for at = 2, #ARGV, 3 do
  local found = redis.call('HGET', KEYS[2], ARGV[at])
  if found then
    local value, base, id = string.match(found, '^(%S+) (%S+) (%S+)')
    local change
    if id == ARGV[at + 2] then
      redis.call('HDEL', KEYS[2], ARGV[at])
      change = tonumber(base) - tonumber(value)
    else
      redis.call('HSET', KEYS[2], ARGV[at], value .. ' ' .. ARGV[at + 1] .. ' ' .. id)
      change = tonumber(base) - tonumber(ARGV[at + 1])
    end
    local target = string.match(ARGV[at], ':(%d+)$')
    if redis.call('HINCRBY', KEYS[3], target, change) == 0 then
      redis.call('HDEL', KEYS[3], target)
    end
  end
end
return 1
""")


class Stored:
    """What SQL holds, and what was flushed into it."""

    def __init__(self) -> None:
        self.pairs: dict[tuple[int, int], int] = {}
        self.position = write_back.START

    def count(self, target: int) -> int:
        return sum(value for (_, of), value in self.pairs.items() if of == target)

    def look(self, actor: int, target: int) -> tuple[int, int]:
        return self.pairs.get((actor, target), 0), self.count(target)

    def store(self, upto: str | None = None) -> list[Entry]:
        """The commit of a flush: the last entry of each pair, stored."""
        entries = write_back.read_after(self.position, 10_000)
        entries = [entry for entry in entries if upto is None or entry.position <= upto]
        last = {(entry.actor, entry.target): entry for entry in entries}
        self.pairs.update({pair: entry.value for pair, entry in last.items()})
        self.position = entries[-1].position
        return list(last.values())

    def clear(self, last: list[Entry]) -> None:
        write_back.clear("post", last, self.position, self.counts_of(last))

    def counts_of(self, last: list[Entry]) -> dict[int, int]:
        return {entry.target: self.count(entry.target) for entry in last}

    def flush(self) -> None:
        self.clear(self.store())

    def append(self, actor: int, value: int = 1, target: int = TARGET) -> int:
        look = lambda: self.look(actor, target)  # noqa: E731
        return write_back.append("post", actor, target, value, look)

    def append_before(self, actor: int, value: int = 1, target: int = TARGET) -> int:
        """By the release before: what is stored is added by the caller."""
        names = [keys.JOURNAL.key(), keys.PENDING_PAIRS.key("post")]
        names.append(keys.PENDING_DELTAS.key("post"))
        base, stored = self.look(actor, target)
        entry = f"post:{actor}:{target}:{value}"
        arguments = [f"{actor}:{target}", target, value, base, entry]
        command = APPEND_BEFORE.command(names, arguments)
        (delta,) = APPEND_BEFORE.run(resp.pool(state.url), [command])
        return stored + int(delta)

    def clear_before(self, last: list[Entry]) -> None:
        names = [keys.JOURNAL_SETTLED.key(), keys.PENDING_PAIRS.key("post")]
        names.append(keys.PENDING_DELTAS.key("post"))
        arguments: list[str | int] = [write_back.padded(self.position)]
        for entry in last:
            arguments += [f"{entry.actor}:{entry.target}", entry.value, entry.position]
        command = CLEAR_BEFORE.command(names, arguments)
        CLEAR_BEFORE.run(resp.pool(state.url), [command])

    def read(self, target: int = TARGET) -> int:
        return write_back.overlay("post", None, [target]).count(target, self.count(target))


@pytest.fixture
def sql() -> Stored:
    write_back.reset()
    return Stored()


def waiting(target: int = TARGET) -> int | None:
    """The count as the journal alone knows it."""
    return write_back.overlay("post", None, [target]).counts.get(target)


def first_waiting(sql: Stored) -> str:
    return write_back.read_after(sql.position, 1)[0].position


def late(sql: Stored, meanwhile: Callable[[], None]) -> tuple[int, int]:
    """Ann likes, but `meanwhile` happens after her first look; the answer, and how often."""
    looks = []

    def look() -> tuple[int, int]:
        looks.append(sql.look(ANN, TARGET))
        if len(looks) == 1:
            meanwhile()
        return looks[-1]

    return write_back.append("post", ANN, TARGET, 1, look), len(looks)


# -- a look that is too old ------------------------------------------------------------------------


def test_a_look_from_before_the_last_flush_of_the_pair_is_refused(sql: Stored) -> None:
    def like_and_flush() -> None:
        sql.append(ANN)
        sql.flush()

    assert late(sql, like_and_flush) == (1, 2)
    assert sql.read() == 1


def test_a_look_from_before_the_last_flush_of_the_target_is_refused(sql: Stored) -> None:
    def another_likes() -> None:
        sql.append(BOB)
        sql.flush()

    assert late(sql, another_likes) == (2, 2)
    assert sql.read() == 2


def test_what_is_flushed_elsewhere_refuses_nobody(sql: Stored) -> None:
    def elsewhere() -> None:
        sql.append(BOB, target=OTHER)
        sql.flush()

    assert late(sql, elsewhere) == (1, 1)


@pytest.mark.parametrize("flushes", [0, 1, 5], ids=["older_marks", "forgotten", "long_forgotten"])
def test_a_look_that_is_older_than_what_is_remembered_is_refused(
    sql: Stored, monkeypatch: pytest.MonkeyPatch, flushes: int
) -> None:
    """After each flush that many are remembered the marks turn; after two they are gone."""
    monkeypatch.setattr(write_back, "MARKED", 1)

    def much_happens() -> None:
        sql.append(ANN)
        sql.flush()
        for number in range(flushes):
            sql.append(BOB, number % 2, target=OTHER)
            sql.flush()

    assert late(sql, much_happens) == (1, 2)
    assert sql.read() == 1


def test_not_more_is_remembered_than_twice_the_limit(
    sql: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_back, "MARKED", 20)
    for person in range(200):
        sql.append(person + 1, target=person + 1)
        sql.flush()
    lengths = [state.client.hlen(keys.CLEARED.key("post", *part)) for part in ((), ("old",))]
    assert max(lengths) <= 26
    assert lengths[1] > 0


def test_an_emptied_journal_takes_every_look(sql: Stored) -> None:
    sql.append(ANN)
    sql.flush()
    sql.append(BOB)
    state.client.flushall()
    sql.position = write_back.START
    assert late(sql, lambda: None) == (1, 1)
    sql.flush()
    assert late(sql, lambda: None)[0] == 1


# -- what is taken out -----------------------------------------------------------------------------


def test_a_count_stays_here_while_anything_of_it_waits(sql: Stored) -> None:
    """One more and one less wait: the stored count may be that of neither or of one of them."""
    sql.append(BOB)
    sql.flush()
    sql.append(CAT)
    first = sql.store()
    sql.append(ANN)
    sql.append(BOB, 0)
    sql.clear(first)
    assert waiting() == 2
    some = sql.store(first_waiting(sql))
    assert sql.read() == 2, "Cat and Ann, though all three are stored"
    sql.clear(some)
    sql.flush()
    assert (waiting(), sql.read()) == (None, 2)


def test_a_late_flusher_brings_no_old_base_back(sql: Stored) -> None:
    """A wrong base shows once the count is that of SQL again: Ann is in neither then."""
    sql.append(ANN)
    late_one, upto = sql.store(), sql.position
    sql.append(ANN, 0)
    sql.flush()
    sql.append(BOB)
    sql.append(ANN)
    write_back.clear("post", late_one, upto)
    assert waiting() == 2
    sql.clear(sql.store(first_waiting(sql)))
    assert waiting() == 2


def test_a_late_flusher_brings_no_old_base_back_to_what_waited_all_the_time(sql: Stored) -> None:
    sql.append(ANN)
    late_one, upto = sql.store(), sql.position
    sql.append(ANN, 0)
    second = sql.store()
    sql.append(BOB)
    sql.append(ANN)
    sql.clear(second)
    write_back.clear("post", late_one, upto)
    assert waiting() == 2
    sql.clear(sql.store(first_waiting(sql)))
    assert waiting() == 2


def test_a_late_flusher_brings_no_old_count_back(sql: Stored) -> None:
    sql.append(ANN)
    late_one, upto, counted = sql.store(), sql.position, {TARGET: 1}
    sql.append(BOB)
    sql.flush()
    sql.append(CAT)
    assert waiting() == 3
    write_back.clear("post", late_one, upto, counted)
    assert waiting() == 3


def test_without_a_count_it_moves_by_what_is_taken_out(sql: Stored) -> None:
    sql.append(ANN)
    sql.append(BOB)
    last = sql.store()
    sql.append(CAT)
    write_back.clear("post", last, sql.position)
    assert waiting() == 3
    sql.flush()
    assert (waiting(), sql.read()) == (None, 3)


def test_a_stored_count_that_nobody_journalled_is_seen_at_the_next_flush(sql: Stored) -> None:
    """Somebody's likes were erased while others like without a pause."""
    sql.append(ANN)
    sql.append(BOB)
    sql.flush()
    sql.append(CAT)
    last = sql.store()
    del sql.pairs[ANN, TARGET]
    sql.append(CAT, 0)
    sql.clear(last)
    assert waiting() == 1


def test_thousands_of_one_target_are_taken_out_in_one_step(sql: Stored) -> None:
    for value in (1, 0):  # from here on the server knows the script
        sql.append(CAT, value)
        sql.flush()
    for person in range(1, 2_001):
        sql.append(person)
    last = sql.store()
    before = state.client.info("commandstats")["cmdstat_evalsha"]["calls"]
    sql.clear(last)
    after = state.client.info("commandstats")["cmdstat_evalsha"]["calls"]
    assert (after - before, waiting(), sql.read()) == (1, None, 2_000)
    assert not state.client.exists(keys.PENDING_PAIRS.key("post"))


# -- beside the release before ---------------------------------------------------------------------


def test_both_releases_may_append(sql: Stored) -> None:
    assert sql.append(ANN) == 1
    assert sql.append_before(BOB) == 2
    assert sql.append(CAT) == 3
    assert sql.append_before(ANN, 0) == 2
    assert sql.append(BOB, 0) == 1
    assert sql.read() == 1
    sql.flush()
    assert (waiting(), sql.read()) == (None, 1)


def test_what_the_release_before_left_is_flushed_and_then_counted_here(sql: Stored) -> None:
    assert sql.append_before(ANN) == 1
    assert sql.append(BOB) == 2
    last = sql.store()
    sql.append(CAT)
    sql.clear(last)
    assert (waiting(), sql.read()) == (3, 3)
    assert sql.append(ANN, 0) == 2
    sql.flush()
    assert (waiting(), sql.read()) == (None, 2)


def test_a_flusher_of_the_release_before_understands_what_is_appended(sql: Stored) -> None:
    sql.append(ANN)
    sql.append(BOB)
    last = sql.store()
    assert sql.append(ANN, 0) == 1
    sql.clear_before(last)
    assert (waiting(), sql.read()) == (None, 1), "its sum moved, so the count here is not believed"
    assert sql.append(CAT) == 2
    last = sql.store()
    sql.clear_before(last)
    assert (waiting(), sql.read()) == (None, 2)
    assert sql.append(ANN) == 3
    sql.flush()
    assert (waiting(), sql.read()) == (None, 3)
