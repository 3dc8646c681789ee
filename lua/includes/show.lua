-- Reads the show and answers for the caller when it can't go on.
--
-- Every write script starts with load_show. Its reply shape is one for all:
--   { code, epoch, seq, detail }   all strings; seq is the show's last event after the call
-- `load_show` returns nil and that reply when the call can't go on.

-- An integer as text. Not tostring, which writes 1e+15 for the fifteenth digit, and not %d, which ends at
-- 2^31 where Lua was built for 32 bits (the embedded Valkey): versions of block lists are times.
local function integer(value)
  return string.format('%.0f', value)
end

-- known_epoch, known_seq: the last position that the caller has seen of this show ('' and '0' when it
-- has seen none). A server that lost its newest events (a crash between two fsyncs) knows less than the
-- caller; one that came back with an old copy may hold an epoch that was given up. Going on would give
-- the same seq to another event. Another epoch may as well be a rebuild that the caller has not heard
-- of: Postgres tells, and the caller asks it.
local function load_show(meta_key, known_epoch, known_seq)
  local meta = redis.call('HMGET', meta_key, 'status', 'epoch', 'seq', 'claimWord', 'passWord', 'name',
    'blockVersion')
  if not meta[1] then
    return nil, { 'SHOW_MISSING', '', '0', '' }
  end
  local show = {
    meta_key = meta_key,
    status = meta[1],
    epoch = meta[2],
    seq = tonumber(meta[3]),
    seq_text = meta[3],
    claim_word = meta[4],
    pass_word = meta[5],
    name = meta[6],
    -- Whether the show ever got a block list; without one, nobody has to be looked up.
    has_blocks = (meta[7] or '0') ~= '0',
    -- The events of this call as the pieces of one JSON array.
    published = {},
  }
  if known_epoch ~= '' and (known_epoch ~= show.epoch or tonumber(known_seq) > show.seq) then
    return nil, { 'HISTORY_LOST', show.epoch, show.seq_text, '' }
  end
  return show
end

local function reply(show, code, detail)
  return { code, show.epoch, show.seq_text, detail or '' }
end
