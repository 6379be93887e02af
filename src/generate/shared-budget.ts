import type { RedisLink } from '../redis/open-redis.ts';
import { createScript } from '../redis/script.ts';
import { dayExhausted, shareExhausted, shareOf, type CallBudget } from './budget.ts';

/** The day is that of Redis' clock, and a call is counted in the step that allows it. */
const budgetScript = createScript(String.raw`#!lua
local clock = redis.call('TIME')
local day = math.floor(clock[1] / 86400)
local left = (day + 1) * 86400 - clock[1]
local counts = KEYS[1] .. day
local per_day, per_key, key = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
if per_day > 0 and tonumber(redis.call('HGET', counts, 'all') or 0) >= per_day then return { 'day', left } end
if per_day > 0 and key ~= '' and tonumber(redis.call('HGET', counts, key) or 0) >= per_key then return { 'share', left } end
redis.call('HINCRBY', counts, 'all', 1)
if key ~= '' then redis.call('HINCRBY', counts, key, 1) end
redis.call('EXPIRE', counts, 2 * 86400)
return { 'ok', left }
`);

const PREFIX = 'brig:1:{model}:';

/**
 * Creates a budget of all services that share a Redis. Calls cost money, so none is made while it cannot be asked.
 * @param perDay most calls of one day; 0 for no bound.
 * @param keyShare share of them that one key may use, from 0 to 1.
 */
export function createSharedBudget(link: RedisLink, perDay: number, keyShare: number): CallBudget {
  const perKey = shareOf(perDay, keyShare);
  return {
    take: async (key) => {
      if (perDay === 0) return;
      const named = key === undefined ? '' : `key ${key}`;
      const answer = await link.run((redis) => budgetScript.run(redis, PREFIX, [perDay, perKey, named]));
      const [verdict, left] = Array.isArray(answer) ? answer : [];
      if (String(verdict) === 'day') throw dayExhausted(Number(left));
      if (String(verdict) === 'share') throw shareExhausted(perKey, Number(left));
    },
  };
}
