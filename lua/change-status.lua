#!lua
-- Moves the show along its life: draft -> active <-> paused -> ended.
--
-- KEYS[1] meta  KEYS[2] events  KEYS[3] live
-- KEYS[4] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] action: 'activated', 'paused', 'resumed' or 'ended'   ARGV[4] actor
--
-- Returns { code, epoch, seq, detail }
--   OK, INVALID_TRANSITION (detail = { status }), SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits session.status.
-- @include "includes/session"

local action = ARGV[3]
local transitions = {
  activated = { from = { draft = true }, to = 'active' },
  paused = { from = { active = true }, to = 'paused' },
  resumed = { from = { paused = true }, to = 'active' },
  ended = { from = { active = true, paused = true }, to = 'ended' },
}

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[4])
if not show then
  return refused
end
if not transitions[action].from[show.status] then
  return reply(show, 'INVALID_TRANSITION', cjson.encode({ status = show.status }))
end

-- What the end can be taken back to (lua/reopen.lua).
if action == 'ended' then
  redis.call('HSET', KEYS[1], 'endedFrom', show.status)
end
write_session(show, KEYS[2], action, transitions[action].to, show, ARGV[4])
publish_events(show, KEYS[3])
return acted(show, KEYS[4])
