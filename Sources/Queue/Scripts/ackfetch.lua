-- Acknowledges jobs and claims others for free slots, in one round trip.
--
-- KEYS  1 prefix
-- ARGV  1 incarnation, 2 number of this call, 3 free slots, 4 "0" while a job runs here that was recovered twice or
--       more, so that no other such job is claimed, else "1", or "2" when even a suspect may run beside others,
--       5 ms for which ended jobs are remembered, 6 deaths that make a job a suspect, which runs all alone,
--       7 number of ids of inline jobs to acknowledge, 8 number of jobs with a hash to acknowledge, 9 number of queues;
--       then the ids; then id, fence, state it ended in; then queue, most jobs to claim, its share by weight
-- Returns {"EVICTED"} when the incarnation's lease has ended, {"STALE"} for an older call than the last, or
--       {"OK", acknowledged jobs that were not held, entries dropped, 1 when a job waits for this worker to be empty,
--       groups}; a group is {queue, priority, fence, inline entries, jobs with a hash} and such a job is
--       {id, body or nil, attempts, recoveries, interruptions, fence, "1" when enqueued untracked, deaths that count,
--       fence of the claim that started it first}.
--       A call of the same number as the last gets the same jobs again: a lost reply strands nothing.
local worker = P .. 'worker:' .. ARGV[1]
local inflight = P .. 'inflight:' .. ARGV[1]
local told = P .. 'cancelled:' .. ARGV[1]
if not call('ZSCORE', P .. 'workers', ARGV[1]) then return {'EVICTED'} end

local function held(id)
    local v = call('HMGET', P .. 'job:' .. id, 'b', 'a', 'r', 'i', 'f', 'u', 't', 'g')
    local deaths = 0
    if v[7] then deaths = select(2, string.gsub(v[7], '%d+', '')) end
    local attempts, recoveries, interruptions = tonumber(v[2] or 0), tonumber(v[3] or 0), tonumber(v[4] or 0)
    return {id, v[1], attempts, recoveries, interruptions, v[5], v[6] or '', deaths, v[8] or ''}
end

