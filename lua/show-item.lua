#!lua
-- Notes which item the host holds up now, or that there is none.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] events  KEYS[4] live
-- KEYS[5] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] number, '' for none   ARGV[4] actor
--
-- Returns { code, epoch, seq, detail }
--   OK (no event when it is shown already), ITEM_NOT_FOUND, SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits item.updated (action 'shown', or 'hidden' for the item that was shown).
-- @include "includes/items"

local number = ARGV[3]

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[5])
if not show then
  return refused
end
local showing = redis.call('HGET', KEYS[1], 'showing') or ''
if number == showing then
  return reply(show, 'OK')
end
local item = read_item(KEYS[2], number == '' and showing or number)
if not item then
  return reply(show, 'ITEM_NOT_FOUND')
end

write_item(show, KEYS[2], KEYS[3], number == '' and 'hidden' or 'shown', item, copy_item(item), ARGV[4])
if number == '' then
  redis.call('HDEL', KEYS[1], 'showing')
else
  redis.call('HSET', KEYS[1], 'showing', number)
end
publish_events(show, KEYS[4])
return acted(show, KEYS[5])
