#!lua
-- Takes the end of a show back, as long as Redis still holds all of it.
--
-- KEYS[1] meta  KEYS[2] events  KEYS[3] live
-- KEYS[4] action   keeps the answer of this call, for when it is sent again
-- KEYS[5..]     the show's other keys, which must lose their expiry
-- ARGV[1] known epoch  ARGV[2] known seq   ARGV[3] actor
--
-- Returns { code, epoch, seq, detail }
--   OK, INVALID_TRANSITION (detail = { status }) for a show that has not ended, UNDO_NOT_POSSIBLE
--   (detail = { reason: 'archived' }) when the comments' identities are gone, so that a comment could
--   count twice, SHOW_MISSING, HISTORY_LOST
-- Emits session.status (action 'reopened', with the status before the end).
-- @include "includes/session"

local show, refused = load_show(KEYS[1], ARGV[1], ARGV[2])
if not show then
  return refused
end
local answered = redis.call('GET', KEYS[4])
if answered then
  return reply(show, 'OK', answered)
end
if show.status ~= 'ended' then
  return reply(show, 'INVALID_TRANSITION', cjson.encode({ status = show.status }))
end
local before = redis.call('HGET', KEYS[1], 'endedFrom')
if not before then
  return reply(show, 'UNDO_NOT_POSSIBLE', cjson.encode({ reason = 'archived' }))
end

write_session(show, KEYS[2], 'reopened', before, show, ARGV[3])
for index = 1, #KEYS do
  if index ~= 3 and index ~= 4 then
    redis.call('PERSIST', KEYS[index])
  end
end
publish_events(show, KEYS[3])
return acted(show, KEYS[4])
