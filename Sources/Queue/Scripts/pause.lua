-- Pauses or resumes a queue: its jobs stay where they are.
--
-- KEYS  1 prefix
-- ARGV  1 queue, 2 "pause" or "resume"
-- Returns 1 when that changed anything, else 0.
if ARGV[2] == 'pause' then
    call('DEL', P .. 'wake:' .. ARGV[1])
    return call('SADD', P .. 'paused', ARGV[1])
end
local changed = call('SREM', P .. 'paused', ARGV[1])
local list = P .. 'q:' .. ARGV[1] .. ':'
if call('EXISTS', list .. 'r', list .. '0', list .. '1', list .. '2') > 0 then arm(ARGV[1]) end
return changed
