-- Appends events to the show's log and publishes them.
--
-- A stream entry's id is `<seq>-0`, so a range of the log is a range of the stream. The entry's one
-- field `e` is the event as JSON. All events of one call go out in one message, in order.
-- @include "show"

local function now_ms()
  local time = redis.call('TIME')
  return time[1] .. string.format('%03d', math.floor(tonumber(time[2]) / 1000))
end

-- data: the event's data as a JSON text; more, rest: its other parts, for a caller that would have to
-- join them. (Lua hashes every byte of every string it makes, so a long text is best made once.)
local function append_event(show, events_key, event_type, data, more, rest)
  show.seq = show.seq + 1
  show.seq_text = integer(show.seq)
  show.at = show.at or now_ms()
  local event = '{"id":"' .. show.epoch .. ':' .. show.seq_text
    .. '","epoch":"' .. show.epoch
    .. '","seq":' .. show.seq_text
    .. ',"at":' .. show.at
    .. ',"type":"' .. event_type
    .. '","data":' .. data .. (more or '') .. (rest or '') .. '}'
  redis.call('XADD', events_key, show.seq_text .. '-0', 'e', event)
  local published = show.published
  published[#published + 1] = #published == 0 and '[' or ','
  published[#published + 1] = event
end

-- Stores the new seq and wakes the readers. The last step of every script that appended an event.
local function publish_events(show, live_channel)
  show.published[#show.published + 1] = ']'
  redis.call('HSET', show.meta_key, 'seq', show.seq_text)
  redis.call('SPUBLISH', live_channel, table.concat(show.published))
end
