"""What engines make of a trace's Parquet files: types of columns, and what is in them."""

import sys

import duckdb
import polars

file = sys.argv[1]
stem = file.removesuffix(".parquet")
db = duckdb.connect()
db.execute("SET enable_progress_bar = false")  # it goes to standard output on a busy machine
db.execute("SET TimeZone = 'UTC'")
described = dict(row[:2] for row in db.execute(f"DESCRIBE FROM '{file}'").fetchall())
frame = polars.read_parquet(file)
assert list(described) == frame.columns, "both see the same columns"
for column in ["ts", "ts_ns", "pid", "sock", "peer", "peer_port", "offset", "args"]:
    print(column, described[column], frame.schema[column])
print(db.execute(f"SELECT count(*), count(DISTINCT seq), max(seq), count(DISTINCT trace), count(host) FROM '{file}'").fetchone())
print(db.execute(f"SELECT type, count(*) FROM '{file}' GROUP BY ALL ORDER BY ALL").fetchall())
print(db.execute(f"SELECT type, more FROM '{file}' WHERE type = 'killed'").fetchall())
print(db.execute(f"SELECT ts::VARCHAR, ts_ns, args->>'backlog', py_file, py_line, local_port FROM '{file}' WHERE syscall = 'listen'").fetchall())
frames = f"SELECT py_file, py_line, file, line, kind FROM '{file}' c JOIN '{stem}.stacks.parquet' s USING (trace, stack) WHERE syscall = 'listen'"
print(db.execute(frames).fetchall())
sockets = f"SELECT protocol, origin, count(*), sum(sent_bytes), sum(received_bytes) FROM '{stem}.sockets.parquet' GROUP BY ALL ORDER BY ALL"
print(db.execute(sockets).fetchall())
ends = f"SELECT local, peer, peer_sock, listener FROM '{stem}.sockets.parquet' WHERE '127.0.0.1:40000' IN (local, peer) ORDER BY ALL"
print(db.execute(ends).fetchall())
