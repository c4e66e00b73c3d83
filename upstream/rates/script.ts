import { REGAINED_PER_SECOND } from './throttle.ts';

/**
 * Keys of both scripts: the list of the latest starts, the hash of what the source may be called, the set of processes.
 * Redis's clock is the only one, so that processes need not agree on the time.
 */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[2], 'until', 'share', 'day', 'used', 'waited')
local paused = tonumber(kept[1]) or 0
local share = math.min(1, (tonumber(kept[2]) or 1) + math.max(0, now - paused) / 1000 * ${REGAINED_PER_SECOND})
`;

/**
 * Reserves the next start. Arguments: calls a second, calls a day, milliseconds of the window, the process, how long a
 * process counts that is not heard of. Answers whether calls are closed, for how long or in how many milliseconds to
 * start, the calls made today, and the processes heard of.
 */
export const RESERVE = `${NOW}
local perSecond, perDay, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZADD', KEYS[3], now, ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - ARGV[5])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
local processes = redis.call('ZCARD', KEYS[3])
local day = math.floor(now / 86400000)
local used = tonumber(kept[3]) == day and tonumber(kept[4]) or 0
if now < paused then return { 1, paused - now, used, processes } end
if used >= perDay then return { 1, (day + 1) * 86400000 - now, used, processes } end
local allowed = math.max(1, math.floor(perSecond * share))
local apart = kept[5] == '1' and window / allowed or 0
local last = redis.call('LINDEX', KEYS[1], -1)
local before = redis.call('LINDEX', KEYS[1], -allowed)
local at = math.max(now, last and math.ceil(last + apart) or now, before and before + window or now)
redis.call('RPUSH', KEYS[1], at)
redis.call('LTRIM', KEYS[1], -perSecond, -1)
redis.call('PEXPIRE', KEYS[1], at - now + window)
redis.call('HSET', KEYS[2], 'day', day, 'used', used + 1, 'waited', at > now and 1 or 0)
redis.call('PEXPIRE', KEYS[2], 2 * 86400000)
return { 0, at - now, used + 1, processes }
`;

/** Begins or lengthens a pause of so many milliseconds; one that begins halves the source's rate. */
export const THROTTLE = `${NOW}
if now >= paused then redis.call('HSET', KEYS[2], 'share', tostring(share / 2)) end
redis.call('HSET', KEYS[2], 'until', math.max(paused, now + ARGV[1]))
redis.call('PEXPIRE', KEYS[2], 2 * 86400000)
`;
