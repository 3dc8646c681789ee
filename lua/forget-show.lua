#!lua flags=allow-oom
-- Lets a show that is at rest go from Redis, since names in it are about to change in Postgres: the next
-- touch rebuilds it from there. Its end can't be taken back after that (lua/reopen.lua). Runs also when
-- memory is full: it gives some back.
--
-- KEYS[1] meta  KEYS[2] live
-- KEYS[3..]     the show's other keys
-- ARGV[1] seq   of the last event that Postgres holds
--
-- Returns { code, epoch, seq, detail }
--   OK (also for a show that was taken out of use, lua/retire.lua), SHOW_MISSING, SHOW_RUNNING
--   (detail = { status }) for one that takes comments, NOT_PERSISTED for one that holds an event that
--   Postgres has not got; nothing changed then
-- Emits no event; publishes { "reset": "" } so that readers resync at once.
-- Holds: nothing that Postgres does not have is ever let go.

local status, epoch, seq = unpack(redis.call('HMGET', KEYS[1], 'status', 'epoch', 'seq'))
if not epoch then
  return { 'SHOW_MISSING', '', '0', '' }
end
if status == 'active' or status == 'paused' then
  return { 'SHOW_RUNNING', epoch, seq, cjson.encode({ status = status }) }
end
if tonumber(seq) > tonumber(ARGV[1]) then
  return { 'NOT_PERSISTED', epoch, seq, '' }
end

redis.call('UNLINK', KEYS[1])
for index = 3, #KEYS do
  redis.call('UNLINK', KEYS[index])
end
redis.call('SPUBLISH', KEYS[2], '{"reset":""}')
return { 'OK', epoch, seq, '' }
