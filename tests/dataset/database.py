"""What Python's sqlite3 finds in a database of a trace."""

import sqlite3
import sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
print([name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY type, name")])
print(db.execute("SELECT type, count(*) FROM calls GROUP BY type ORDER BY type").fetchall())
print(db.execute("SELECT ts, ts_ns, json_extract(args, '$.backlog'), py_line FROM calls WHERE syscall = 'listen'").fetchall())
print(db.execute("SELECT errno, peer, py_file, py_line FROM errors").fetchall())
print(db.execute("SELECT local, peer, sent_bytes, received_bytes FROM by_connection WHERE pid = 200").fetchall())
print(db.execute("SELECT py_file, py_line, calls, errors, bytes, round(in_calls_ms, 3) FROM by_line").fetchall())
print(db.execute("SELECT count(*) FROM calls JOIN stacks USING (trace, stack) WHERE depth = 0").fetchone())
