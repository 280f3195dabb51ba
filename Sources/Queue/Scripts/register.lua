-- Makes a new incarnation of a worker known, with a lease.
--
-- KEYS  1 prefix
-- ARGV  1 incarnation, 2 lease in ms, then fields and values that describe the worker
-- Returns the time in ms.
local now = milliseconds()
call('ZADD', P .. 'workers', digits(now + tonumber(ARGV[2])), ARGV[1])
call('HSET', P .. 'worker:' .. ARGV[1], 'started', digits(now), unpack(ARGV, 3))
return now
