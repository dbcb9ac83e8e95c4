"""What the journal of write-back does in one step each, on the state Redis.

Of a pair that waits `pairs` holds `value base last first`: the pending value, the value that is
stored, its newest entry, and the entry up to which `base` is as stored. Of a target on which
something waits `deltas` holds the sum of `value - base`, and beside it, in the field `<target>=`,
`count delta last since`: the stored count that the sum adds to, the sum again, its newest entry,
and the entry up to which `count` is as stored. The release before writes pairs of three words and
sums without a count: then the two sums differ, and the count is not believed until the next flush.

What a flush takes out leaves a mark in `cleared`, `number clearing`: the value or count that is
stored since. A mark that is younger than what a caller had heard of before it looked (`heard`)
tells that its word is too old. When there are many marks they become `cleared:old`, and those that
were there are forgotten: who has heard of nothing since (`floor`) must look again.
"""

from __future__ import annotations

from pigeon.cache.scripts import Script

_COUNT = """
local function count_of(sums)
  if not (sums[1] and sums[2]) then return nil end
  local count, delta, last, since = string.match(sums[2], '^(%S+) (%S+) (%S+) (%S+)$')
  if delta ~= sums[1] then return nil end
  return tonumber(count), last, since
end
"""

APPEND = Script(
    _COUNT
    + """
local pair, target, value, entry = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local base, stored, heard = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local found = redis.call('HGET', KEYS[2], pair)
local sums = redis.call('HMGET', KEYS[3], target, target .. '=')
local marks = redis.call('HMGET', KEYS[4], 'newest', 'floor', 'turn', pair, target)
local newest = marks[1] or '0'
if heard < tonumber(marks[2] or 0) then return {0, 0, newest} end
local older = {}
if heard < tonumber(marks[3] or 0) then older = redis.call('HMGET', KEYS[5], pair, target) end

local is_old = false
local function corrected(word, mark)
  local number, clearing = string.match(mark or '', '^(%S+) (%S+)$')
  if not number or tonumber(clearing) <= heard then return word end
  is_old = true
  return tonumber(number)
end
if not found then base = corrected(base, marks[4] or older[1]) end
if not sums[1] then stored = corrected(stored, marks[5] or older[2]) end
if is_old and ARGV[8] == '0' then return {0, 0, newest} end

local before, last, first = base, nil, nil
if found then
  before, base, last, first = string.match(found, '^(%S+) (%S+) (%S+) ?(%S*)$')
  before, base = tonumber(before), tonumber(base)
end
local count, _, since = count_of(sums)
local delta = tonumber(sums[1] or 0)
if found and before == value then return {1, (count or stored) + delta, newest} end

local id = redis.call('XADD', KEYS[1], '*', 'c', entry)
local state = value .. ' ' .. base .. ' ' .. id .. ' ' .. (first or id)
redis.call('HSET', KEYS[2], pair, state)
delta = delta + value - before
if not (found or sums[1]) then count, since = stored, id end
if count then
  local whole = count .. ' ' .. delta .. ' ' .. id .. ' ' .. since
  redis.call('HSET', KEYS[3], target, delta, target .. '=', whole)
else
  redis.call('HSET', KEYS[3], target, delta)
  redis.call('HDEL', KEYS[3], target .. '=')
end
return {1, (count or stored) + delta, newest}
"""
)

APPEND_VALUE = Script("""
local pair, value, entry = ARGV[1], ARGV[2], ARGV[3]
local found = redis.call('HGET', KEYS[2], pair)
if found and string.match(found, '^(%S+)') == value then return 0 end
local id = redis.call('XADD', KEYS[1], '*', 'c', entry)
redis.call('HSET', KEYS[2], pair, value .. ' ' .. id)
return 1
""")
"""For a kind whose values are not counted: of its pairs `pairs` holds `value last`."""

# What follows makes room, so it must work in a Redis that has none: a script whose first write
# needs no room is let through to its end (a PERSIST changes nothing in keys without an expiry).

BEGIN = Script("""
redis.call('PERSIST', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
""")

