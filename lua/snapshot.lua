#!lua flags=no-writes
-- Reads the whole live state of a show and its position, at one instant.
--
-- KEYS[1] meta  KEYS[2] items  KEYS[3] claims  KEYS[4] channels  KEYS[5] queue  KEYS[6] comments
--
-- Returns { meta, items, claims, channels, sizes }
--   meta, items: flat lists of field, value, field, value …; meta is empty when Redis does not hold the
--   show. claims, channels: lists of JSON texts. sizes: how many entries queue and comments have.
-- Emits nothing.

return {
  redis.call('HGETALL', KEYS[1]),
  redis.call('HGETALL', KEYS[2]),
  redis.call('HVALS', KEYS[3]),
  redis.call('HVALS', KEYS[4]),
  { redis.call('ZCARD', KEYS[5]), redis.call('HLEN', KEYS[6]) },
}
