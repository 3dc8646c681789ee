#!lua
-- Puts comments that a path of a channel brought into the show's inbox, where they wait for their turn.
-- The paths are merged here by the comments' identity, and what each brought is counted.
--
-- KEYS[1] inbox  KEYS[2] sightings  KEYS[3] intake  KEYS[4] comments
-- ARGV[1] channel id
-- ARGV[2] path       '1' polling, '2' stream, '4' webhook: a bit of the sightings
-- ARGV[3..]          for each comment: its key `platform:commentId`, '1' when its author is known ('0'
--                    otherwise), and the comment as JSON
--
-- Returns { now, status, status, … }: the server's clock in ms, and for each comment
--   new      nobody had brought it yet
--   waiting  in the inbox already; its author is added when this path knows it and the first did not
--   logged   in the show's log already
-- Emits nothing. An inbox value is `<13 digits: arrived at, ms><author known, 0 or 1><JSON>`.
-- Counts in intake, per channel: `<channel>:seen` distinct comments, `<channel>:path:<bit>` those of a path.
-- @include "includes/events"

local channel, path = ARGV[1], tonumber(ARGV[2])
local now = now_ms()
local answer = { now }
for index = 3, #ARGV, 3 do
  local key, author_known, comment = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  local seen = tonumber(redis.call('HGET', KEYS[2], key) or '0')
  if seen == 0 then
    redis.call('HINCRBY', KEYS[3], channel .. ':seen', 1)
  end
  if math.floor(seen / path) % 2 == 0 then
    redis.call('HSET', KEYS[2], key, integer(seen + path))
    redis.call('HINCRBY', KEYS[3], channel .. ':path:' .. ARGV[2], 1)
  end
  local waiting = redis.call('HGET', KEYS[1], key)
  if redis.call('HEXISTS', KEYS[4], key) == 1 then
    answer[#answer + 1] = 'logged'
  elseif not waiting then
    redis.call('HSET', KEYS[1], key, now .. author_known .. comment)
    answer[#answer + 1] = 'new'
  else
    if author_known == '1' and string.sub(waiting, 14, 14) == '0' then
      redis.call('HSET', KEYS[1], key, string.sub(waiting, 1, 13) .. author_known .. comment)
    end
    answer[#answer + 1] = 'waiting'
  end
end
return answer
