-- Puts a dead job back at the tail of its queue with its counters at zero, or forgets it.
--
-- KEYS  1 prefix
-- ARGV  1 id, 2 "revive" or "delete"
-- Returns 1, or 0 when the job is not dead.
local job = P .. 'job:' .. ARGV[1]
if call('HGET', job, 's') ~= 'dead' then return 0 end
call('ZREM', P .. 'dead', ARGV[1])
if ARGV[2] == 'delete' then
    call('DEL', job)
    return 1
end
call('PERSIST', job)
call('HDEL', job, 'a', 'r', 'i', 'd', 't', 'c', 'y')
local v = call('HMGET', job, 'q', 'p')
call('HSET', job, 's', 'ready', 'n', digits(push(v[1], v[2], ARGV[1], milliseconds())))
arm(v[1])
return 1
