/*
 * The one script that changes jobs in Redis, so that each change is one step: what `advance-job.ts` says, in Lua. All
 * keys begin with KEYS[1], which has a hash tag. A job's name is the 22 characters of its owner's hash, and its id.
 *
 * job:NAME      the job: state, attempts, times, order, outcome
 * log:NAME      its latest events, a stream
 * of:OWNER      names of an owner's jobs, by age
 * line:OWNER    names of those that wait to be started, the next first
 * turns         owners with such jobs, the next first
 * due, expires, leases, kept   names by the time at which something happens to them
 * final:OWNER   names of final jobs, the oldest first
 * finals        owners by the bytes of their final jobs
 * counts        owners by the number of their final jobs
 * running       number of running jobs by owner
 * outbox        names of final jobs whose webhook has not been handed on
 * tally         counts
 *
 * Times are milliseconds of Redis' own clock, the only one that all hosts share.
 */

const parts = String.raw`
local P = KEYS[1]
local call = redis.call
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local most_jobs, most_bytes = tonumber(ARGV[2]), tonumber(ARGV[3])
local LOG_BYTES, EVENT_BYTES, MOST_STARTS, AT_ONCE = 65536, 128, 2, 100

local function job(name) return P .. 'job:' .. name end
local function owner_of(name) return string.sub(name, 1, 22) end
local function int(value) return tonumber(value or 0) or 0 end
local function count(field, by) return call('HINCRBY', P .. 'tally', field, by) end

local function append(name, event, data, bytes)
  local log = P .. 'log:' .. name
  local number = call('HINCRBY', job(name), 'events', 1)
  call('XADD', log, number .. '-0', 'e', event, 'd', data, 's', bytes)
  local held = call('HINCRBY', job(name), 'log', bytes)
  while held > LOG_BYTES do
    local first = call('XRANGE', log, '-', '+', 'COUNT', 2)
    if #first < 2 then break end
    held = call('HINCRBY', job(name), 'log', -int(first[1][2][6]))
    call('XDEL', log, first[1][1])
  end
end

local function become(name, before, after, attempts)
  call('HSET', job(name), 'state', after)
  if before then count('state:' .. before, -1) end
  count('state:' .. after, 1)
  append(name, 'state', '{"state":"' .. after .. '","attempts":' .. attempts .. '}', EVENT_BYTES)
  call('PUBLISH', P .. 'news:' .. name, after)
end

local function enqueue(name)
  local owner = owner_of(name)
  local fields = call('HMGET', job(name), 'priority', 'seq', 'expires')
  call('ZADD', P .. 'line:' .. owner, (9 - int(fields[1])) * 2 ^ 40 + int(fields[2]), name)
  call('ZADD', P .. 'expires', int(fields[3]), name)
  if not call('ZSCORE', P .. 'turns', owner) then call('ZADD', P .. 'turns', count('turn', 1), owner) end
end

local function leave_line(name)
  local owner = owner_of(name)
  call('ZREM', P .. 'line:' .. owner, name)
  call('ZREM', P .. 'due', name)
  call('ZREM', P .. 'expires', name)
  if call('EXISTS', P .. 'line:' .. owner) == 0 then call('ZREM', P .. 'turns', owner) end
end

local function leave_worker(name)
  call('ZREM', P .. 'leases', name)
  if call('HINCRBY', P .. 'running', owner_of(name), -1) <= 0 then call('HDEL', P .. 'running', owner_of(name)) end
end

local function forget(name)
  local owner = owner_of(name)
  local fields = call('HMGET', job(name), 'state', 'bytes')
  call('DEL', job(name), P .. 'log:' .. name)
  for _, key in ipairs({ 'of:' .. owner, 'final:' .. owner, 'kept', 'outbox' }) do call('ZREM', P .. key, name) end
  if call('EXISTS', P .. 'final:' .. owner) == 1 then
    call('ZINCRBY', P .. 'finals', -int(fields[2]), owner)
    call('ZINCRBY', P .. 'counts', -1, owner)
  else
    call('ZREM', P .. 'finals', owner)
    call('ZREM', P .. 'counts', owner)
  end
  if not fields[1] then return end
  count('state:' .. fields[1], -1)
  count('jobs', -1)
  count('final_bytes', -int(fields[2]))
end

local function make_room()
  for _ = 1, AT_ONCE * 10 do
    local tally = call('HMGET', P .. 'tally', 'jobs', 'open_bytes', 'final_bytes')
    if int(tally[1]) <= most_jobs and int(tally[2]) + int(tally[3]) <= most_bytes then return end
    -- Too many are made fewer at the expense of who has the most; too large ones of who has the most bytes.
    local owners = int(tally[1]) > most_jobs and 'counts' or 'finals'
    local owner = call('ZREVRANGE', P .. owners, 0, 0)[1]
    local oldest = owner and call('ZRANGE', P .. 'final:' .. owner, 0, 0)[1]
    if not oldest then return end
    forget(oldest)
  end
end

-- The one way into a final state: whoever comes second finds the job final.
local function settle(name, before, after, outcome, bytes)
  local owner = owner_of(name)
  local fields = call('HMGET', job(name), 'bytes', 'retention', 'attempts', 'webhook')
  if before == 'running' then leave_worker(name) else leave_line(name) end
  call('HDEL', job(name), 'order')
  become(name, before, after, fields[3])
  bytes = bytes + int(call('HGET', job(name), 'log'))
  call('HSET', job(name), 'ended', now, 'bytes', bytes)
  if outcome then call('HSET', job(name), 'outcome', outcome) end
  count('open', -1)
  count('open_bytes', -int(fields[1]))
  count('final_bytes', bytes)
  if call('HINCRBY', P .. 'open', owner, -1) <= 0 then call('HDEL', P .. 'open', owner) end
  if call('HINCRBY', P .. 'open_bytes', owner, -int(fields[1])) <= 0 then call('HDEL', P .. 'open_bytes', owner) end
  call('ZADD', P .. 'final:' .. owner, now, name)
  call('ZINCRBY', P .. 'finals', bytes, owner)
  call('ZINCRBY', P .. 'counts', 1, owner)
  call('ZADD', P .. 'kept', now + int(fields[2]) * 1000, name)
  if fields[4] then call('ZADD', P .. 'outbox', now, name) end
  make_room()
end

local SMALL = 4096

local function requeue(name)
  leave_worker(name)
  become(name, 'running', 'queued', call('HGET', job(name), 'attempts'))
  enqueue(name)
end

local function is_current(name, attempt)
  local fields = call('HMGET', job(name), 'state', 'attempts')
  return fields[1] == 'running' and int(fields[2]) == int(attempt)
end

local function lose(name)
  local fields = call('HMGET', job(name), 'attempts', 'repeatable')
  if int(fields[1]) < MOST_STARTS and fields[2] == '1' then
    requeue(name)
  else
    settle(name, 'running', 'lost', nil, SMALL)
  end
end

local function before_now(key) return call('ZRANGEBYSCORE', P .. key, '-inf', now, 'LIMIT', 0, AT_ONCE) end

-- What time alone does to jobs; a bounded part of it with each call.
local function tidy()
  for _, name in ipairs(before_now('expires')) do
    local state = call('HGET', job(name), 'state')
    if state == 'queued' or state == 'delayed' then settle(name, state, 'expired', nil, SMALL) end
    call('ZREM', P .. 'expires', name)
  end
  for _, name in ipairs(before_now('due')) do
    call('ZREM', P .. 'due', name)
    become(name, 'delayed', 'queued', 0)
    enqueue(name)
  end
  for _, name in ipairs(before_now('kept')) do forget(name) end
end
`;

