#!lua
-- Takes, renews or gives back a lease: the right of one process to do something alone for a while.
--
-- KEYS[1] lease
-- ARGV[1] holder  a text that only the holder knows
-- ARGV[2] ms      how long it lasts from now; '0' gives it back
--
-- Returns 1 when the holder has it now (or gave it back), 0 when somebody else has it.
-- Emits nothing.

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
