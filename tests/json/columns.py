"""What DuckDB and pandas make of a trace: a line per column of interest, with its type and its values that are not null."""

import sys

import duckdb
import pandas

file = sys.argv[1]

db = duckdb.connect()
db.execute("SET enable_progress_bar = false")  # it goes to standard output on a busy machine
db.execute("SET TimeZone = 'UTC'")
db.execute(f"CREATE TABLE trace AS SELECT * FROM read_json('{file}', format = 'newline_delimited')")
# DuckDB takes the narrowest type that holds all values; with both signs that may be the widest.
INTEGERS = {"INTEGER", "BIGINT", "UBIGINT", "HUGEINT"}
for column in [
    "args.addr.port",
    "args.addr.path",
    "args.addr_ptr",
    "args.timeout_ms",
    "args.timeout.tv_usec",
    "ret",
    "errno",
]:
    rows = db.execute(f"SELECT {column}, typeof({column}) FROM trace WHERE {column} IS NOT NULL ORDER BY rowid").fetchall()
    kind = "integer" if rows[0][1] in INTEGERS else rows[0][1]
    print("duckdb", column, kind, [row[0] for row in rows])
described = db.execute("DESCRIBE trace").fetchall()
# A key of several types would have made a column, or a part of one, plain JSON.
print("duckdb untyped", [row[0] for row in described if "JSON" in row[1]])

raw = pandas.read_json(file, lines=True)
frame = pandas.json_normalize(raw.to_dict("records")).convert_dtypes()
for column in ["args.addr.port", "args.timeout_ms", "ret"]:
    print("pandas", column, frame[column].dtype, [int(value) for value in frame[column].dropna()])
scalars = [name for name in frame.columns if not frame[name].map(lambda v: isinstance(v, (dict, list))).any()]
empty = [name for name in scalars if frame[name].isna().all()]
print("pandas untyped", [name for name in scalars if name not in empty and str(frame[name].dtype) == "object"])
