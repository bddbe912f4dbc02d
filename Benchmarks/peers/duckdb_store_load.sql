-- Every record as a row: its plain members, and its nested ones as JSON text.
CREATE TABLE events AS
WITH record AS (
  SELECT unnest(Records) AS r
  FROM read_json(
    '{files}', format = 'newline_delimited', maximum_object_size = 268435456,
    columns = {Records: 'STRUCT(
      eventID VARCHAR, eventTime TIMESTAMP, eventName VARCHAR, eventSource VARCHAR, awsRegion VARCHAR,
      sourceIPAddress VARCHAR, userAgent VARCHAR, errorCode VARCHAR, errorMessage VARCHAR, requestID VARCHAR,
      eventType VARCHAR, eventCategory VARCHAR, recipientAccountId VARCHAR, readOnly BOOLEAN, managementEvent BOOLEAN,
      sharedEventID VARCHAR, userIdentity JSON, requestParameters JSON, responseElements JSON,
      additionalEventData JSON, resources JSON, tlsDetails JSON)[]'})
)
SELECT r.* FROM record
