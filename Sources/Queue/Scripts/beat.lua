-- Extends a lease and reads what the worker is told.
--
-- KEYS  1 prefix
-- ARGV  1 incarnation, 2 lease in ms, 3 number of running jobs, 4 "queue\nnumber\n…" of them
-- Returns {"EVICTED"} when the lease has ended and jobs were taken away, or
--       {"OK", signal or "", number of jobs that the worker holds, ids to cancel}.
if not call('ZSCORE', P .. 'workers', ARGV[1]) then return {'EVICTED'} end
call('ZADD', P .. 'workers', 'XX', digits(milliseconds() + tonumber(ARGV[2])), ARGV[1])
call('HSET', P .. 'worker:' .. ARGV[1], 'running', ARGV[3], 'spread', ARGV[4])
local signal = call('HGET', P .. 'worker:' .. ARGV[1], 'signal') or ''
return {'OK', signal, call('HLEN', P .. 'inflight:' .. ARGV[1]), call('SMEMBERS', P .. 'cancelled:' .. ARGV[1])}
