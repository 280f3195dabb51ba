-- Fires a tick of a timetable's entry: marker, job and last fire in one step. Of many callers one succeeds.
--
-- KEYS  1 prefix
-- ARGV  1 entry, 2 tick in ms, 3 next tick in ms or "", 4 "fire", or "note" to only note the tick as passed;
--       then, to fire, 5 id, 6 queue, 7 priority, 8 "1" when the job is untracked or "", 9 body
-- Returns 1 done, 0 when this tick or a later one was fired or noted before.
local cron = P .. 'cron:' .. ARGV[1]
local last = call('HGET', cron, 'last')
if last and tonumber(last) >= tonumber(ARGV[2]) then return 0 end
local marker = cron .. ':' .. ARGV[2]
if call('EXISTS', marker) == 1 then return 0 end

call('SET', marker, '1', 'EX', 604800)
call('HSET', cron, 'last', ARGV[2], 'next', ARGV[3])
call('SADD', P .. 'crons', ARGV[1])
if ARGV[4] ~= 'fire' then return 1 end

local job = P .. 'job:' .. ARGV[5]
if call('HSETNX', job, 'b', ARGV[9]) == 1 then
    if ARGV[8] == '1' then call('HSET', job, 'u', '1') end
    local number = push(ARGV[6], ARGV[7], ARGV[5], milliseconds())
    call('HSET', job, 'q', ARGV[6], 'p', ARGV[7], 's', 'ready', 'n', digits(number))
    arm(ARGV[6])
end
call('HSET', cron, 'job', ARGV[5])
return 1
