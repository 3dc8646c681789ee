-- What every operator action starts with: the show must exist and not be over, the item must exist.
-- And what it ends with.
-- @include "show"

-- A connection that breaks may take an answer with it; the client then sends the call again. What was
-- answered is kept for longer than that goes on, so that the second call is told the same and does
-- nothing.
local ACTION_SECONDS = 60

local function load_running_show(meta_key, known_epoch, known_seq, action_key)
  local show, refused = load_show(meta_key, known_epoch, known_seq)
  local answered = show and redis.call('GET', action_key)
  if answered then
    return nil, reply(show, 'OK', answered)
  end
  if show and show.status == 'ended' then
    return nil, reply(show, 'SHOW_ENDED')
  end
  return show, refused
end

-- Answers for an action that was done.
local function acted(show, action_key, detail)
  redis.call('SET', action_key, detail or '', 'EX', ACTION_SECONDS)
  return reply(show, 'OK', detail)
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
