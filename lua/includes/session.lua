-- The show's own fields: status, name and words.
-- @include "events"
-- @include "operator"

-- settings: { name, claim_word, pass_word }. Emits session.status.
local function write_session(show, events_key, action, status, settings, actor)
  append_event(show, events_key, 'session.status', cjson.encode({
    action = action, status = status, previous = show.status, name = settings.name,
    claimWord = settings.claim_word, passWord = settings.pass_word, actor = actor,
  }))
  redis.call('HSET', show.meta_key, 'status', status, 'name', settings.name,
    'claimWord', settings.claim_word, 'passWord', settings.pass_word)
end