const submit = String.raw`
local function read_orders(owner, from)
  local orders, fresh, size = {}, {}, 0
  for at = from, #ARGV, 11 do
    local name = owner .. ARGV[at]
    local digest = call('HGET', job(name), 'digest') or (fresh[name] and fresh[name].digest)
    if digest and digest ~= ARGV[at + 1] then return nil end
    local order = {
      name = name, id = ARGV[at], digest = ARGV[at + 1], share = ARGV[at + 2], priority = ARGV[at + 3],
      retention = ARGV[at + 4], delay = tonumber(ARGV[at + 5]), waits = tonumber(ARGV[at + 6]),
      repeatable = ARGV[at + 7], bytes = int(ARGV[at + 8]), order = ARGV[at + 9], webhook = ARGV[at + 10],
    }
    if not digest then
      fresh[name] = order
      table.insert(orders, order)
      size = size + order.bytes
    end
  end
  return orders, size
end

local function add(owner, order)
  local name, seq = order.name, count('seq', 1)
  local state = order.delay > 0 and 'delayed' or 'queued'
  local due, expires = now + math.floor(order.delay * 1000), now + math.floor(order.waits * 1000)
  call('HSET', job(name), 'id', order.id, 'state', state, 'attempts', 0, 'priority', order.priority,
    'share', order.share, 'digest', order.digest, 'retention', order.retention, 'repeatable', order.repeatable,
    'created', now, 'due', due, 'expires', expires, 'bytes', order.bytes, 'order', order.order, 'seq', seq,
    'events', 0, 'log', 0)
  if order.webhook ~= '' then call('HSET', job(name), 'webhook', order.webhook) end
  call('ZADD', P .. 'of:' .. owner, seq, name)
  count('jobs', 1)
  count('open', 1)
  count('open_bytes', order.bytes)
  call('HINCRBY', P .. 'open', owner, 1)
  call('HINCRBY', P .. 'open_bytes', owner, order.bytes)
  if state == 'queued' then
    enqueue(name)
  else
    call('ZADD', P .. 'due', due, name)
    call('ZADD', P .. 'expires', expires, name)
  end
  become(name, nil, state, 0)
end

-- Of jobs that are not final an owner may have as much as it leaves free.
local function submit(owner)
  tidy()
  local orders, size = read_orders(owner, 5)
  if not orders then return 'used' end
  if #orders == 0 then return 'ok' end
  local tally = call('HMGET', P .. 'tally', 'open', 'open_bytes')
  local own, own_bytes = int(call('HGET', P .. 'open', owner)), int(call('HGET', P .. 'open_bytes', owner))
  if own + #orders > math.max(most_jobs - int(tally[1]), 1) then return 'jobs' end
  if own_bytes + size > math.max(most_bytes - int(tally[2]), 262144) then return 'size' end
  for _, order in ipairs(orders) do add(owner, order) end
  make_room()
  return 'ok'
end
return submit(ARGV[4])
`;

