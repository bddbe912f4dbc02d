"""Asks DuckDB one question: duckdb_peer.py QUERY.sql FILES THREADS; prints {"seconds", "version", "rows"} as JSON.

The seconds are the query's alone, without the start of the interpreter or the library.
"""

import json
import pathlib
import sys
import time

import duckdb

query_file, files, threads = sys.argv[1:]
query = pathlib.Path(query_file).read_text().replace("{files}", files.replace("'", "''"))
connection = duckdb.connect(config={"threads": int(threads)})
start = time.perf_counter()
rows = connection.execute(query).fetchall()
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "version": duckdb.__version__, "rows": rows}))
