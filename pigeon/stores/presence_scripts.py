"""The Lua that keeps who is there: one word a person, made from all of their connections.

Each script begins with the same functions. What somebody's word is, and when it changes although
nobody does anything, is worked out in one place, `look`; `settle` stores it and tells the bus in
the same step, so that what is told cannot overtake what is stored.
"""

from __future__ import annotations

from pigeon.cache.scripts import Script

_COMMON = """
local HERE, PROCESS, MINE, SHOWN, DUE = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local SEEN, PROCESSES, BUS, LATELY = KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local now, idle, hidden, left = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]),
  tonumber(ARGV[4])
local lives, changed = {}, {}

local function is_alive(process)
  if lives[process] == nil then
    lives[process] = redis.call('EXISTS', string.format(PROCESS, process)) == 1
  end
  return lives[process]
end

local function time_of(input)
  local at = math.abs(tonumber(input))
  return at > 1 and at or 0
end

local function active_until(input)
  if input < 0 then return hidden - input end
  return input + idle
end

local function look(user)
  local parts = redis.call('HGETALL', string.format(HERE, user))
  local active, here, last, count = 0, 0, 0, 0
  for at = 1, #parts, 2 do
    local input, left_at = string.match(parts[at + 1], '^(-?%d+) ?(%d*)$')
    input = tonumber(input)
    if parts[at] == '-' then
      local ends = tonumber(left_at) + left
      here = math.max(here, ends)
      active = math.max(active, math.min(active_until(input), ends))
      last = math.max(last, time_of(input))
    elseif is_alive(string.match(parts[at], '^[^|]+')) then
      here = math.huge
      active = math.max(active, active_until(input))
      last = math.max(last, time_of(input))
      count = count + 1
    end
  end
  local word, due = '', nil
  if here > now then
    if active > now then word, due = 'available', active else word, due = 'away', here end
  end
  return word, due, last, count
end

local function settle(user)
  local word, due, last, count = look(user)
  local before = redis.call('HGET', SHOWN, user) or ''
  if word == '' then
    redis.call('HDEL', string.format(HERE, user), '-')
    redis.call('HDEL', SHOWN, user)
  elseif word ~= before then
    redis.call('HSET', SHOWN, user, word)
  end
  if due and due < math.huge then
    redis.call('ZADD', DUE, due, user)
  else
    redis.call('ZREM', DUE, user)
  end
  if word ~= before then changed[#changed + 1] = user end
  return count
end

local function tell()
  if #changed > 0 then
    local ids = table.concat(changed, ',')
    redis.call('PUBLISH', BUS, '{"method":"presence.changed","user_ids":[' .. ids .. ']}')
  end
end
"""

LOOK = Script(
    _COMMON
    + """
local answer = {}
for at = 5, #ARGV do
  local word, _, last = look(ARGV[at])
  answer[#answer + 1] = word
  answer[#answer + 1] = math.max(last, tonumber(redis.call('ZSCORE', SEEN, ARGV[at]) or 0))
end
return answer
"""
)
"""Word and last input of each person asked; it writes nothing."""

WRITE = Script(
    _COMMON
    + """
local me = ARGV[5]
if not is_alive(me) then return false end
local mine, answer, people = string.format(MINE, me), {}, {}
for at = 6, #ARGV, 3 do
  local user, socket, input = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local here, field = string.format(HERE, user), me .. '|' .. socket
  if input ~= '' then
    redis.call('HSET', mine, socket, user)
    redis.call('HSET', here, field, input)
    redis.call('HDEL', here, '-')
    if time_of(input) > 0 then redis.call('ZADD', SEEN, 'GT', time_of(input), user) end
  else
    redis.call('HDEL', mine, socket)
    local last = redis.call('HGET', here, field)
    if last then
      redis.call('HDEL', here, field)
      redis.call('HSET', here, '-', last .. ' ' .. ARGV[1])
    end
  end
  people[#people + 1] = user
end
for at, user in ipairs(people) do answer[at] = settle(user) end
tell()
return answer
"""
)
"""Sockets that came, went or had an input: how many each person has now, on all processes.

False when the process has no lease any more: what it wrote would be swept by nobody.

Whoever leaves has their moment of grace also beside other sockets: those may be of a process that
was killed, and end with its lease in the middle of a reload.
"""

SWEEP = Script(
    _COMMON
    + """
local most, done = tonumber(ARGV[5]), 0
local people = {}
for _, process in ipairs(redis.call('SMEMBERS', PROCESSES)) do
  if not is_alive(process) and done < most then
    local mine = string.format(MINE, process)
    local held = redis.call('HRANDFIELD', mine, most - done, 'WITHVALUES')
    for at = 1, #held, 2 do
      redis.call('HDEL', mine, held[at])
      redis.call('HDEL', string.format(HERE, held[at + 1]), process .. '|' .. held[at])
      people[#people + 1] = held[at + 1]
      done = done + 1
    end
    if redis.call('EXISTS', mine) == 0 then redis.call('SREM', PROCESSES, process) end
  end
end
local due = redis.call('ZRANGEBYSCORE', DUE, '-inf', ARGV[1], 'LIMIT', 0, most)
for _, user in ipairs(due) do people[#people + 1] = user end
for _, user in ipairs(people) do settle(user) end
tell()
redis.call('SET', LATELY, '1', 'PX', 5000)
return math.max(done, #due)
"""
)
"""Remove what processes held whose lease ended, and settle whose word changed by itself.

The number of people in the larger part of it: as many as were allowed means that there is more.
"""

FORGET = Script("""
for at = 1, #ARGV, 2 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[at])
  if score and tonumber(score) <= tonumber(ARGV[at + 1]) then
    redis.call('ZREM', KEYS[1], ARGV[at])
  end
end
return 0
""")
"""Forget times that are stored elsewhere by now, unless they grew meanwhile."""
