#!lua
-- Takes a show out of use whose state in Redis is wrong, or older than it was: from now on every script
-- finds it missing, and whoever touches it has it rebuilt from Postgres. Its log stays, so that the rebuild
-- first brings to Postgres what that has not got yet.
--
-- KEYS[1] meta
-- ARGV[1] epoch  of that state
--
-- Returns { code, epoch, seq, detail }: OK, SHOW_MISSING, STALE_EPOCH (it was rebuilt meanwhile)
-- Emits nothing; the rebuild that follows tells readers to resync.
-- Holds: no event is lost, and none is appended to the old state after it.
-- @include "includes/show"

local show, refused = load_show(KEYS[1], '', '0')
if not show then
  return refused
end
if show.epoch ~= ARGV[1] then
  return reply(show, 'STALE_EPOCH')
end

-- A show without status is none (includes/show.lua); epoch and seq still tell where its log stands.
redis.call('HDEL', KEYS[1], 'status')
return reply(show, 'OK')
