#!lua
-- Adds an open item to the show.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] events  KEYS[4] live
-- KEYS[5] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] number       ARGV[4] id   ARGV[5] title   ARGV[6] quantity, integer >= 0   ARGV[7] actor
-- ARGV[8] most items that the show may have, or '' for any number
--
-- Returns { code, epoch, seq, detail }: OK, ITEM_EXISTS, TOO_MANY_ITEMS, SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits item.updated (action 'added').
-- @include "includes/items"

local number = ARGV[3]

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[5])
if not show then
  return refused
end
if read_item(KEYS[2], number) then
  return reply(show, 'ITEM_EXISTS')
end
if ARGV[8] ~= '' and redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[8]) * FIELDS_OF_ITEM then
  return reply(show, 'TOO_MANY_ITEMS')
end

write_item(show, KEYS[2], KEYS[3], 'added', {
  id = ARGV[4], number = number, title = ARGV[5], quantity = tonumber(ARGV[6]), state = 'open',
}, cjson.null, ARGV[7])
publish_events(show, KEYS[4])
return acted(show, KEYS[5])
