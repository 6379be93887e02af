/*
 * Runs and outcomes of idempotency keys in Redis. All keys begin with KEYS[1].
 *
 * run:NAME     the digest of a run under way, and the token of who runs it; it goes with its lease
 * end:NAME     the digest of a run that ended, its outcome, its owner and size
 * ends         names by the time at which they are forgotten
 * of:OWNER     the same of one owner
 * sizes        owners by the bytes of their outcomes
 * bytes        bytes of all outcomes
 */
export const onceScript = String.raw`#!lua flags=allow-oom
local P = KEYS[1]
local call = redis.call
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local command, name = ARGV[1], ARGV[2]

local function forget(one)
  local fields = call('HMGET', P .. 'end:' .. one, 'owner', 'bytes')
  call('DEL', P .. 'end:' .. one)
  call('ZREM', P .. 'ends', one)
  if not fields[1] then return end
  call('ZREM', P .. 'of:' .. fields[1], one)
  call('DECRBY', P .. 'bytes', fields[2])
  if call('EXISTS', P .. 'of:' .. fields[1]) == 1 then
    call('ZINCRBY', P .. 'sizes', -tonumber(fields[2]), fields[1])
  else
    call('ZREM', P .. 'sizes', fields[1])
  end
end

local function tidy()
  for _, one in ipairs(call('ZRANGEBYSCORE', P .. 'ends', '-inf', now, 'LIMIT', 0, 100)) do forget(one) end
end

if command == 'begin' then
  local digest, token, lease = ARGV[3], ARGV[4], ARGV[5]
  tidy()
  local ended = call('HMGET', P .. 'end:' .. name, 'digest', 'outcome')
  if ended[1] then return ended[1] == digest and { 'ended', ended[2] } or { 'other' } end
  local running = call('HGET', P .. 'run:' .. name, 'digest')
  if running then return running == digest and { 'running' } or { 'other' } end
  call('HSET', P .. 'run:' .. name, 'digest', digest, 'token', token)
  call('PEXPIRE', P .. 'run:' .. name, lease)
  return { 'yours' }
end

local is_own = call('HGET', P .. 'run:' .. name, 'token') == ARGV[3]
if command == 'renew' then return is_own and call('PEXPIRE', P .. 'run:' .. name, ARGV[4]) or 0 end
if command == 'release' then return is_own and call('DEL', P .. 'run:' .. name) or 0 end

-- end: token, digest, outcome, owner, milliseconds to keep it, most outcomes, most bytes
if not is_own then return 0 end
call('DEL', P .. 'run:' .. name)
forget(name)
local digest, outcome, owner, ttl, most, most_bytes = unpack(ARGV, 4, 9)
local bytes = #outcome + 1024
if bytes > tonumber(most_bytes) then return 0 end
call('HSET', P .. 'end:' .. name, 'digest', digest, 'outcome', outcome, 'owner', owner, 'bytes', bytes)
call('ZADD', P .. 'ends', now + ttl, name)
call('ZADD', P .. 'of:' .. owner, now, name)
call('ZINCRBY', P .. 'sizes', bytes, owner)
call('INCRBY', P .. 'bytes', bytes)
for _ = 1, 1000 do
  local is_over = tonumber(call('GET', P .. 'bytes')) > tonumber(most_bytes)
  if not is_over and call('ZCARD', P .. 'ends') <= tonumber(most) then break end
  -- Room is made at the expense of who has the most.
  local largest = call('ZREVRANGE', P .. 'sizes', 0, 0)[1]
  local oldest = largest and call('ZRANGE', P .. 'of:' .. largest, 0, 0)[1]
  if not oldest then break end
  forget(oldest)
end
return 1
`;
