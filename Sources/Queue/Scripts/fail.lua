-- Ends attempts that did not complete: retry, snooze, bury or give back. Each is fenced and judged by itself.
--
-- KEYS  1 prefix
-- ARGV  1 incarnation, 2 ms for which dead jobs are kept, 3 most dead jobs, 4 number of attempts; then for each
--       id, fence, action ("retry", "snooze", "bury", "release", or "postpone", a snooze of a job that did not start),
--       due in ms, failure ("code\nmessage") or reason
-- Returns for each 1 done, 0 not held any more, 2 nothing done because the job is to be cancelled;
--       or {"EVICTED"} when the incarnation's lease has ended.
if not call('ZSCORE', P .. 'workers', ARGV[1]) then return {'EVICTED'} end
local inflight = P .. 'inflight:' .. ARGV[1]
local told = P .. 'cancelled:' .. ARGV[1]
local now = milliseconds()

local function conclude(id, fence, action, due, text)
    local held = call('HGET', inflight, id)
    if not held then return 0 end
    local queue, priority, own, entry = opened(held)
    if own ~= fence then return 0 end
    local job = P .. 'job:' .. id
    if string.byte(entry) == 17 then
        local known = call('HMGET', job, 'q', 'p', 'c')
        if not known[1] then
            call('HDEL', inflight, id)
            return 0
        end
        if known[3] and action ~= 'bury' then return 2 end
        queue, priority = known[1], known[2]
    else
        call('HSET', job, 'b', string.sub(entry, 24), 'q', queue, 'p', priority, 'f', fence, 'u', '1', 'g', fence)
    end
    call('HDEL', inflight, id)
    call('SREM', told, id)
    call('HDEL', job, 'w', 'y', 'n')
    if action == 'postpone' then
        if call('HGET', job, 'g') == fence then call('HDEL', job, 'g') end
        action = 'snooze'
    end
    if action == 'retry' then
        call('HINCRBY', job, 'a', 1)
        call('HSET', job, 's', 'retrying', 'd', due, 'e', text)
        defer('retry', id, tonumber(due))
    elseif action == 'snooze' then
        call('HSET', job, 's', 'scheduled', 'd', due, 'y', text)
        defer('scheduled', id, tonumber(due))
    elseif action == 'bury' then
        call('HINCRBY', job, 'a', 1)
        bury(job, id, text, now, ARGV[2], tonumber(ARGV[3]))
    else
        call('HINCRBY', job, 'i', 1)
        call('HSET', job, 's', 'ready')
        if tonumber(call('HGET', job, 'r') or 0) > 0 then
            recovered(queue, id, now)
        else
            call('HSET', job, 'n', digits(unshift(queue, priority, id, now)))
        end
        arm(queue)
    end
    return 1
end

local codes = {}
for i = 1, tonumber(ARGV[4]) do
    local at = 5 * i
    codes[i] = conclude(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4])
end
return codes
