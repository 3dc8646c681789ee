#!lua
-- Gives an item another title, or closes or opens it. Claims on it stay as they are.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] events  KEYS[4] live
-- KEYS[5] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] number       ARGV[4] action: 'edited', 'opened' or 'closed'
-- ARGV[5] title        for 'edited'   ARGV[6] actor
--
-- Returns { code, epoch, seq, detail }
--   OK (no event when the item is so already), ITEM_NOT_FOUND, SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits item.updated.
-- @include "includes/items"

local number, action = ARGV[3], ARGV[4]

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[5])
if not show then
  return refused
end
local item = read_item(KEYS[2], number)
if not item then
  return reply(show, 'ITEM_NOT_FOUND')
end

local previous = copy_item(item)
if action == 'edited' then
  item.title = ARGV[5]
else
  item.state = action == 'opened' and 'open' or 'closed'
end
if item.title == previous.title and item.state == previous.state then
  return reply(show, 'OK')
end
write_item(show, KEYS[2], KEYS[3], action, item, previous, ARGV[6])
publish_events(show, KEYS[4])
return acted(show, KEYS[5])
