#!lua
-- Removes an item that nobody holds or waits for.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] queue  KEYS[4] events  KEYS[5] live
-- KEYS[6] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] number       ARGV[4] actor
--
-- Returns { code, epoch, seq, detail }
--   OK, ITEM_HAS_CLAIMS, ITEM_NOT_FOUND, SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits item.updated (action 'hidden' first for the item that the host holds up, then 'removed').
-- @include "includes/claims"
-- @include "includes/items"

local number = ARGV[3]

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[6])
if not show then
  return refused
end
local item, won = read_item(KEYS[2], number)
if not item then
  return reply(show, 'ITEM_NOT_FOUND')
end
if won > 0 or queue_length(KEYS[3], number) > 0 then
  return reply(show, 'ITEM_HAS_CLAIMS')
end

if redis.call('HGET', KEYS[1], 'showing') == number then
  write_item(show, KEYS[2], KEYS[4], 'hidden', item, copy_item(item), ARGV[4])
  redis.call('HDEL', KEYS[1], 'showing')
end
write_item(show, KEYS[2], KEYS[4], 'removed', item, copy_item(item), ARGV[4])
publish_events(show, KEYS[5])
return acted(show, KEYS[6])
