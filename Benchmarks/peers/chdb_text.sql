-- The trust-policy question, reading only the records of files whose text holds the action's name.
WITH record AS (
  SELECT arrayJoin(JSONExtract(
    text, 'Records',
    'Array(Tuple(
      eventID String, eventTime String, eventName String, eventSource String, sourceIPAddress String,
      errorCode String, errorMessage String,
      userIdentity Tuple(arn String), requestParameters Tuple(roleName String)))')) AS r
  FROM file('{files}', 'RawBLOB', 'text String')
  WHERE position(text, 'UpdateAssumeRolePolicy') > 0
), change AS (
  SELECT
    r.userIdentity.arn AS arn, r.requestParameters.roleName AS role, r.eventID AS id,
    parseDateTimeBestEffort(r.eventTime, 'UTC') AS moment
  FROM record
  WHERE r.eventName = 'UpdateAssumeRolePolicy'
    AND r.eventSource = 'iam.amazonaws.com'
    AND r.errorCode = '' AND r.errorMessage = ''
    AND r.sourceIPAddress <> 'cloudformation.amazonaws.com'
    AND r.userIdentity.arn <> '' AND r.requestParameters.roleName <> ''
), seen AS (
  SELECT
    *,
    lagInFrame(toNullable(moment)) OVER (
      PARTITION BY arn, role ORDER BY moment, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS earlier
  FROM change
)
-- The last execution that finds an event runs at the last multiple of 5 minutes within 9 minutes after it.
SELECT arn, role, id, formatDateTime(moment, '%Y-%m-%dT%H:%i:%SZ')
FROM seen
WHERE earlier IS NULL OR earlier < toStartOfInterval(moment + INTERVAL 9 MINUTE, INTERVAL 5 MINUTE) - INTERVAL 14 DAY
ORDER BY moment, id
SETTINGS max_threads = {threads}