local last = call('HMGET', worker, 'n', 'l')
if last[1] then
    if tonumber(last[1]) > tonumber(ARGV[2]) then return {'STALE'} end
    if last[1] == ARGV[2] then
        local groups = {}
        for from = 1, #last[2], 16 do
            local id = string.sub(last[2], from, from + 15)
            local value = call('HGET', inflight, id)
            if value then
                local queue, priority, fence, entry = opened(value)
                if string.byte(entry) == 1 then
                    groups[#groups + 1] = {queue, priority, fence, {entry}, {}}
                else
                    groups[#groups + 1] = {queue, priority, fence, {}, {held(id)}}
                end
            end
        end
        return {'OK', 0, 0, 0, groups}
    end
end

-- Acknowledge.
-- What a job was told is over when it has ended, and when it begins anew.
local hasTold = call('EXISTS', told) == 1
local lost = 0
local at = 10
local inline, hashed, queues = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
if inline > 0 then
    lost = inline
    for from = at, at + inline - 1, 1000 do
        lost = lost - call('HDEL', inflight, unpack(ARGV, from, math.min(from + 999, at + inline - 1)))
    end
    at = at + inline
end
for _ = 1, hashed do
    local job = P .. 'job:' .. ARGV[at]
    if hasTold then call('SREM', told, ARGV[at]) end
    if call('HDEL', inflight, ARGV[at]) == 1 and call('HGET', job, 'f') == ARGV[at + 1] then
        finish(job, ARGV[at + 2], ARGV[5])
    else
        lost = lost + 1
    end
    at = at + 3
end

-- Claim.
local left = math.min(tonumber(ARGV[3]), 1000)
local mayRecover, mayCrowd = ARGV[4] ~= '0', ARGV[4] == '2'
local alone = tonumber(ARGV[6])
local mustEmpty, isAlone = 0, false
local dropped, pops = 0, 0
local groups, store, ids = {}, {}, {}
local time = call('TIME')
local now = time[1] * 1000000 + time[2]
local fence = digits(now)
local got, isMore = {}, {}

-- One list: claims at most `want`, passing over entries whose job was cancelled, deleted or taken.
local function claim(queue, priority, want)
    local list = P .. 'q:' .. queue .. ':' .. priority
    local claimed = 0
    while claimed < want and pops < 2000 do
        local asked = want - claimed
        local entries = call('LPOP', list, asked)
        if not entries then return claimed, false end
        pops = pops + #entries
        if priority ~= 'r' then call('HINCRBY', P .. 'taken', queue .. ':' .. priority, #entries) end
        local tag = queue .. '\n' .. priority .. '\n' .. fence .. '\n'
        local inlines, references = {}, {}
        for i = 1, #entries do
            local entry = entries[i]
            local kind = string.byte(entry, 1)
            local id = string.sub(entry, 2, 17)
            if kind == 1 and #entry > 23 then
                inlines[#inlines + 1] = entry
                store[#store + 1] = id
                store[#store + 1] = tag .. entry
                ids[#ids + 1] = id
            elseif kind == 17 and #entry == 23 then
                local job = P .. 'job:' .. id
                if call('HGET', job, 's') == 'ready' then
                    local reply = held(id)
                    local own = fence
                    if reply[6] and tonumber(reply[6]) >= now then own = digits(tonumber(reply[6]) + 1) end
                    reply[6] = own
                    call('HSET', job, 's', 'running', 'f', own, 'w', ARGV[1])
                    if reply[9] == '' then
                        reply[9] = own
                        call('HSET', job, 'g', own)
                    end
                    if hasTold then call('SREM', told, id) end
                    references[#references + 1] = reply
                    store[#store + 1] = id
                    store[#store + 1] = queue .. '\n' .. priority .. '\n' .. own .. '\n' .. entry
                    ids[#ids + 1] = id
                else
                    dropped = dropped + 1
                end
            else
                call('LPUSH', P .. 'malformed', entry)
                call('LTRIM', P .. 'malformed', 0, 999)
                dropped = dropped + 1
            end
        end
        local taken = #inlines + #references
        if taken > 0 then groups[#groups + 1] = {queue, priority, fence, inlines, references} end
        claimed = claimed + taken
        if #entries < asked then return claimed, false end
    end
    return claimed, true
end

-- The next job of a queue whose worker died, as {recoveries, whether it is under suspicion}; what is stale before it
-- is passed over.
local function nextRecovered(queue)
    local list = P .. 'q:' .. queue .. ':r'
    while pops < 2000 do
        local entry = call('LINDEX', list, 0)
        if not entry then return nil end
        local v = call('HMGET', P .. 'job:' .. string.sub(entry, 2, 17), 's', 'r', 't')
        if v[1] == 'ready' then
            return {tonumber(v[2] or 0), select(2, string.gsub(v[3] or '', '%d+', '')) >= alone}
        end
        pops = pops + 1
        call('LPOP', list)
        dropped = dropped + 1
    end
end

-- Jobs whose worker died, at most `want`: those that it happened to again one at a time.
local function recover(queue, want)
    local claimed = 0
    while claimed < want do
        local job = nextRecovered(queue)
        if not job or job[2] or (job[1] > 1 and not mayRecover) then break end
        claimed = claimed + claim(queue, 'r', 1)
        if job[1] > 1 then mayRecover = false end
    end
    return claimed
end

-- A suspect of any queue comes before everything else, with nothing beside it unless that takes too long.
local function suspect()
    for i = 0, queues - 1 do
        local queue = ARGV[at + 3 * i]
        if tonumber(ARGV[at + 3 * i + 1]) > 0 and call('SISMEMBER', P .. 'paused', queue) == 0 then
            local job = nextRecovered(queue)
            if job and job[2] then
                if not mayCrowd and call('HLEN', inflight) > 0 then
                    mustEmpty = 1
                else
                    got[queue] = claim(queue, 'r', 1)
                    isAlone = true
                end
                return
            end
        end
    end
end

if left > 0 then
    if mayRecover then suspect() end
    local isPaused = {}
    for pass = 1, 2 do
        for i = 0, queues - 1 do
            local queue = ARGV[at + 3 * i]
            if pass == 1 then isPaused[queue] = call('SISMEMBER', P .. 'paused', queue) == 1 end
            local most = tonumber(ARGV[at + 3 * i + 1]) - (got[queue] or 0)
            if pass == 1 then most = math.min(most, tonumber(ARGV[at + 3 * i + 2])) end
            if not isPaused[queue] and isMore[queue] ~= false and not isAlone and mustEmpty == 0 then
                local isFull = true
                local again = recover(queue, math.min(left, most))
                left, most, got[queue] = left - again, most - again, (got[queue] or 0) + again
                for priority = 0, 2 do
                    local want = math.min(left, most)
                    if want <= 0 then
                        isFull = true
                        break
                    end
                    local claimed
                    claimed, isFull = claim(queue, priority, want)
                    left, most, got[queue] = left - claimed, most - claimed, (got[queue] or 0) + claimed
                end
                isMore[queue] = isFull
            end
        end
    end
    -- What is left wakes the next idle worker. Only after a claim, or when this worker has to wait to be empty: a
    -- worker that could take nothing must not wake itself.
    for i = 0, queues - 1 do
        local queue = ARGV[at + 3 * i]
        if ((got[queue] or 0) > 0 and isMore[queue] ~= false or mustEmpty == 1) and not isPaused[queue] then
            local list = P .. 'q:' .. queue .. ':'
            if call('EXISTS', list .. 'r', list .. '0', list .. '1', list .. '2') > 0 then
                call('ZADD', P .. 'wake:' .. queue, 0, 'm')
            end
        end
    end
end
for from = 1, #store, 2000 do
    call('HSET', inflight, unpack(store, from, math.min(from + 1999, #store)))
end
call('HSET', worker, 'n', ARGV[2], 'l', table.concat(ids))
return {'OK', lost, dropped, mustEmpty, groups}
