-- The trust-policy question over the table.
WITH change AS (
  SELECT
    JSONExtractString(userIdentity, 'arn') AS arn, JSONExtractString(requestParameters, 'roleName') AS role,
    eventID AS id, eventTime AS moment
  FROM bench.events
  WHERE eventName = 'UpdateAssumeRolePolicy'
    AND eventSource = 'iam.amazonaws.com'
    AND errorCode = '' AND errorMessage = ''
    AND sourceIPAddress <> 'cloudformation.amazonaws.com'
), seen AS (
  SELECT
    *,
    lagInFrame(toNullable(moment)) OVER (
      PARTITION BY arn, role ORDER BY moment, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS earlier
  FROM change
  WHERE arn <> '' AND role <> ''
)
SELECT arn, role, id, formatDateTime(moment, '%Y-%m-%dT%H:%i:%SZ')
FROM seen
WHERE earlier IS NULL OR earlier < toStartOfInterval(moment + INTERVAL 9 MINUTE, INTERVAL 5 MINUTE) - INTERVAL 14 DAY
ORDER BY moment, id
SETTINGS max_threads = {threads}
