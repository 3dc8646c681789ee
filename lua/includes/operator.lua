-- What every operator action starts with: the show must exist and not be over, the item must exist.
-- @include "show"

local function load_running_show(meta_key, known_epoch, known_seq)
  local show, refused = load_show(meta_key, known_epoch, known_seq)
  if show and show.status == 'ended' then
    return nil, reply(show, 'SHOW_ENDED')
  end
  return show, refused
end

-- The item as events carry it, with its winner count apart; nil when there is none.
local function read_item(items_key, number)
  local found = redis.call('HMGET', items_key,
    number .. ':id', number .. ':title', number .. ':quantity', number .. ':state', number .. ':won')
  if not found[1] then
    return nil
  end
  return {
    id = found[1], number = number, title = found[2], quantity = tonumber(found[3]), state = found[4],
  }, tonumber(found[5])
end
