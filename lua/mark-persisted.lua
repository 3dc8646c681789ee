#!lua flags=allow-oom
-- Notes that Postgres holds the log up to a seq, and trims the stream below it, keeping a tail for
-- clients that resume. An ended show whose log is complete gets an expiry. Runs also when memory is full:
-- it gives some back.
--
-- KEYS[1] meta    KEYS[2] events  KEYS[3] live
-- KEYS[4..]       the show's other keys, for the expiry
-- ARGV[1] epoch   of the events that were persisted
-- ARGV[2] seq     the last one that Postgres holds
-- ARGV[3] tail    how many persisted events stay in the stream
-- ARGV[4] expiry  seconds that an ended show stays in Redis
--
-- Returns { code, epoch, seq, detail }: OK, STALE_EPOCH, SHOW_MISSING
-- Emits no event; publishes { "persisted": seq } so that consoles can show how far behind history is.
-- Holds: nothing that Postgres does not have is ever trimmed.
-- @include "includes/show"

local epoch, persisted, tail = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local show, refused = load_show(KEYS[1], '', '0')
if not show then
  return refused
end
if show.epoch ~= epoch or persisted > show.seq then
  return reply(show, 'STALE_EPOCH')
end

if persisted > tonumber(redis.call('HGET', KEYS[1], 'persisted')) then
  redis.call('HSET', KEYS[1], 'persisted', integer(persisted))
  redis.call('SPUBLISH', KEYS[3], '{"persisted":' .. integer(persisted) .. '}')
  if persisted > tail then
    redis.call('XTRIM', KEYS[2], 'MINID', '~', integer(persisted - tail))
  end
end
if show.status == 'ended' and persisted == show.seq then
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  redis.call('EXPIRE', KEYS[2], ARGV[4])
  for index = 4, #KEYS do
    redis.call('EXPIRE', KEYS[index], ARGV[4])
  end
end
return reply(show, 'OK')
