-- Brings back the jobs of workers whose lease has ended, a slice at a time.
--
-- A worker moves from "workers" to "dying" first: from that instant nothing it says counts. Its jobs then go to the
-- list of recovered jobs, which is served before all others. A job that was recovered once runs beside others again, so
-- that one long job holds up nobody; from its second recovery on a worker runs only one such job at a time. A death
-- counts towards poison only for a job that ran alone: the only job of its worker, or the only one recovered twice or
-- more before; and only the former buries.
--
-- KEYS  1 prefix
-- ARGV  1 "1" when workers may be declared dead now, 2 jobs in a slice, 3 deaths that bury, 4 ms for which a death
--       counts, 5 ms for which ended jobs are remembered, 6 ms for which dead jobs are kept, 7 most dead jobs
-- Returns {workers declared dead, jobs brought back, jobs buried, jobs ended as cancelled, dying workers left}.
local now = milliseconds()
local expired = 0
if ARGV[1] == '1' then
    for _, incarnation in ipairs(call('ZRANGEBYSCORE', P .. 'workers', '-inf', digits(now), 'LIMIT', 0, 10)) do
        call('ZREM', P .. 'workers', incarnation)
        call('ZADD', P .. 'dying', digits(now), incarnation)
        expired = expired + 1
    end
end
local incarnation = call('ZRANGE', P .. 'dying', 0, 0)[1]
if not incarnation then return {expired, 0, 0, 0, 0} end

local worker = P .. 'worker:' .. incarnation
local inflight = P .. 'inflight:' .. incarnation
local brought, buried, cancelled = 0, 0, 0
call('HSETNX', worker, 'held', call('HLEN', inflight))
local held = tonumber(call('HGET', worker, 'held'))

-- The deaths within the window, with this one.
local function deaths(text)
    local recent = {}
    for time in string.gmatch(text or '', '%d+') do
        if tonumber(time) > now - tonumber(ARGV[4]) then recent[#recent + 1] = time end
    end
    recent[#recent + 1] = digits(now)
    return recent
end

local function recover(id, value)
    local queue, priority, fence, entry = opened(value)
    local job = P .. 'job:' .. id
    if string.byte(entry) == 1 then
        call('HSET', job, 'b', string.sub(entry, 24), 'q', queue, 'p', priority, 'f', fence, 'u', '1',
            'g', fence)
    end
    local v = call('HMGET', job, 'q', 'c', 'r', 't', 'p')
    if not v[1] then return end
    if v[2] then
        finish(job, 'cancelled', ARGV[5])
        call('HSET', P .. 'notices', id, 'cancelled')
        cancelled = cancelled + 1
        return
    end
    local recoveries = call('HINCRBY', job, 'r', 1)
    if held == 1 or recoveries > 2 then
        local recent = deaths(v[4])
        local limit = tonumber(ARGV[3])
        if #recent >= limit and held == 1 then
            bury(job, id, 'worker_died_repeatedly\nthe worker died ' .. #recent .. ' times while it ran this job alone',
                now, ARGV[6], tonumber(ARGV[7]))
            call('HSET', P .. 'notices', id, 'buried')
            buried = buried + 1
            return
        end
        while #recent >= limit do table.remove(recent, 1) end
        call('HSET', job, 't', table.concat(recent, ','))
    end
    call('HSET', job, 's', 'ready')
    call('HDEL', job, 'w', 'n')
    recovered(v[1], id, now)
    arm(v[1])
    brought = brought + 1
end

-- The scan goes on where the last slice ended: what was emptied already may be long, and the first pages of it bare.
local cursor, slice = call('HGET', worker, 'cursor') or '0', {}
for _ = 1, 10 do
    local page = call('HSCAN', inflight, cursor, 'COUNT', ARGV[2])
    cursor, slice = page[1], page[2]
    if #slice > 0 or cursor == '0' then break end
end
call('HSET', worker, 'cursor', cursor)
local most = math.min(#slice, 2 * tonumber(ARGV[2]))
for i = 1, most, 2 do
    recover(slice[i], slice[i + 1])
    call('HDEL', inflight, slice[i])
end
if call('EXISTS', inflight) == 0 then
    call('ZREM', P .. 'dying', incarnation)
    call('DEL', worker, P .. 'cancelled:' .. incarnation)
end
return {expired, brought, buried, cancelled, call('ZCARD', P .. 'dying')}
