-- The trust-policy question, reading only the records of files whose text holds the action's name.
WITH file AS (
  SELECT json
  FROM read_json_objects('{files}', format = 'newline_delimited', maximum_object_size = 268435456)
  WHERE contains(json::VARCHAR, 'UpdateAssumeRolePolicy')
), record AS (
  SELECT unnest(from_json(json, '{"Records": [{
    "eventID": "VARCHAR", "eventTime": "TIMESTAMP", "eventName": "VARCHAR", "eventSource": "VARCHAR",
    "sourceIPAddress": "VARCHAR", "errorCode": "VARCHAR", "errorMessage": "VARCHAR",
    "userIdentity": {"arn": "VARCHAR"}, "requestParameters": {"roleName": "VARCHAR"}}]}').Records) AS r
  FROM file
), change AS (
  SELECT r.userIdentity.arn AS arn, r.requestParameters.roleName AS role, r.eventID AS id, r.eventTime AS moment
  FROM record
  WHERE r.eventName = 'UpdateAssumeRolePolicy'
    AND r.eventSource = 'iam.amazonaws.com'
    AND r.errorCode IS NULL AND r.errorMessage IS NULL
    AND r.sourceIPAddress IS DISTINCT FROM 'cloudformation.amazonaws.com'
    AND r.userIdentity.arn IS NOT NULL AND r.requestParameters.roleName IS NOT NULL
), seen AS (
  SELECT *, lag(moment) OVER (PARTITION BY arn, role ORDER BY moment, id) AS earlier FROM change
)
-- The last execution that finds an event runs at the last multiple of 5 minutes within 9 minutes after it.
SELECT arn, role, id, strftime(moment, '%Y-%m-%dT%H:%M:%SZ')
FROM seen
WHERE earlier IS NULL OR earlier < time_bucket(INTERVAL 5 MINUTE, moment + INTERVAL 9 MINUTE) - INTERVAL 14 DAY
ORDER BY moment, id
