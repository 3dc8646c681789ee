#!lua
-- Sets how many units of an item there are; more units go to the head of the queue until it is empty.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] claims  KEYS[4] queue  KEYS[5] events  KEYS[6] live
-- KEYS[7] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] item         ARGV[4] quantity, integer >= 0 (the caller bounds it, so the loop is bounded)
-- ARGV[5] actor
--
-- Returns { code, epoch, seq, detail }
--   OK (detail = { epoch, seq } of the action's first event; no event and no detail when the quantity is that
--   already), QUANTITY_BELOW_CLAIMED (detail = { won }),
--   ITEM_NOT_FOUND, SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits item.updated, then one claim.promoted for each unit that found a waiting buyer.
-- Holds: winners <= quantity; nobody waits while a unit is free.
-- @include "includes/claim-changes"
-- @include "includes/items"

local keys = { items = KEYS[2], claims = KEYS[3], queue = KEYS[4], events = KEYS[5] }
local number, quantity, actor = ARGV[3], tonumber(ARGV[4]), ARGV[5]

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[7])
if not show then
  return refused
end
local item, won = read_item(keys.items, number)
if not item then
  return reply(show, 'ITEM_NOT_FOUND')
end
if quantity < won then
  return reply(show, 'QUANTITY_BELOW_CLAIMED', cjson.encode({ won = won }))
end
if quantity == item.quantity then
  return reply(show, 'OK')
end

local cause = operator_cause(show, 'quantity', actor)
local previous = copy_item(item)
item.quantity = quantity
write_item(show, keys.items, keys.events, 'quantity', item, previous, actor, cause)
promote_waiting(show, keys, number, quantity - won, cause)
publish_events(show, KEYS[6])
return acted(show, KEYS[7], cjson.encode({ epoch = show.epoch, seq = cause.seq }))
