-- Changes to an item itself.
--
-- items (hash): `<n>:id`, `<n>:title`, `<n>:quantity`, `<n>:state`, `<n>:won` (number of winners)
-- @include "events"
-- @include "operator"

-- Stores `item` and emits item.updated. `previous` is the item before, or cjson.null for a new one.
local function write_item(show, items_key, events_key, action, item, previous, actor)
  append_event(show, events_key, 'item.updated', cjson.encode({
    action = action, item = item, previous = previous, actor = actor,
  }))
  local n = item.number
  if action == 'removed' then
    redis.call('HDEL', items_key, n .. ':id', n .. ':title', n .. ':quantity', n .. ':state', n .. ':won')
    return
  end
  redis.call('HSET', items_key, n .. ':id', item.id, n .. ':title', item.title,
    n .. ':quantity', integer(item.quantity), n .. ':state', item.state)
  redis.call('HSETNX', items_key, n .. ':won', '0')
end

local function copy_item(item)
  return {
    id = item.id, number = item.number, title = item.title,
    quantity = item.quantity, state = item.state,
  }
end
