-- Stands before every other script: where keys are, what time it is, how entries look, how work is announced.
--
-- KEYS[1] is always "{namespace}:"; every key begins with it, so that all of them share one hash slot.
-- An entry of a list is a byte of version and flags (1 inline, 17 reference), the job's 16-byte id, the
-- millisecond since which it is ready in 6 bytes, big endian, and, when inline, its body, which no script reads.
-- job:<id> is a hash: b body, q queue, p priority, s state, a attempts that failed, r recoveries, i interruptions,
-- f last fence, n number within its list, d due or death in ms, e "code\nmessage", y reason of a snooze, w worker,
-- c cancel requested, t deaths that count towards poison, u when the job was enqueued untracked, g fence of the claim
-- that started it first.
local P = KEYS[1]
local call = redis.call

local function microseconds()
    local time = call('TIME')
    return time[1] * 1000000 + time[2]
end

local function milliseconds()
    return math.floor(microseconds() / 1000)
end

-- Large numbers: Lua's own conversion would write 1.7e+15.
local function digits(number)
    return string.format('%.0f', number)
end

local function reference(id, ready)
    return '\17' .. id .. struct.pack('>I6', ready)
end

-- A held entry is "queue\npriority\nfence\n" and the entry: what inflight:<incarnation> keeps under the id.
local function opened(held)
    local queue, priority, fence, start = string.match(held, '^([^\n]*)\n(%w)\n(%d+)\n()')
    return queue, priority, fence, string.sub(held, start)
end

-- Wakes one idle worker, unless the queue is paused.
local function arm(queue)
    if call('SISMEMBER', P .. 'paused', queue) == 0 then
        call('ZADD', P .. 'wake:' .. queue, 0, 'm')
    end
end

-- At the tail of its list, as the newest. A job's number less those taken from its list is its place in it.
local function push(queue, priority, id, now)
    local list = P .. 'q:' .. queue .. ':' .. priority
    local length = call('RPUSH', list, reference(id, now))
    if length == 1 then call('SADD', P .. 'queues', queue) end
    local taken = tonumber(call('HGET', P .. 'taken', queue .. ':' .. priority) or 0)
    return taken + length
end

-- At the head of its list, as the next.
local function unshift(queue, priority, id, now)
    local length = call('LPUSH', P .. 'q:' .. queue .. ':' .. priority, reference(id, now))
    if length == 1 then call('SADD', P .. 'queues', queue) end
    return call('HINCRBY', P .. 'taken', queue .. ':' .. priority, -1) + 1
end

-- To the list that is served before all others and one job at a time, for jobs whose worker died with them.
local function recovered(queue, id, now)
    call('RPUSH', P .. 'q:' .. queue .. ':r', reference(id, now))
    call('SADD', P .. 'queues', queue)
end

-- Into the set 'scheduled' or 'retry'; wakes the promoter when nothing in it is due earlier.
local function defer(set, id, due)
    call('ZADD', P .. set, digits(due), id)
    if call('ZRANGE', P .. set, 0, 0)[1] == id then
        call('ZADD', P .. 'due', 0, 'm')
    end
end

-- The end of a job: its hash is kept for a while when somebody may ask for it.
local function finish(job, state, keep)
    if call('HGET', job, 'u') then
        call('DEL', job)
    else
        call('HSET', job, 's', state)
        call('HDEL', job, 'w', 'c', 'd')
        call('PEXPIRE', job, keep)
    end
end

-- To the dead set, which is capped.
local function bury(job, id, failure, now, keep, limit)
    call('ZADD', P .. 'dead', digits(now), id)
    call('HSET', job, 's', 'dead', 'd', digits(now), 'e', failure)
    call('HDEL', job, 'w', 'c')
    call('PEXPIRE', job, keep)
    local excess = call('ZCARD', P .. 'dead') - limit
    if excess > 0 then
        for _, old in ipairs(call('ZRANGE', P .. 'dead', 0, math.min(excess, 100) - 1)) do
            call('ZREM', P .. 'dead', old)
            call('DEL', P .. 'job:' .. old)
        end
    end
end
