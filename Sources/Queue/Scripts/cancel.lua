-- Cancels jobs, wherever they are.
--
-- KEYS  1 prefix
-- ARGV  1 ms for which ended jobs are remembered, then ids
-- Returns for each 0 unknown or ended already, 1 was waiting and has ended, 2 runs and is told to stop.
local function cancel(id)
    local job = P .. 'job:' .. id
    local v = call('HMGET', job, 's', 'w')
    local state, worker = v[1], v[2]
    if state == 'running' then
        call('HSET', job, 'c', '1')
        if worker then
            call('SADD', P .. 'cancelled:' .. worker, id)
            call('PEXPIRE', P .. 'cancelled:' .. worker, 86400000)
            call('PUBLISH', P .. 'control:' .. worker, id)
        end
        return 2
    end
    if state == 'cancelled' then return 1 end
    if state == 'scheduled' then
        call('ZREM', P .. 'scheduled', id)
    elseif state == 'retrying' then
        call('ZREM', P .. 'retry', id)
    elseif state ~= 'ready' then
        return 0
    end
    -- The entry of a ready job stays in its list until a claim passes over it.
    finish(job, 'cancelled', ARGV[1])
    return 1
end

local codes = {}
for i = 2, #ARGV do codes[i - 1] = cancel(ARGV[i]) end
return codes