const rest = String.raw`
local function claim(worker, lease)
  tidy()
  for _, owner in ipairs(call('ZRANGE', P .. 'turns', 0, -1)) do
    local name = call('ZRANGE', P .. 'line:' .. owner, 0, 0)[1]
    local share = name and tonumber(call('HGET', job(name), 'share'))
    if name and (not share or int(call('HGET', P .. 'running', owner)) < share) then
      leave_line(name)
      if call('EXISTS', P .. 'line:' .. owner) == 1 then call('ZADD', P .. 'turns', count('turn', 1), owner) end
      local attempts = call('HINCRBY', job(name), 'attempts', 1)
      call('HSET', job(name), 'started', now, 'worker', worker)
      call('HINCRBY', P .. 'running', owner, 1)
      call('ZADD', P .. 'leases', now + lease, name)
      become(name, 'queued', 'running', attempts)
      return { name, attempts, call('HGET', job(name), 'order') }
    end
  end
  return nil
end

-- ARGV from 5 on: name, attempt, …; returns for each whether the attempt still counts.
local function renew(lease)
  local current = {}
  for at = 5, #ARGV, 2 do
    local is = is_current(ARGV[at], ARGV[at + 1])
    if is then call('ZADD', P .. 'leases', now + lease, ARGV[at]) end
    table.insert(current, is and 1 or 0)
  end
  return current
end

-- ARGV from 6 on: stream, text, …; ARGV[5] is the number of events that were dropped before them.
local function write_log(name, attempt, from)
  if not is_current(name, attempt) then return 0 end
  call('HINCRBY', job(name), 'events', int(ARGV[from]))
  for at = from + 1, #ARGV, 2 do append(name, ARGV[at], ARGV[at + 1], EVENT_BYTES + #ARGV[at + 1]) end
  call('PUBLISH', P .. 'news:' .. name, 'output')
  return 1
end

local function finish(name, attempt, outcome)
  if not is_current(name, attempt) then return 0 end
  settle(name, 'running', 'done', outcome, #outcome + SMALL)
  return 1
end

local function give_up(name, attempt, how)
  if not is_current(name, attempt) then return 0 end
  if how == 'lose' then lose(name) else requeue(name) end
  return 1
end

local function cancel(name)
  local state = call('HGET', job(name), 'state')
  if state == 'delayed' or state == 'queued' or state == 'running' then
    settle(name, state, 'cancelled', nil, SMALL)
  end
  return state and 1 or 0
end

local function view(name)
  tidy()
  return call('HMGET', job(name), 'id', 'state', 'attempts', 'priority', 'retention', 'created', 'due', 'expires',
    'started', 'ended', 'webhook', 'hook_state', 'hook_attempts', 'hook_status', 'outcome')
end

local function hand_on()
  for at = 4, #ARGV do call('ZREM', P .. 'outbox', ARGV[at]) end
  return 1
end

local function note(name, state, attempts, status)
  if call('EXISTS', job(name)) == 0 then return 0 end
  call('HSET', job(name), 'hook_state', state, 'hook_attempts', attempts)
  if status == '' then call('HDEL', job(name), 'hook_status') else call('HSET', job(name), 'hook_status', status) end
  return 1
end

local function sweep(may_lose)
  tidy()
  if may_lose == '1' then
    for _, name in ipairs(before_now('leases')) do lose(name) end
  end
  local waiting = 0
  for _, owner in ipairs(call('ZRANGE', P .. 'turns', 0, 99)) do
    waiting = waiting + call('ZCARD', P .. 'line:' .. owner)
  end
  return { waiting, call('HGETALL', P .. 'tally'), call('ZRANGE', P .. 'outbox', 0, AT_ONCE - 1) }
end

local command = ARGV[1]
if command == 'claim' then return claim(ARGV[4], int(ARGV[5])) end
if command == 'renew' then return renew(int(ARGV[4])) end
if command == 'log' then return write_log(ARGV[4], ARGV[5], 6) end
if command == 'finish' then return finish(ARGV[4], ARGV[5], ARGV[6]) end
if command == 'give_up' then return give_up(ARGV[4], ARGV[5], ARGV[6]) end
if command == 'cancel' then return cancel(ARGV[4]) end
if command == 'view' then return view(ARGV[4]) end
if command == 'hand_on' then return hand_on() end
if command == 'note' then return note(ARGV[4], ARGV[5], ARGV[6], ARGV[7]) end
if command == 'sweep' then return sweep(ARGV[4]) end
return redis.error_reply('ERR no such command')
`;

/** Takes jobs; refused by a server that is full. */
export const submitScript = `#!lua\n${parts}${submit}`;
/** Everything else also frees memory, so that a server that is full must run it. */
export const jobScript = `#!lua flags=allow-oom\n${parts}${rest}`;
