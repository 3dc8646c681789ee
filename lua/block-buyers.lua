#!lua
-- Replaces the show's copy of its workspace's block list, unless the copy is as new already.
--
-- KEYS[1] meta  KEYS[2] blocked
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] version      of the list; grows with every change of it
-- ARGV[4..]            keys of the blocked buyers, all of them
--
-- Returns { code, epoch, seq, detail }: OK, SHOW_MISSING, HISTORY_LOST
-- Emits nothing: the list is the workspace's, not the show's. What it does to a comment stands in the
-- comment's own outcome.
-- Holds: of two changes that arrive in the wrong order the later one stays. A show that expires keeps
-- its time, with the list.
-- @include "includes/show"

local version = tonumber(ARGV[3])

local show, refused = load_show(KEYS[1], ARGV[1], ARGV[2])
if not show then
  return refused
end
if version <= tonumber(redis.call('HGET', KEYS[1], 'blockVersion') or '0') then
  return reply(show, 'OK')
end

redis.call('UNLINK', KEYS[2])
for index = 4, #ARGV do
  redis.call('SADD', KEYS[2], ARGV[index])
end
redis.call('HSET', KEYS[1], 'blockVersion', integer(version))
local left_ms = redis.call('PTTL', KEYS[1])
if left_ms > 0 then
  redis.call('PEXPIRE', KEYS[2], integer(left_ms))
end
return reply(show, 'OK')
