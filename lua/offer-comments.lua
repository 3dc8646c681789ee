#!lua
-- Puts comments that a path of a channel brought into the show's inbox, where they wait for their turn.
-- The paths are merged here by the comments' identity, and what each brought is counted.
--
-- KEYS[1] inbox  KEYS[2] sightings  KEYS[3] intake  KEYS[4] comments
-- ARGV[1] channel id
-- ARGV[2] path       '1' polling, '2' stream, '4' webhook: a bit of the sightings
-- ARGV[3] live       `platform:liveId` of the channel
-- ARGV[4] limit      how many comments may wait in the inbox
-- ARGV[5..]          for each comment: its key `platform:commentId`, '1' when its author is known ('0'
--                    otherwise), '1' when the platform told its time ('0': it is ordered by when it was
--                    sent), its order key without a line feed, and the comment as JSON
--
-- Returns { now, 'full' } when the limit is reached, and changes nothing: whoever brought the comments
-- brings them again. Otherwise { now, status, status, … }: the server's clock in ms, and for each comment
--   new      nobody had brought it yet
--   waiting  in the inbox already; author and time are added when this path knows them and no other did
--   nameless as waiting, but no path has told the author yet
--   logged   in the show's log already
-- Emits nothing. An inbox value is
-- `<13 digits: arrived at, ms><author known><time told><live>\n<order key>\n<JSON>`.
-- A sighting is `<channel>:<comment key>` with the bits of the paths. Counts in intake, per channel:
-- `<channel>:seen` distinct comments, `<channel>:path:<bit>` those of a path.
-- @include "includes/events"

local channel, path = ARGV[1], tonumber(ARGV[2])
local now = now_ms()
local answer = { now }
if #ARGV > 4 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then
  return { now, 'full' }
end
for index = 5, #ARGV, 5 do
  local key, author, time = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  local order, comment = ARGV[index + 3], ARGV[index + 4]
  local sighting = channel .. ':' .. key
  local seen = tonumber(redis.call('HGET', KEYS[2], sighting) or '0')
  if seen == 0 then
    redis.call('HINCRBY', KEYS[3], channel .. ':seen', 1)
  end
  if math.floor(seen / path) % 2 == 0 then
    redis.call('HSET', KEYS[2], sighting, integer(seen + path))
    redis.call('HINCRBY', KEYS[3], channel .. ':path:' .. ARGV[2], 1)
  end
  local waiting = redis.call('HGET', KEYS[1], key)
  if redis.call('HEXISTS', KEYS[4], key) == 1 then
    answer[#answer + 1] = 'logged'
  elseif not waiting then
    redis.call('HSET', KEYS[1], key,
      now .. author .. time .. ARGV[3] .. '\n' .. order .. '\n' .. comment)
    answer[#answer + 1] = 'new'
  else
    local first_author, first_time = string.sub(waiting, 14, 14), string.sub(waiting, 15, 15)
    local first_order, first_comment = string.match(waiting, '^[^\n]*\n([^\n]*)\n(.*)$')
    local has_time, has_author = time > first_time, author > first_author
    if has_time or has_author then
      local better = has_author or (has_time and author == first_author)
      redis.call('HSET', KEYS[1], key, string.sub(waiting, 1, 13)
        .. (has_author and author or first_author) .. (has_time and time or first_time)
        .. ARGV[3] .. '\n' .. (has_time and order or first_order) .. '\n'
        .. (better and comment or first_comment))
    end
    answer[#answer + 1] = author == '0' and first_author == '0' and 'nameless' or 'waiting'
  end
end
return answer
