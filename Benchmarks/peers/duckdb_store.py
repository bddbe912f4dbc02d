"""Keeps events in DuckDB and asks them: duckdb_store.py load|records|question|text FILES-OR-WORD DATABASE THREADS.

`load` makes a table with a column for each plain member and one of JSON text for each nested member, `records` one of the
whole records; `question` is the trust-policy question, `text` looks for a word in the whole records. Prints {"seconds",
"version", "rows"}: the seconds are those of the statement, and at a load of the checkpoint that makes it durable.
"""

import json
import pathlib
import sys
import time

import duckdb

action, subject, database, threads = sys.argv[1:]
here = pathlib.Path(__file__).parent
connection = duckdb.connect(database, config={"threads": int(threads)})
start = time.perf_counter()
if action in ("load", "records"):
    query = (here / f"duckdb_store_{action}.sql").read_text().replace("{files}", subject.replace("'", "''"))
    connection.execute(query)
    connection.execute("CHECKPOINT")
    rows = connection.execute(f"SELECT count(*) FROM {'events' if action == 'load' else action}").fetchall()
elif action == "question":
    rows = connection.execute((here / "duckdb_store_question.sql").read_text()).fetchall()
else:
    rows = connection.execute("SELECT count(*) FROM records WHERE contains(record, ?)", [subject]).fetchall()
seconds = time.perf_counter() - start
connection.close()
print(json.dumps({"seconds": seconds, "version": duckdb.__version__, "rows": rows}))
