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

-- Number of claims that wait for the item.
local function queue_length(queue_key, item)
  local from, to = queue_range(item)
  return redis.call('ZLEXCOUNT', queue_key, from, to)
end

local function mark_changed(show, keys, item)
  redis.call('HSET', keys.items, item .. ':changed', show.seq_text)
end

-- A new claim for a buyer who holds none. Emits claim.created.
-- claim: { id, item, item_id, buyer_key, buyer_json, state, won, rank, position }
--   state is 'winner' or 'waitlist'; rank is where a waiting claim queues, by default the end; won, the
--   number of winners before it, and position, its place in the queue, when the caller knows them.
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
    local won = claim.won or tonumber(redis.call('HGET', keys.items, item .. ':won'))
    redis.call('HSET', keys.items, item .. ':won', integer(won + 1), item .. ':changed', won_seq)
  else
    redis.call('ZADD', keys.queue, 0, queue_member(item, rank, claim.buyer_key))
    if cause.kind == 'operator' then
      mark_changed(show, keys, item)
    end
  end
  redis.call('HSET', keys.claims, claim_field(item, claim.buyer_key),
    facts .. ',"wonSeq":' .. won_seq .. ',"claimedAt":' .. show.at .. '}')
end
