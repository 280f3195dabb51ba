-- Takes or keeps the leader's place, or gives it up, and notes a sign of life.
--
-- KEYS  1 prefix
-- ARGV  1 beat, 2 ms for which the place is held, or "0" to give it up
-- Returns 1 when the beat leads, else 0.
local now = milliseconds()
local leader = call('GET', P .. 'leader')
if ARGV[2] == '0' then
    call('ZREM', P .. 'beats', ARGV[1])
    if leader == ARGV[1] then call('DEL', P .. 'leader') end
    return 0
end
call('ZADD', P .. 'beats', digits(now), ARGV[1])
call('ZREMRANGEBYSCORE', P .. 'beats', '-inf', digits(now - 3600000))
if leader and leader ~= ARGV[1] then return 0 end
call('SET', P .. 'leader', ARGV[1], 'PX', ARGV[2])
return 1
