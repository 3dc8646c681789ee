#!lua
-- Takes one comment in: logs it, and lets it claim or pass an item.
--
-- KEYS[1] meta     KEYS[2] comments  KEYS[3] items  KEYS[4] claims  KEYS[5] queue
-- KEYS[6] events   KEYS[7] live (shard channel)    KEYS[8] blocked
-- ARGV[1] known epoch       ARGV[2] known seq (last position the caller has seen, '' and '0' for none)
-- ARGV[3] comment key       `platform:commentId`, the comment's identity
-- ARGV[4] author, ARGV[5] rest   the fields of comment.received that the caller knows, a JSON object cut
--   in two and without its closing brace: `{` platform, userId, handle, displayName | `,` all others. The
--   first part serves as the buyer of a claim too.
-- ARGV[6] intent            'claim', 'pass' or ''
-- ARGV[7] item              number without leading zeros, '' without an intent
-- ARGV[8] claim word        ARGV[9] pass word   the words that the caller parsed with
-- ARGV[10] buyer key        '' for an author who can't hold claims: unknown, or the seller's own page
-- ARGV[11] claim id         for the claim that this comment may create
--
-- Returns { code, epoch, seq, detail }
--   an outcome of DESIGN §3   the comment was logged; detail = its result
--   duplicate_comment         seen before, nothing changed; detail = the first result
--   STALE_WORDS               the words have changed; detail = { claimWord, passWord }; parse again
--   SHOW_NOT_LIVE, SHOW_MISSING, HISTORY_LOST   nothing changed
-- A result is [seq, outcome], or [seq, outcome, item, claimId, position] for a comment with an intent.
-- Emits comment.received, then claim.created | claim.released [claim.promoted].
-- Holds: winners <= quantity; nobody waits while a unit is free; one active claim per buyer and item.
-- @include "includes/claims"

local keys = { items = KEYS[3], claims = KEYS[4], queue = KEYS[5], events = KEYS[6] }
local comment_key, author, intent, item = ARGV[3], ARGV[4], ARGV[6], ARGV[7]
local buyer_key, claim_id = ARGV[10], ARGV[11]

local show, refused = load_show(KEYS[1], ARGV[1], ARGV[2])
if not show then
  return refused
end
if show.status ~= 'active' and show.status ~= 'paused' then
  return reply(show, 'SHOW_NOT_LIVE')
end

-- Replay: the first result stands.
local first = redis.call('HGET', KEYS[2], comment_key)
if first then
  return reply(show, 'duplicate_comment', first)
end
if ARGV[8] ~= show.claim_word or ARGV[9] ~= show.pass_word then
  return reply(show, 'STALE_WORDS',
    cjson.encode({ claimWord = show.claim_word, passWord = show.pass_word }))
end

-- Decide.
local outcome = 'none'
local existing, quantity, won, item_id, position
local logged_claim = 'null'
if intent ~= '' then
  local found = redis.call('HMGET', keys.items,
    item .. ':quantity', item .. ':state', item .. ':won', item .. ':id')
  quantity, won, item_id = tonumber(found[1]), tonumber(found[3]), found[4]
  if show.status == 'paused' or buyer_key == '' then
    outcome = 'not_counted'
  elseif intent == 'claim' and show.has_blocks and redis.call('SISMEMBER', KEYS[8], buyer_key) == 1 then
    outcome = 'buyer_blocked'
  elseif not quantity then
    outcome = 'item_not_found'
  elseif found[2] == 'closed' then
    outcome = 'item_closed'
  else
    existing = read_claim(keys.claims, item, buyer_key)
    if intent == 'claim' then
      outcome = existing and 'duplicate_buyer' or (won < quantity and 'winner' or 'waitlist')
    else
      outcome = existing and 'pass' or 'no_active_claim'
    end
  end
end
if outcome == 'winner' or outcome == 'waitlist' then
  logged_claim = '"' .. claim_id .. '"'
elseif outcome == 'pass' then
  logged_claim = '"' .. existing.claimId .. '"'
end
if outcome == 'waitlist' then
  position = queue_length(keys.queue, item) + 1
end

-- Write. The comment's JSON is spliced, not decoded: no number or text of it can change on the way.
local position_json = position and integer(position) or 'null'
local intent_json = intent == '' and 'null' or '"' .. intent .. '"'
local item_json = intent == '' and 'null' or '"' .. item .. '"'
append_event(show, keys.events, 'comment.received', author, ARGV[5],
  ',"intent":' .. intent_json .. ',"item":' .. item_json .. ',"outcome":"' .. outcome
  .. '","claimId":' .. logged_claim .. ',"position":' .. position_json .. '}')
local result = '[' .. show.seq_text .. ',"' .. outcome .. '"'
  .. (intent == '' and ']' or ',' .. item_json .. ',' .. logged_claim .. ',' .. position_json .. ']')
redis.call('HSET', KEYS[2], comment_key, result)
redis.call('HINCRBY', show.meta_key, 'n:' .. outcome, 1)

if outcome == 'winner' or outcome == 'waitlist' then
  create_claim(show, keys, {
    id = claim_id, item = item, item_id = item_id, state = outcome, position = position, won = won,
    buyer_key = buyer_key, buyer_json = author .. ',"key":' .. cjson.encode(buyer_key) .. '}',
  }, { kind = 'comment', commentKey = comment_key })
elseif outcome == 'pass' then
  -- Here and not above: each function that is defined costs every call, and few comments are a pass.
  -- @include "includes/claim-changes"
  local cause = { kind = 'comment', commentKey = comment_key }
  release_claim(show, keys, existing, cause)
  if existing.state == 'winner' then
    promote_waiting(show, keys, item, 1, cause)
  end
end
publish_events(show, KEYS[7])
return reply(show, outcome, result)
