#!lua
-- Puts a part of a show that is being rebuilt aside, where nothing reads it yet.
--
-- KEYS[1] the staging key of one of the show's keys
-- ARGV[1] 'hash', 'queue' or 'set'  ARGV[2] seconds after which an abandoned rebuild vanishes
-- ARGV[3..]  field, value, … for a hash; members for the queue or a set; at most 3,900 in all
--
-- Returns { code, epoch, seq, detail }: OK, with empty epoch and seq
-- Emits nothing.

local add = { hash = 'HSET', queue = 'ZADD', set = 'SADD' }
local parts = {}
for index = 3, #ARGV do
  if ARGV[1] == 'queue' then
    parts[#parts + 1] = 0
  end
  parts[#parts + 1] = ARGV[index]
end
redis.call(add[ARGV[1]], KEYS[1], unpack(parts))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return { 'OK', '', '0', '' }
