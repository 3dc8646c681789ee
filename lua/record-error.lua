#!lua
-- Records something that went wrong in the show and that its operator should see.
--
-- KEYS[1] meta  KEYS[2] events  KEYS[3] live
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] JSON object { code, message, channelId }, without secrets or personal data
--
-- Returns { code, epoch, seq, detail }: OK, SHOW_MISSING, HISTORY_LOST
-- Emits error.
-- @include "includes/events"

local show, refused = load_show(KEYS[1], ARGV[1], ARGV[2])
if not show then
  return refused
end

append_event(show, KEYS[2], 'error', ARGV[3])
publish_events(show, KEYS[3])
return reply(show, 'OK')
