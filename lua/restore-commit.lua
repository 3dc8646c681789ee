#!lua
-- Makes a rebuilt show live in one step, if nobody else did so first and all of it is there.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] claims  KEYS[4] queue  KEYS[5] comments  KEYS[6] channels
-- KEYS[7] blocked  KEYS[8] events  KEYS[9] live
-- KEYS[10..16] the staging keys of KEYS[1..7]
-- KEYS[17] forked log: where the log of a show is put aside that is replaced wherever it stands
-- KEYS[18] aside   names of the logs that lie aside; a rebuild leaves those of earlier ones there
-- ARGV[1] epoch and ARGV[2] seq of a damaged show that this one replaces, '' and '0' for none; seq '' for
--   one whose log tells another story than history under the same seqs: it is replaced wherever it stands
-- ARGV[3] epoch of the rebuilt show
-- ARGV[4] seconds that the show stays, for one that has ended; '0' for one that stays
-- ARGV[5..11] how many entries were staged in each of KEYS[10..16]
--
-- Returns { code, epoch, seq, detail }: OK, ALREADY_LIVE, STAGING_LOST (Redis lost staged parts
--   meanwhile), STALE_BLOCKS (the damaged show got a newer block list meanwhile); on a refusal the
--   staging keys are dropped
-- Emits no event; publishes { "reset": epoch } so that readers resync at once.
-- Holds: an acknowledged claim of a live show is never replaced by a rebuild that does not know it,
--   unless the claim is put aside with its log; a show is never live in part.
-- @include "includes/show"

local function drop_staging()
  for index = 10, 16 do
    redis.call('UNLINK', KEYS[index])
  end
end

-- A log that was put aside and not taken in yet stays this long, in seconds.
local FORKED_EXPIRY = 86400

-- Not load_show, which does not see a show that was taken out of use (lua/retire.lua): its log stands too.
local epoch, seq, block_version = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'blockVersion'))
local forked = epoch == ARGV[1] and ARGV[2] == ''
if epoch and not forked and not (epoch == ARGV[1] and seq == ARGV[2]) then
  drop_staging()
  return { 'ALREADY_LIVE', epoch, seq, '' }
end
if epoch and tonumber(block_version or '0')
  > tonumber(redis.call('HGET', KEYS[10], 'blockVersion') or '0') then
  drop_staging()
  return { 'STALE_BLOCKS', epoch, seq, '' }
end
-- The fourth is the queue, a sorted set, the seventh the set of blocked buyers; the others are hashes.
local count_of = { [4] = 'ZCARD', [7] = 'SCARD' }
for index = 1, 7 do
  local count = redis.call(count_of[index] or 'HLEN', KEYS[index + 9])
  if count ~= tonumber(ARGV[index + 4]) then
    drop_staging()
    return { 'STAGING_LOST', '', '0', '' }
  end
end

if forked and redis.call('EXISTS', KEYS[8]) == 1 then
  redis.call('RENAME', KEYS[8], KEYS[17])
  redis.call('EXPIRE', KEYS[17], FORKED_EXPIRY)
  -- So that the log is found by others when whoever takes it in dies.
  redis.call('SADD', KEYS[18], ARGV[3])
  redis.call('EXPIRE', KEYS[18], FORKED_EXPIRY)
end
for index = 1, 8 do
  redis.call('UNLINK', KEYS[index])
end
for index = 1, 7 do
  if redis.call('EXISTS', KEYS[index + 9]) == 1 then
    redis.call('RENAME', KEYS[index + 9], KEYS[index])
    if ARGV[4] == '0' then
      redis.call('PERSIST', KEYS[index])
    else
      redis.call('EXPIRE', KEYS[index], ARGV[4])
    end
  end
end
redis.call('SPUBLISH', KEYS[9], '{"reset":"' .. ARGV[3] .. '"}')
return reply(load_show(KEYS[1], '', '0'), 'OK')
