-- The trust-policy question over the table.
WITH change AS (
  SELECT userIdentity ->> '$.arn' AS arn, requestParameters ->> '$.roleName' AS role, eventID AS id, eventTime AS moment
  FROM events
  WHERE eventName = 'UpdateAssumeRolePolicy'
    AND eventSource = 'iam.amazonaws.com'
    AND errorCode IS NULL AND errorMessage IS NULL
    AND sourceIPAddress IS DISTINCT FROM 'cloudformation.amazonaws.com'
), seen AS (
  SELECT *, lag(moment) OVER (PARTITION BY arn, role ORDER BY moment, id) AS earlier
  FROM change WHERE arn IS NOT NULL AND role IS NOT NULL
)
SELECT arn, role, id, strftime(moment, '%Y-%m-%dT%H:%M:%SZ')
FROM seen
WHERE earlier IS NULL OR earlier < time_bucket(INTERVAL 5 MINUTE, moment + INTERVAL 9 MINUTE) - INTERVAL 14 DAY
ORDER BY moment, id
