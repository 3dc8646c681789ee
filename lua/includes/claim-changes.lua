-- What happens to a claim that there is: promotion, release, a unit given past the queue.
-- @include "claims"

local function write_claim(claims_key, claim)
  redis.call('HSET', claims_key, claim_field(claim.item, claim.buyer.key), cjson.encode(claim))
end

-- The buyer at the head of the item's queue, or nil.
local function queue_head(queue_key, item)
  local from, to = queue_range(item)
  local head = redis.call('ZRANGE', queue_key, from, to, 'BYLEX', 'LIMIT', 0, 1)[1]
  return head and string.sub(head, 25) or nil
end

-- The `cause` of what an operator does; `seq` is that of the action's first event.
local function operator_cause(show, action, actor)
  return { kind = 'operator', action = action, actor = actor, seq = show.seq + 1 }
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
