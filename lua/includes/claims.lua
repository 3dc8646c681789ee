-- Claims and the queue of an item.
--
-- claims (hash): `<item>|<buyer>` -> the active claim as JSON
--   { claimId, item, buyer, state, rank, wonSeq, claimedAt }   wonSeq is null while waiting
-- queue (sorted set, all scores 0): `<item, 6 digits>|<rank, 16 digits>|<buyer>`; bytes order it, so the
--   first member of an item's range is its head. One key for all items: a script declares its keys
--   without knowing how many items there are.
-- items (hash): `<n>:won` counts the winners.
-- @include "events"

local function claim_field(item, buyer_key)
  return item .. '|' .. buyer_key
end

local function queue_range(item)
  local prefix = string.format('%06d', tonumber(item)) .. '|'
  return '[' .. prefix, '(' .. string.format('%06d', tonumber(item)) .. '}'
end

local function queue_member(item, rank, buyer_key)
  return string.format('%06d|%016.0f|', tonumber(item), rank) .. buyer_key
end

local function read_claim(claims_key, item, buyer_key)
  local stored = redis.call('HGET', claims_key, claim_field(item, buyer_key))
  return stored and cjson.decode(stored) or nil
end

local function write_claim(claims_key, claim)
  redis.call('HSET', claims_key, claim_field(claim.item, claim.buyer.key), cjson.encode(claim))
end

-- The buyer at the head of the item's queue, or nil.
local function queue_head(queue_key, item)
  local from, to = queue_range(item)
  local head = redis.call('ZRANGE', queue_key, from, to, 'BYLEX', 'LIMIT', 0, 1)[1]
  return head and string.sub(head, 25) or nil
end

-- Number of claims that wait for the item.
local function queue_length(queue_key, item)
  local from, to = queue_range(item)
  return redis.call('ZLEXCOUNT', queue_key, from, to)
end

-- A new claim for a buyer who holds none. `state` is 'winner' or 'waitlist'. Emits claim.created.
local function create_claim(show, keys, item, item_id, claim_id, buyer, state, cause)
  local rank = show.seq + 1
  local position = cjson.null
  local won_seq = cjson.null
  if state == 'winner' then
    won_seq = rank
  else
    position = queue_length(keys.queue, item) + 1
  end
  append_event(show, keys.events, 'claim.created', cjson.encode({
    claimId = claim_id, itemId = item_id, item = item, buyer = buyer, state = state,
    rank = rank, position = position, cause = cause,
  }))
  if state == 'winner' then
    redis.call('HINCRBY', keys.items, item .. ':won', 1)
  else
    redis.call('ZADD', keys.queue, 0, queue_member(item, rank, buyer.key))
  end
  write_claim(keys.claims, {
    claimId = claim_id, item = item, buyer = buyer, state = state,
    rank = rank, wonSeq = won_seq, claimedAt = tonumber(show.at),
  })
end

-- Turns a waiting claim into a winner. Emits claim.promoted.
local function promote_claim(show, keys, claim, cause)
  append_event(show, keys.events, 'claim.promoted', cjson.encode({
    claimId = claim.claimId, item = claim.item, buyer = claim.buyer, cause = cause,
  }))
  redis.call('ZREM', keys.queue, queue_member(claim.item, claim.rank, claim.buyer.key))
  redis.call('HINCRBY', keys.items, claim.item .. ':won', 1)
  redis.call('HINCRBY', show.meta_key, 'n:promoted', 1)
  claim.state = 'winner'
  claim.wonSeq = show.seq
  write_claim(keys.claims, claim)
end

-- Gives up to `free` units to the head of the queue, one after the other.
local function promote_waiting(show, keys, item, free, cause)
  for _ = 1, free do
    local head = queue_head(keys.queue, item)
    if not head then
      return
    end
    promote_claim(show, keys, read_claim(keys.claims, item, head), cause)
  end
end

-- Takes a claim away. Emits claim.released; promotes nobody.
local function release_claim(show, keys, claim, cause)
  append_event(show, keys.events, 'claim.released', cjson.encode({
    claimId = claim.claimId, item = claim.item, buyer = claim.buyer, from = claim.state, cause = cause,
  }))
  if claim.state == 'winner' then
    redis.call('HINCRBY', keys.items, claim.item .. ':won', -1)
  else
    redis.call('ZREM', keys.queue, queue_member(claim.item, claim.rank, claim.buyer.key))
  end
  redis.call('HDEL', keys.claims, claim_field(claim.item, claim.buyer.key))
  redis.call('HINCRBY', show.meta_key, 'n:released', 1)
end

-- Gives a unit to a buyer past the queue: a waiting claim is promoted, else a claim is made.
local function grant_unit(show, keys, item, existing, claim_id, buyer, cause)
  if existing then
    promote_claim(show, keys, existing, cause)
  else
    create_claim(show, keys, item.number, item.id, claim_id, buyer, 'winner', cause)
  end
end
