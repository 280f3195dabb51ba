-- Makes due jobs ready.
--
-- KEYS  1 prefix
-- ARGV  1 most jobs of each set
-- Returns {jobs made ready, 1 when more are due, ms until the next is due or -1, the time in ms}.
local now = milliseconds()
local most = tonumber(ARGV[1])
local moved, isMore, earliest = 0, 0, nil
for _, set in ipairs({'scheduled', 'retry'}) do
    local ids = call('ZRANGEBYSCORE', P .. set, '-inf', digits(now), 'LIMIT', 0, most)
    for _, id in ipairs(ids) do
        call('ZREM', P .. set, id)
        local job = P .. 'job:' .. id
        local v = call('HMGET', job, 'q', 'p', 'r')
        if v[1] then
            call('HDEL', job, 'd', 'y', 'n')
            call('HSET', job, 's', 'ready')
            if tonumber(v[3] or 0) > 0 then
                recovered(v[1], id, now)
            else
                call('HSET', job, 'n', digits(push(v[1], v[2], id, now)))
            end
            arm(v[1])
            moved = moved + 1
        end
    end
    if #ids == most then isMore = 1 end
    local first = call('ZRANGE', P .. set, 0, 0, 'WITHSCORES')[2]
    if first and (not earliest or tonumber(first) < earliest) then earliest = tonumber(first) end
end
return {moved, isMore, earliest and math.max(0, earliest - now) or -1, now}
