-- Changes to an item itself.
--
-- items (hash): `<n>:id`, `<n>:title`, `<n>:quantity`, `<n>:state`, `<n>:won` (number of winners),
--   `<n>:changed` (seq of the last change of its allocation); an item has all of them
-- @include "events"
-- @include "operator"

local FIELDS_OF_ITEM = 6

-- Stores `item` and emits item.updated. `previous` is the item before, or cjson.null for a new one;
-- `cause` only for an action that changes claims as well.
local function write_item(show, items_key, events_key, action, item, previous, actor, cause)
  append_event(show, events_key, 'item.updated', cjson.encode({
    action = action, item = item, previous = previous, actor = actor, cause = cause or cjson.null,
  }))
  local n = item.number
  if action == 'removed' then
    redis.call('HDEL', items_key, n .. ':id', n .. ':title', n .. ':quantity', n .. ':state',
      n .. ':won', n .. ':changed')
    return
  end
  redis.call('HSET', items_key, n .. ':id', item.id, n .. ':title', item.title,
    n .. ':quantity', integer(item.quantity), n .. ':state', item.state)
  redis.call('HSETNX', items_key, n .. ':won', '0')
  if action == 'added' or action == 'quantity' then
    redis.call('HSET', items_key, n .. ':changed', integer(show.seq))
  end
end

local function copy_item(item)
  return {
    id = item.id, number = item.number, title = item.title,
    quantity = item.quantity, state = item.state,
  }
end
