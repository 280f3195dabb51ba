-- Adds jobs. Idempotent: tracked and deferred jobs by their id, inline ones by the number of the call.
--
-- KEYS  1 prefix
-- ARGV  1 producer, 2 number of its call (they only grow), 3 number of groups; then for each group
--       queue, priority, number of inline entries, number of jobs with a hash, the entries, and for each such job
--       id, "1" when it was enqueued untracked or "", due in ms or "0" for now, body
-- Returns for each job with a hash 1 accepted or 0 known already.
local producer = P .. 'producer:' .. ARGV[1]
local before = tonumber(call('SET', producer, ARGV[2], 'GET', 'EX', 3600) or 0)
local isRepeated = before >= tonumber(ARGV[2])
if isRepeated then call('SET', producer, digits(before), 'EX', 3600) end
local now
local codes = {}
local at = 4
for _ = 1, tonumber(ARGV[3]) do
    local queue, priority = ARGV[at], ARGV[at + 1]
    local entries, jobs = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    local isReady = false
    at = at + 4
    if entries > 0 and not isRepeated then
        local list = P .. 'q:' .. queue .. ':' .. priority
        local length
        for from = at, at + entries - 1, 1000 do
            length = call('RPUSH', list, unpack(ARGV, from, math.min(from + 999, at + entries - 1)))
        end
        if length == entries then call('SADD', P .. 'queues', queue) end
        isReady = true
    end
    at = at + entries
    if jobs > 0 and not now then now = milliseconds() end
    for _ = 1, jobs do
        local id, due = ARGV[at], tonumber(ARGV[at + 2])
        local job = P .. 'job:' .. id
        if call('HSETNX', job, 'b', ARGV[at + 3]) == 0 then
            codes[#codes + 1] = 0
        else
            if ARGV[at + 1] == '1' then call('HSET', job, 'u', '1') end
            if due > now then
                call('HSET', job, 'q', queue, 'p', priority, 's', 'scheduled', 'd', ARGV[at + 2])
                defer('scheduled', id, due)
            else
                local number = push(queue, priority, id, now)
                call('HSET', job, 'q', queue, 'p', priority, 's', 'ready', 'n', digits(number))
                isReady = true
            end
            codes[#codes + 1] = 1
        end
        at = at + 4
    end
    if isReady then arm(queue) end
end
return codes
