"""Asks stored events what Martlet is asked in EQL and ES|QL: duckdb_languages.py sequence|stats DATABASE THREADS FIRST SECOND.

`sequence` pairs each second call with the first call right before it of the same region, within five minutes, by a window over
the two calls; `stats` counts by call and region. Prints {"seconds", "version", "rows"}: the seconds are those of the statement.
"""

import json
import sys
import time

import duckdb

action, database, threads, first, second = sys.argv[1:]
connection = duckdb.connect(database, read_only=True, config={"threads": int(threads)})
# What user.name is for the kinds of callers that are generated.
USER = """coalesce(userIdentity ->> '$.userName', userIdentity ->> '$.sessionContext.sessionIssuer.userName')"""
SEQUENCE = f"""
WITH call AS (
  SELECT eventName AS name, eventTime AS moment, eventID AS id, awsRegion AS place
  FROM events WHERE eventName IN ($first, $second)
), paired AS (
  SELECT name, moment, lag(name) OVER called AS earlier, lag(moment) OVER called AS before
  FROM call WHERE place IS NOT NULL
  WINDOW called AS (PARTITION BY place ORDER BY moment, id)
)
SELECT count(*) FROM paired
WHERE name = $second AND earlier = $first AND moment - before <= INTERVAL 5 MINUTE"""
STATS = f"""
SELECT eventName, awsRegion, count(*) AS calls, count(DISTINCT {USER}) AS users, min(eventTime), max(eventTime)
FROM events GROUP BY eventName, awsRegion ORDER BY calls DESC, eventName, awsRegion LIMIT 10000"""
start = time.perf_counter()
if action == "sequence":
    rows = connection.execute(SEQUENCE, {"first": first, "second": second}).fetchall()
else:
    rows = [row[:4] for row in connection.execute(STATS).fetchall()]
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "version": duckdb.__version__, "rows": rows}))
