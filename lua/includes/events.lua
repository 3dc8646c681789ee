-- Appends events to the show's log and publishes them.
--
-- A stream entry's id is `<seq>-0`, so a range of the log is a range of the stream. The entry's one
-- field `e` is the event as JSON. All events of one call go out in one message, in order.
-- @include "show"

local function now_ms()
  local time = redis.call('TIME')
  return time[1] .. string.format('%03d', math.floor(tonumber(time[2]) / 1000))
end

-- data: the event's data as a JSON text.
local function append_event(show, events_key, event_type, data)
  show.seq = show.seq + 1
  show.at = show.at or now_ms()
  local seq = integer(show.seq)
  local event = '{"id":"' .. show.epoch .. ':' .. seq
    .. '","epoch":"' .. show.epoch
    .. '","seq":' .. seq
    .. ',"at":' .. show.at
    .. ',"type":"' .. event_type
    .. '","data":' .. data .. '}'
  redis.call('XADD', events_key, seq .. '-0', 'e', event)
  show.published[#show.published + 1] = event
end

-- Stores the new seq and wakes the readers. The last step of every script that appended an event.
local function publish_events(show, live_channel)
  redis.call('HSET', show.meta_key, 'seq', integer(show.seq))
  redis.call('SPUBLISH', live_channel, '[' .. table.concat(show.published, ',') .. ']')
end
