#!lua
-- Gives the show another name or other words. Comments parsed with the old words are parsed again.
--
-- KEYS[1] meta  KEYS[2] events  KEYS[3] live
-- KEYS[4] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] name         ARGV[4] claim word   ARGV[5] pass word (both normalised)   ARGV[6] actor
--
-- Returns { code, epoch, seq, detail }
--   OK (no event when nothing differs), SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits session.status (action 'edited').
-- @include "includes/session"

local settings = { name = ARGV[3], claim_word = ARGV[4], pass_word = ARGV[5] }

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[4])
if not show then
  return refused
end
if settings.name == show.name and settings.claim_word == show.claim_word
  and settings.pass_word == show.pass_word then
  return reply(show, 'OK')
end

write_session(show, KEYS[2], 'edited', show.status, settings, ARGV[6])
publish_events(show, KEYS[3])
return acted(show, KEYS[4])
