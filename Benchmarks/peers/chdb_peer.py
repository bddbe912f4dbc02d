"""Asks chDB one question: chdb_peer.py QUERY.sql FILES THREADS; prints {"seconds", "version", "rows"} as JSON.

The seconds are the query's alone, without the start of the interpreter or the library.
"""

import json
import pathlib
import sys
import time

import chdb

query_file, files, threads = sys.argv[1:]
query = pathlib.Path(query_file).read_text().replace("{threads}", str(int(threads)))
query = query.replace("{files}", files.replace("\\", "\\\\").replace("'", "\\'"))
start = time.perf_counter()
answer = str(chdb.query(query, "JSONCompactEachRow"))
seconds = time.perf_counter() - start
rows = [json.loads(line) for line in answer.splitlines() if line.strip()]
print(json.dumps({"seconds": seconds, "version": chdb.__version__, "rows": rows}))
