-- Claims and the queue of an item.
--
-- claims (hash): `<item>|<buyer>` -> the active claim as JSON
--   { claimId, item, buyer, state, rank, wonSeq, claimedAt }   wonSeq is null while waiting
-- queue (sorted set, all scores 0): `<item, 6 digits>|<rank, 16 digits>|<buyer>`; bytes order it, so the
--   first member of an item's range is its head. One key for all items: a script declares its keys
--   without knowing how many items there are.
-- items (hash): `<n>:won` counts the winners; `<n>:changed` is the seq of the last event that changed
--   who holds or waits, other than by joining the end of the queue.
-- @include "events"

local function claim_field(item, buyer_key)
  return item .. '|' .. buyer_key
end

local function queue_range(item)
  local padded = string.format('%06d', tonumber(item))
  return '[' .. padded .. '|', '(' .. padded .. '}'
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

-- The `cause` of what an operator does; `seq` is that of the action's first event.
local function operator_cause(show, action, actor)
  return { kind = 'operator', action = action, actor = actor, seq = show.seq + 1 }
end

local function mark_changed(show, keys, item)
  redis.call('HSET', keys.items, item .. ':changed', show.seq_text)
end

-- A new claim for a buyer who holds none. Emits claim.created.
-- claim: { id, item, item_id, buyer_key, buyer_json, state, rank, position }
--   state is 'winner' or 'waitlist'; rank is where a waiting claim queues, by default the end;
--   position is its place in the queue, when the caller knows it already.
-- The JSON is spliced: the buyer's text goes into event and claim as it came, which costs a third of
-- decoding it and encoding it twice.
local function create_claim(show, keys, claim, cause)
  local item, wins = claim.item, claim.state == 'winner'
  local rank = claim.rank or show.seq + 1
  local position, won_seq = 'null', 'null'
  if not wins then
    position = integer(claim.position or redis.call('ZLEXCOUNT', keys.queue, (queue_range(item)),
      '(' .. queue_member(item, rank, claim.buyer_key)) + 1)
  end
  local facts = '{"claimId":"' .. claim.id .. '","item":"' .. item .. '","buyer":' .. claim.buyer_json
    .. ',"state":"' .. claim.state .. '","rank":' .. integer(rank)
  append_event(show, keys.events, 'claim.created', facts, ',"itemId":"' .. claim.item_id
    .. '","position":' .. position .. ',"cause":' .. cjson.encode(cause) .. '}')
  if wins then
    won_seq = show.seq_text
    redis.call('HINCRBY', keys.items, item .. ':won', 1)
  else
    redis.call('ZADD', keys.queue, 0, queue_member(item, rank, claim.buyer_key))
  end
  if wins or cause.kind == 'operator' then
    mark_changed(show, keys, item)
  end
  redis.call('HSET', keys.claims, claim_field(item, claim.buyer_key),
    facts .. ',"wonSeq":' .. won_seq .. ',"claimedAt":' .. show.at .. '}')
end

-- Turns a waiting claim into a winner. Emits claim.promoted.
local function promote_claim(show, keys, claim, cause)
  append_event(show, keys.events, 'claim.promoted', cjson.encode({
    claimId = claim.claimId, item = claim.item, buyer = claim.buyer, cause = cause,
  }))
  redis.call('ZREM', keys.queue, queue_member(claim.item, claim.rank, claim.buyer.key))
  redis.call('HINCRBY', keys.items, claim.item .. ':won', 1)
  redis.call('HINCRBY', show.meta_key, 'n:promoted', 1)
  mark_changed(show, keys, claim.item)
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
    claimId = claim.claimId, item = claim.item, buyer = claim.buyer, from = claim.state,
    rank = claim.rank, cause = cause,
  }))
  if claim.state == 'winner' then
    redis.call('HINCRBY', keys.items, claim.item .. ':won', -1)
  else
    redis.call('ZREM', keys.queue, queue_member(claim.item, claim.rank, claim.buyer.key))
  end
  redis.call('HDEL', keys.claims, claim_field(claim.item, claim.buyer.key))
  redis.call('HINCRBY', show.meta_key, 'n:released', 1)
  mark_changed(show, keys, claim.item)
end

-- Gives a unit to a buyer past the queue: a waiting claim is promoted, else a claim is made.
local function grant_unit(show, keys, item, existing, claim_id, buyer, cause)
  if existing then
    promote_claim(show, keys, existing, cause)
  else
    create_claim(show, keys, {
      id = claim_id, item = item.number, item_id = item.id, state = 'winner',
      buyer_key = buyer.key, buyer_json = cjson.encode(buyer),
    }, cause)
  end
end
