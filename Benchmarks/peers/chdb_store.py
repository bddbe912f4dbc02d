"""Keeps events in chDB and asks them: chdb_store.py load|question|text FILES-OR-WORD FOLDER THREADS.

`load` makes a MergeTree table, compressed by zstd, with a column for each plain member, one of JSON text for each nested
member, and one of the whole record; `question` is the trust-policy question, `text` looks for a word in the whole records.
Prints {"seconds", "version", "rows"}: the seconds are those of the statement, and at a load of the merge into one part.
"""

import json
import pathlib
import sys
import time

import chdb
from chdb import session

action, subject, folder, threads = sys.argv[1:]
here = pathlib.Path(__file__).parent
connection = session.Session(folder)
quoted = subject.replace("\\", "\\\\").replace("'", "\\'")


def ask(query):
    return [json.loads(line) for line in str(connection.query(query, "JSONCompactEachRow")).splitlines() if line.strip()]


start = time.perf_counter()
if action == "load":
    for statement in (here / "chdb_store_load.sql").read_text().split(";"):
        if statement.strip():
            ask(statement.replace("{files}", quoted).replace("{threads}", str(int(threads))))
    rows = ask("SELECT count() FROM bench.events")
elif action == "question":
    rows = ask((here / "chdb_store_question.sql").read_text().replace("{threads}", str(int(threads))))
else:
    rows = ask(f"SELECT count() FROM bench.events WHERE position(record, '{quoted}') > 0 SETTINGS max_threads = {int(threads)}")
seconds = time.perf_counter() - start
connection.close()
print(json.dumps({"seconds": seconds, "version": chdb.__version__, "rows": rows}))
