import Redis

/// The Lua scripts of the feed; each is one atomic step. Every key of a feed has the same hash tag.
///
/// The hash beside the stream holds: `fence` the greatest writer so far, `version`, `first` the id of the stream's first
/// event, `last` of its last, `status`, `sources`, `resets`, `done`.
enum FeedScripts {
    /// KEYS: stream, hash, text.
    /// ARGV: fence, bumps version (0 or 1), `begin`, `continue` or `note`, channel, job id, greatest number of events,
    /// seconds to live, seconds to live once done, then name and value of each event. `begin` starts the text anew when an
    /// earlier attempt left some, and the whole feed, whatever its fence, when the job had ended and was revived;
    /// `continue` needs the feed that its writer began.
    /// Returns {1, version, id of the last event}, or {0} when a newer writer holds the feed, or {-1} when the feed that
    /// this writer began is gone.
    static let append = RedisScript(
        name: "feed.append",
        source:
            """
            local stream, hash, text = KEYS[1], KEYS[2], KEYS[3]
            if ARGV[3] == 'begin' and redis.call('HEXISTS', hash, 'done') == 1 then
                redis.call('DEL', stream, text)
                redis.call('HDEL', hash, 'done', 'fence', 'first', 'last', 'status', 'sources')
                redis.call('HINCRBY', hash, 'resets', 1)
            end
            if tonumber(redis.call('HGET', hash, 'fence') or '0') > tonumber(ARGV[1]) then return {0} end
            if ARGV[3] == 'continue' and redis.call('EXISTS', hash) == 0 then return {-1} end
            local last = ''
            local function add(name, value)
                last = redis.call('XADD', stream, 'MAXLEN', '~', ARGV[6], '*', name, value)
                redis.call('HSETNX', hash, 'first', last)
                if name == 'delta' then
                    redis.call('APPEND', text, value)
                elseif name == 'reset' then
                    redis.call('DEL', text)
                    redis.call('HDEL', hash, 'sources')
                    redis.call('HINCRBY', hash, 'resets', 1)
                elseif name == 'status' or name == 'sources' then
                    redis.call('HSET', hash, name, value)
                elseif name == 'done' then
                    redis.call('HSET', hash, 'done', '1')
                end
            end
            if ARGV[3] == 'begin' and (redis.call('EXISTS', text) == 1 or redis.call('HEXISTS', hash, 'sources') == 1) then
                add('reset', '')
            end
            for i = 9, #ARGV, 2 do add(ARGV[i], ARGV[i + 1]) end
            local version = tonumber(redis.call('HGET', hash, 'version') or '0')
            if ARGV[2] == '1' then
                local time = redis.call('TIME')
                version = math.max(version + 1, time[1] * 1000 + math.floor(time[2] / 1000))
            end
            version = string.format('%.0f', version)
            redis.call('HSET', hash, 'fence', ARGV[1], 'version', version)
            if last ~= '' then redis.call('HSET', hash, 'last', last) end
            local lifetime = ARGV[7]
            if redis.call('HEXISTS', hash, 'done') == 1 then lifetime = ARGV[8] end
            for i = 1, 3 do redis.call('EXPIRE', KEYS[i], lifetime) end
            redis.call('PUBLISH', ARGV[4], ARGV[5])
            return {1, version, last}
            """)

    /// KEYS: stream, hash. ARGV: the place to follow on from ('' is the beginning), greatest number of events.
    /// Returns {id of the first event ever, id of the first that is left, entries}; {} when there is no feed.
    static let read = RedisScript(
        name: "feed.read",
        source:
            """
            local first = redis.call('HGET', KEYS[2], 'first')
            if not first then return {} end
            local left = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
            local from = '-'
            if ARGV[1] ~= '' then from = '(' .. ARGV[1] end
            local entries = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', ARGV[2])
            return {first, left[1] and left[1][1] or '', entries}
            """)

    /// KEYS: hash, text. Returns {the hash's fields and values, the text}.
    static let snapshot = RedisScript(
        name: "feed.snapshot",
        source:
            """
            return {redis.call('HGETALL', KEYS[1]), redis.call('GET', KEYS[2])}
            """)
}
