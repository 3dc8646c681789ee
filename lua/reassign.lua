#!lua
-- Moves a winner's unit to a chosen buyer, waiting or not, past the queue, in one step.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] claims  KEYS[4] queue  KEYS[5] events  KEYS[6] live
-- KEYS[7] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] item
-- ARGV[4] buyer key of the winner   ARGV[5] claim id that the operator saw, '' for whichever it is
-- ARGV[6] chosen buyer, JSON object { key, platform, userId, handle, displayName }
-- ARGV[7] chosen buyer's key        ARGV[8] claim id for a new claim   ARGV[9] actor
--
-- Returns { code, epoch, seq, detail }
--   OK (detail = { claimId, epoch, seq } of the chosen buyer's claim and the action's first event),
--   NOT_A_WINNER, ALREADY_WINNER, ITEM_NOT_FOUND, SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits claim.released, then claim.promoted for a waiting buyer, else claim.created.
-- Holds: the number of winners stays; the rest of the queue keeps its order.
-- @include "includes/claim-changes"
-- @include "includes/operator"

local keys = { items = KEYS[2], claims = KEYS[3], queue = KEYS[4], events = KEYS[5] }
local number, winner_key, winner_claim, chosen_key = ARGV[3], ARGV[4], ARGV[5], ARGV[7]
-- Decoded before the first write: a script that fails after it is not rolled back.
local buyer = cjson.decode(ARGV[6])

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[7])
if not show then
  return refused
end
local item = read_item(keys.items, number)
if not item then
  return reply(show, 'ITEM_NOT_FOUND')
end
local winner = read_claim(keys.claims, number, winner_key)
if not winner or winner.state ~= 'winner' or (winner_claim ~= '' and winner_claim ~= winner.claimId) then
  return reply(show, 'NOT_A_WINNER')
end
local chosen = read_claim(keys.claims, number, chosen_key)
if chosen and chosen.state == 'winner' then
  return reply(show, 'ALREADY_WINNER')
end

local cause = operator_cause(show, 'reassign', ARGV[9])
release_claim(show, keys, winner, cause)
grant_unit(show, keys, item, chosen, ARGV[8], buyer, cause)
publish_events(show, KEYS[6])
return acted(show, KEYS[7],
  cjson.encode({ claimId = chosen and chosen.claimId or ARGV[8], epoch = show.epoch, seq = cause.seq }))
