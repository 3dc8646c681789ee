#!lua
-- Lets a show that is at rest go from Redis, since names in it are about to change in Postgres: the next
-- touch rebuilds it from there. Its end can't be taken back after that (lua/reopen.lua).
--
-- KEYS[1] meta  KEYS[2] live
-- KEYS[3..]     the show's other keys
-- ARGV[1] seq   of the last event that Postgres holds
--
-- Returns { code, epoch, seq, detail }
--   OK, SHOW_MISSING, SHOW_RUNNING (detail = { status }) for a show that takes comments, NOT_PERSISTED for
--   one that holds an event that Postgres has not got; nothing changed then
-- Emits no event; publishes { "reset": "" } so that readers resync at once.
-- Holds: nothing that Postgres does not have is ever let go.
-- @include "includes/show"

local show, refused = load_show(KEYS[1], '', '0')
if not show then
  return refused
end
if show.status == 'active' or show.status == 'paused' then
  return reply(show, 'SHOW_RUNNING', cjson.encode({ status = show.status }))
end
if show.seq > tonumber(ARGV[1]) then
  return reply(show, 'NOT_PERSISTED')
end

redis.call('UNLINK', KEYS[1])
for index = 3, #KEYS do
  redis.call('UNLINK', KEYS[index])
end
redis.call('SPUBLISH', KEYS[2], '{"reset":""}')
return reply(show, 'OK')
