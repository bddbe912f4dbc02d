-- Every record as a row: its plain members, its nested ones as JSON text, and itself.
CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic;
CREATE TABLE bench.events (
  eventID String CODEC(ZSTD), eventTime DateTime('UTC'), eventName LowCardinality(String),
  eventSource LowCardinality(String), awsRegion LowCardinality(String), sourceIPAddress LowCardinality(String),
  userAgent LowCardinality(String), errorCode LowCardinality(String), errorMessage String CODEC(ZSTD),
  requestID String CODEC(ZSTD), eventType LowCardinality(String), eventCategory LowCardinality(String),
  recipientAccountId LowCardinality(String), readOnly LowCardinality(String), managementEvent LowCardinality(String),
  sharedEventID String CODEC(ZSTD), userIdentity String CODEC(ZSTD), requestParameters String CODEC(ZSTD),
  responseElements String CODEC(ZSTD), additionalEventData String CODEC(ZSTD), resources String CODEC(ZSTD),
  tlsDetails String CODEC(ZSTD), record String CODEC(ZSTD)
) ENGINE = MergeTree ORDER BY eventTime;
INSERT INTO bench.events
SELECT
  JSONExtractString(r, 'eventID'), parseDateTimeBestEffort(JSONExtractString(r, 'eventTime'), 'UTC'),
  JSONExtractString(r, 'eventName'), JSONExtractString(r, 'eventSource'), JSONExtractString(r, 'awsRegion'),
  JSONExtractString(r, 'sourceIPAddress'), JSONExtractString(r, 'userAgent'), JSONExtractString(r, 'errorCode'),
  JSONExtractString(r, 'errorMessage'), JSONExtractString(r, 'requestID'), JSONExtractString(r, 'eventType'),
  JSONExtractString(r, 'eventCategory'), JSONExtractString(r, 'recipientAccountId'), JSONExtractRaw(r, 'readOnly'),
  JSONExtractRaw(r, 'managementEvent'), JSONExtractString(r, 'sharedEventID'), JSONExtractRaw(r, 'userIdentity'),
  JSONExtractRaw(r, 'requestParameters'), JSONExtractRaw(r, 'responseElements'),
  JSONExtractRaw(r, 'additionalEventData'), JSONExtractRaw(r, 'resources'), JSONExtractRaw(r, 'tlsDetails'), r
FROM (SELECT arrayJoin(JSONExtractArrayRaw(line, 'Records')) AS r FROM file('{files}', 'LineAsString', 'line String'))
SETTINGS max_threads = {threads}, max_insert_threads = {threads};
OPTIMIZE TABLE bench.events FINAL
