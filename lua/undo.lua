#!lua
-- Takes an operator's action on an item's claims back, if that can be done exactly.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] claims  KEYS[4] queue  KEYS[5] events  KEYS[6] live
-- KEYS[7] action   keeps the answer of this call, for when it is sent again
-- ARGV[1] known epoch  ARGV[2] known seq
-- ARGV[3] item         ARGV[4] seq of the action's last event   ARGV[5] actor
-- ARGV[6] plan, JSON object (see domain/undo.ts), each list in the order to be done:
--   quantity  the quantity to go back to, or null
--   withdraw  [{ buyerKey, claimId }]                 claims that the action made
--   demote    [{ buyerKey, claimId, newClaimId }]     waiting claims that it promoted
--   reinstate [{ claimId, buyer, state, rank }]       claims that it released, under a new id
--
-- Returns { code, epoch, seq, detail }
--   OK (detail = { epoch, seq } of the undo's first event), UNDO_NOT_POSSIBLE (detail = { reason }: 'changed'
--   when the item's allocation changed since, 'claimed_again' when a released buyer is back, 'waiting'
--   when somebody joined the queue whom the action's absence would have given the unit),
--   ITEM_NOT_FOUND, SHOW_ENDED, SHOW_MISSING, HISTORY_LOST
-- Emits claim.released and claim.created, and item.updated for a quantity; nothing is erased.
-- Holds: winners <= quantity; nobody waits while a unit is free; everybody is back in their old place.
-- @include "includes/claim-changes"
-- @include "includes/items"

local keys = { items = KEYS[2], claims = KEYS[3], queue = KEYS[4], events = KEYS[5] }
local number, plan = ARGV[3], cjson.decode(ARGV[6])

local show, refused = load_running_show(KEYS[1], ARGV[1], ARGV[2], KEYS[7])
if not show then
  return refused
end
local function impossible(reason)
  return reply(show, 'UNDO_NOT_POSSIBLE', cjson.encode({ reason = reason }))
end
local item, won = read_item(keys.items, number)
if not item then
  return reply(show, 'ITEM_NOT_FOUND')
end
if redis.call('HGET', keys.items, number .. ':changed') ~= ARGV[4] then
  return impossible('changed')
end

-- Decide: what would be left must be a lawful allocation.
local waiting = queue_length(keys.queue, number)
local taken = {}
for _, list in ipairs({ plan.withdraw, plan.demote }) do
  for _, entry in ipairs(list) do
    local claim = read_claim(keys.claims, number, entry.buyerKey)
    if not claim or claim.claimId ~= entry.claimId then
      return impossible('changed')
    end
    taken[entry.claimId] = claim
    if claim.state == 'winner' then
      won = won - 1
    else
      waiting = waiting - 1
    end
  end
end
waiting = waiting + #plan.demote
for _, entry in ipairs(plan.reinstate) do
  -- The claim that takes its place goes first when it is the action's own (undoing an undo).
  local existing = read_claim(keys.claims, number, entry.buyer.key)
  if existing and not taken[existing.claimId] then
    return impossible('claimed_again')
  end
  if entry.state == 'winner' then
    won = won + 1
  else
    waiting = waiting + 1
  end
end
local quantity = plan.quantity == cjson.null and item.quantity or plan.quantity
if won > quantity then
  return impossible('changed')
end
if won < quantity and waiting > 0 then
  return impossible('waiting')
end

-- Write: units are given up before they are given back, a quantity grows first and shrinks last.
local cause = operator_cause(show, 'undo', ARGV[5])
local function go_back_to_quantity()
  local previous = copy_item(item)
  item.quantity = quantity
  write_item(show, keys.items, keys.events, 'quantity', item, previous, ARGV[5], cause)
end
local function give_back(claim_id, buyer, state, rank)
  create_claim(show, keys, {
    id = claim_id, item = number, item_id = item.id, state = state, rank = rank,
    buyer_key = buyer.key, buyer_json = cjson.encode(buyer),
  }, cause)
end
if quantity > item.quantity then
  go_back_to_quantity()
end
for _, entry in ipairs(plan.withdraw) do
  release_claim(show, keys, taken[entry.claimId], cause)
end
for _, entry in ipairs(plan.demote) do
  local claim = taken[entry.claimId]
  release_claim(show, keys, claim, cause)
  give_back(entry.newClaimId, claim.buyer, 'waitlist', claim.rank)
end
for _, entry in ipairs(plan.reinstate) do
  give_back(entry.claimId, entry.buyer, entry.state, entry.rank)
end
if quantity < item.quantity then
  go_back_to_quantity()
end
publish_events(show, KEYS[6])
return acted(show, KEYS[7], cjson.encode({ epoch = show.epoch, seq = cause.seq }))
