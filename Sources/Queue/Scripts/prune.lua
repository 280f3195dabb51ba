-- Forgets dead jobs that are too old.
--
-- KEYS  1 prefix
-- ARGV  1 ms for which dead jobs are kept, 2 most jobs
-- Returns the number of jobs forgotten.
local oldest = milliseconds() - tonumber(ARGV[1])
local ids = call('ZRANGEBYSCORE', P .. 'dead', '-inf', '(' .. digits(oldest), 'LIMIT', 0, tonumber(ARGV[2]))
for _, id in ipairs(ids) do
    call('ZREM', P .. 'dead', id)
    call('DEL', P .. 'job:' .. id)
end
return #ids
