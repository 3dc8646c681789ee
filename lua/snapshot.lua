#!lua flags=no-writes
-- Reads the whole live state of a show and its position, at one instant.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] claims  KEYS[4] channels
--
-- Returns { meta, items, claims, channels }, each a flat list of field, value, field, value …
--   meta is empty when Redis does not hold the show.
-- Emits nothing.

return {
  redis.call('HGETALL', KEYS[1]),
  redis.call('HGETALL', KEYS[2]),
  redis.call('HVALS', KEYS[3]),
  redis.call('HVALS', KEYS[4]),
}
