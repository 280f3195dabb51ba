-- Takes an incarnation out. What it still holds is brought back by the next reap, without waiting for the lease.
--
-- KEYS  1 prefix
-- ARGV  1 incarnation
-- Returns the number of jobs it still held.
if call('ZREM', P .. 'workers', ARGV[1]) == 0 then return 0 end
local held = call('HLEN', P .. 'inflight:' .. ARGV[1])
if held > 0 then
    call('ZADD', P .. 'dying', digits(milliseconds()), ARGV[1])
else
    call('DEL', P .. 'worker:' .. ARGV[1], P .. 'cancelled:' .. ARGV[1])
end
return held
