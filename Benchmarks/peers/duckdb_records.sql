-- The trust-policy question, every record read into typed columns.
WITH record AS (
  SELECT unnest(Records) AS r
  FROM read_json(
    '{files}',
    format = 'newline_delimited',
    maximum_object_size = 268435456,
    columns = {Records: 'STRUCT(
      eventID VARCHAR, eventTime TIMESTAMP, eventName VARCHAR, eventSource VARCHAR, sourceIPAddress VARCHAR,
      errorCode VARCHAR, errorMessage VARCHAR,
      userIdentity STRUCT(arn VARCHAR), requestParameters STRUCT(roleName VARCHAR))[]'})
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
