#!lua
-- Gives a free unit to a buyer whom the operator names.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] claims  KEYS[4] queue  KEYS[5] events  KEYS[6] live
-- KEYS[7] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] item
-- ARGV[4] buyer        JSON object { key, platform, userId, handle, displayName }
-- ARGV[5] buyer key    ARGV[6] claim id for the new claim   ARGV[7] actor
--
-- Returns { code, epoch, seq, detail }
--   OK (detail = { claimId, epoch, seq } of the claim and the action's first event), ALREADY_WINNER, SOLD_OUT, ITEM_NOT_FOUND, SHOW_ENDED, SHOW_MISSING,
--   HISTORY_LOST
-- Emits claim.promoted for a waiting buyer, else claim.created.
-- Holds: winners <= quantity; one active claim per buyer and item.
-- @include "includes/claim-changes"
-- @include "includes/operator"

local keys = { items = KEYS[2], claims = KEYS[3], queue = KEYS[4], events = KEYS[5] }
local number, buyer_key = ARGV[3], ARGV[5]
local buyer = cjson.decode(ARGV[4])

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[7])
if not show then
  return refused
end
local item, won = read_item(keys.items, number)
if not item then
  return reply(show, 'ITEM_NOT_FOUND')
end
local existing = read_claim(keys.claims, number, buyer_key)
if existing and existing.state == 'winner' then
  return reply(show, 'ALREADY_WINNER')
end
if won >= item.quantity then
  return reply(show, 'SOLD_OUT')
end

local cause = operator_cause(show, 'award', ARGV[7])
grant_unit(show, keys, item, existing, ARGV[6], buyer, cause)
publish_events(show, KEYS[6])
return acted(show, KEYS[7],
  cjson.encode({ claimId = existing and existing.claimId or ARGV[6], epoch = show.epoch, seq = cause.seq }))