CLEAR = Script(
    _COUNT
    + """
local settled = redis.call('GET', KEYS[1])
if settled and settled > ARGV[1] then return 0 end
redis.call('PERSIST', KEYS[2])
local upto = ARGV[2]
local function is_before(a, b)
  local a_ms, a_number = string.match(a, '^(%d+)-(%d+)$')
  local b_ms, b_number = string.match(b, '^(%d+)-(%d+)$')
  if a_ms ~= b_ms then return tonumber(a_ms) < tonumber(b_ms) end
  return tonumber(a_number) < tonumber(b_number)
end

local time = redis.call('TIME')
local clearing = tonumber(time[1]) * 1000000 + tonumber(time[2])
local newest = tonumber(redis.call('HGET', KEYS[4], 'newest') or 0)
clearing = string.format('%.0f', math.max(clearing, newest + 1))
redis.call('HSET', KEYS[4], 'newest', clearing)
local marks = {}
local function mark(name, number)
  marks[#marks + 1] = name
  marks[#marks + 1] = number .. ' ' .. clearing
end

local function clear_pairs(at, target, size)
  local names, moved, gone = {}, 0, {}
  for n = 1, size do names[n] = ARGV[at + 3 * n] .. ':' .. target end
  local states = redis.call('HMGET', KEYS[2], unpack(names))
  for n = 1, size do
    local stored, id = ARGV[at + 3 * n + 1], ARGV[at + 3 * n + 2]
    local pattern = '^(%S+) (%S+) (%S+) ?(%S*)$'
    local value, base, last, first = string.match(states[n] or '', pattern)
    if last == id then
      gone[#gone + 1] = names[n]
      mark(names[n], value)
      moved = moved + value - base
    elseif last and (first == '' or not is_before(id, first)) then
      local state = value .. ' ' .. stored .. ' ' .. last .. ' ' .. id
      redis.call('HSET', KEYS[2], names[n], state)
      moved = moved + stored - base
    end
  end
  if gone[1] then redis.call('HDEL', KEYS[2], unpack(gone)) end
  return moved, gone[1]
end

local function clear_target(target, exact, moved, is_gone)
  local sums = redis.call('HMGET', KEYS[3], target, target .. '=')
  local count, last, since = count_of(sums)
  local delta = tonumber(sums[1] or 0) - moved
  if count and exact and not is_before(upto, since) then
    count, since = exact, upto
  elseif count then
    count = count + moved
  elseif exact and sums[1] and delta ~= 0 then
    local left = redis.call('XREVRANGE', KEYS[6], '+', '-', 'COUNT', 1)[1]
    count, since, last = exact, upto, left and left[1] or upto
  end
  if count and is_before(upto, last) then
    local whole = count .. ' ' .. delta .. ' ' .. last .. ' ' .. since
    redis.call('HSET', KEYS[3], target, delta, target .. '=', whole)
  elseif count or delta == 0 or not sums[1] then
    redis.call('HDEL', KEYS[3], target, target .. '=')
    count = count or exact
    if is_gone and count then mark(target, count) end
  else
    redis.call('HSET', KEYS[3], target, delta)
    redis.call('HDEL', KEYS[3], target .. '=')
  end
end

local at = 4
while at <= #ARGV do
  local target, exact, size = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  clear_target(target, exact, clear_pairs(at, target, size))
  if marks[1] then redis.call('HSET', KEYS[4], unpack(marks)) end
  marks = {}
  at = at + 3 + 3 * size
end

if redis.call('HLEN', KEYS[4]) > tonumber(ARGV[3]) then
  local floor = redis.call('HGET', KEYS[5], 'newest') or '0'
  redis.call('UNLINK', KEYS[5])
  redis.call('RENAME', KEYS[4], KEYS[5])
  redis.call('HSET', KEYS[4], 'newest', clearing, 'turn', clearing, 'floor', floor)
end
return 1
"""
)

CLEAR_VALUES = Script("""
redis.call('PERSIST', KEYS[1])
for at = 1, #ARGV, 2 do
  local state = redis.call('HGET', KEYS[1], ARGV[at]) or ''
  if string.match(state, ' (%S+)$') == ARGV[at + 1] then redis.call('HDEL', KEYS[1], ARGV[at]) end
end
return 1
""")

PARK = Script("""
redis.call('PERSIST', KEYS[1])
redis.call('SADD', KEYS[2], ARGV[1])
for at = 3, #ARGV, 2 do
  redis.call('XADD', KEYS[1], '*', 'p', ARGV[at], 'b', ARGV[2], 'c', ARGV[at + 1])
end
return 1
""")

FORGET_PARKED = Script("""
for at = 2, #ARGV do redis.call('XDEL', KEYS[1], ARGV[at]) end
if redis.call('XLEN', KEYS[1]) == 0 then
  redis.call('DEL', KEYS[1])
  redis.call('SREM', KEYS[2], ARGV[1])
end
return 1
""")

KEEP_AHEAD = Script("""
local info = redis.call('XINFO', 'STREAM', KEYS[1])
for at = 1, #info, 2 do
  if info[at] == 'last-generated-id' then
    local ms, number = string.match(info[at + 1], '^(%d+)-(%d+)$')
    local ahead = tonumber(ms) - tonumber(ARGV[1])
    if ahead == 0 then ahead = tonumber(number) - tonumber(ARGV[2]) end
    if ahead >= 0 then return 0 end
  end
end
redis.call('PERSIST', KEYS[1])
redis.call('XSETID', KEYS[1], ARGV[1] .. '-' .. ARGV[2])
return 1
""")

TRIM = Script("""
local settled = redis.call('GET', KEYS[1])
redis.call('XTRIM', KEYS[2], 'MINID', ARGV[2])
if not settled or settled < ARGV[1] then redis.call('SET', KEYS[1], ARGV[1]) end
return 1
""")
