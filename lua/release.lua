#!lua
-- Takes a buyer's claim away, as the operator decides; a winner's unit goes to the head of the queue.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] claims  KEYS[4] queue  KEYS[5] events  KEYS[6] live
-- KEYS[7] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] item         ARGV[4] buyer key
-- ARGV[5] claim id     the claim that the operator saw, '' for whichever the buyer holds
-- ARGV[6] actor
--
-- Returns { code, epoch, seq, detail }
--   OK (detail = { claimId, epoch, seq } of the claim and the action's first event),
--   NO_ACTIVE_CLAIM, ITEM_NOT_FOUND, SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits claim.released [claim.promoted].
-- Holds: a second release of the same claim is refused, so a double click never releases the next one.
-- @include "includes/claim-changes"
-- @include "includes/operator"

local keys = { items = KEYS[2], claims = KEYS[3], queue = KEYS[4], events = KEYS[5] }
local item, buyer_key, claim_id = ARGV[3], ARGV[4], ARGV[5]

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[7])
if not show then
  return refused
end
if not read_item(keys.items, item) then
  return reply(show, 'ITEM_NOT_FOUND')
end
local claim = read_claim(keys.claims, item, buyer_key)
if not claim or (claim_id ~= '' and claim_id ~= claim.claimId) then
  return reply(show, 'NO_ACTIVE_CLAIM')
end

local cause = operator_cause(show, 'release', ARGV[6])
release_claim(show, keys, claim, cause)
if claim.state == 'winner' then
  promote_waiting(show, keys, item, 1, cause)
end
publish_events(show, KEYS[6])
return acted(show, KEYS[7], cjson.encode({ claimId = claim.claimId, epoch = show.epoch, seq = cause.seq }))
