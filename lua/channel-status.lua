#!lua
-- Records how the connection to a platform broadcast stands.
--
-- KEYS[1] meta  KEYS[2] channels  KEYS[3] events  KEYS[4] live
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] channel id   ARGV[4] JSON object { channelId, platform, liveId, status, reason, detail }
--
-- Returns { code, epoch, seq, detail }
--   OK (no event when the channel stands so already), SHOW_MISSING, HISTORY_LOST
-- Emits channel.status, also after the show's end: a channel closes after it.
-- @include "includes/events"

local show, refused = load_show(KEYS[1], ARGV[1], ARGV[2])
if not show then
  return refused
end
if redis.call('HGET', KEYS[2], ARGV[3]) == ARGV[4] then
  return reply(show, 'OK')
end

append_event(show, KEYS[3], 'channel.status', ARGV[4])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
publish_events(show, KEYS[4])
return reply(show, 'OK')
