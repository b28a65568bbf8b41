-- One attempt in a sliding window, kept as a sorted set of times.
-- KEYS[1]: the set. ARGV: now, end of what has left the window, limit, seconds
-- to keep the set, member to add ('' to look without counting).
-- Answers {allowed, count, oldest, newest}, as texts: Redis would cut numbers.
local key, limit, member = KEYS[1], tonumber(ARGV[3]), ARGV[5]
redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[2])
local count = redis.call('ZCARD', key)
local allowed = count < limit
if member ~= '' then
  if not allowed then
    redis.call('ZREMRANGEBYRANK', key, 0, count - limit)
  end
  redis.call('ZADD', key, ARGV[1], member)
  redis.call('EXPIRE', key, ARGV[4])
  count = redis.call('ZCARD', key)
end
local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
local newest = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
return {allowed and '1' or '0', tostring(count), oldest[2] or '', newest[2] or ''}
