-- Fires a tick of a timetable's entry: marker, job and last fire in one step. Of many callers one succeeds.
--
-- KEYS  1 prefix
-- ARGV  1 entry, 2 tick in ms, 3 next tick in ms or "", 4 "skip" when the job of an earlier tick must have ended,
--       5 "1" to only note the tick as passed; then, unless noted only,
--       6 id, 7 queue, 8 priority, 9 "1" when the job is untracked or "", 10 body
-- Returns 1 fired, 0 this tick or a later one was fired before, 2 skipped because the earlier job is unfinished.
local cron = P .. 'cron:' .. ARGV[1]
local v = call('HMGET', cron, 'last', 'job')
if v[1] and tonumber(v[1]) >= tonumber(ARGV[2]) then return 0 end
local marker = cron .. ':' .. ARGV[2]
if call('EXISTS', marker) == 1 then return 0 end

local code = 1
if ARGV[5] == '1' then
    code = 2
elseif ARGV[4] == 'skip' and v[2] then
    local state = call('HGET', P .. 'job:' .. v[2], 's')
    if state == 'ready' or state == 'scheduled' or state == 'retrying' or state == 'running' then code = 2 end
end
call('SET', marker, '1', 'EX', 604800)
call('HSET', cron, 'last', ARGV[2], 'next', ARGV[3])
call('SADD', P .. 'crons', ARGV[1])
if code == 2 then return 2 end

local job = P .. 'job:' .. ARGV[6]
if call('HSETNX', job, 'b', ARGV[10]) == 1 then
    if ARGV[9] == '1' then call('HSET', job, 'u', '1') end
    local number = push(ARGV[7], ARGV[8], ARGV[6], milliseconds())
    call('HSET', job, 'q', ARGV[7], 'p', ARGV[8], 's', 'ready', 'n', digits(number))
    arm(ARGV[7])
end
call('HSET', cron, 'job', ARGV[6])
return 1
