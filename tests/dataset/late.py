"""What an engine makes of a trace in which keys come late, by what `sockscope schema` prints for it."""

import json
import subprocess
import sys

engine, command, file = sys.argv[1:]
printed = subprocess.run([command, "schema", "--format", engine, "--file", file], capture_output=True, text=True, check=True).stdout
if engine == "duckdb":
    import duckdb

    db = duckdb.connect()
    db.execute("SET enable_progress_bar = false")  # it goes to standard output on a busy machine
    db.execute("CREATE TABLE trace AS " + printed)
    late = "SELECT errno, ret, args->'buf'->>'base64', peer->>'port', socks, core_dumped FROM trace WHERE errno IS NOT NULL"
    count, rows = db.execute("SELECT count(*) FROM trace").fetchone()[0], db.execute(late).fetchall()
elif engine == "polars":
    import polars as pl

    made = {}
    exec(printed, made)
    trace = made["trace"].collect()
    found = trace.filter(pl.col("errno").is_not_null()).select(
        "errno", "ret", pl.col("args").str.json_path_match("$.buf.base64"), pl.col("peer").str.json_path_match("$.port"), "socks", "core_dumped"
    )
    count, rows = trace.height, found.rows()
elif engine == "arrow":
    made = {}
    exec(printed, made)
    trace = made["trace"]
    late = [row for row in trace.to_pylist() if row["errno"] is not None]
    text = lambda row: (json.loads(row["args"])["buf"]["base64"], str(json.loads(row["peer"])["port"]))
    count, rows = trace.num_rows, [(row["errno"], row["ret"], *text(row), row["socks"], row["core_dumped"]) for row in late]
elif engine == "clickhouse":
    from chdb import session

    db = session.Session()
    db.query("CREATE DATABASE traces ENGINE = Atomic")
    statement = printed.rstrip().removesuffix(";")
    select, settings = statement.split("\nSETTINGS")
    db.query(f"CREATE TABLE traces.trace ENGINE = Memory AS {select} SETTINGS{settings}")
    late = "SELECT errno, ret, JSONExtractString(args, 'buf', 'base64'), toString(JSONExtractInt(peer, 'port')), socks, core_dumped FROM traces.trace WHERE errno IS NOT NULL"
    answer = json.loads(str(db.query(late, "JSONCompact")))
    count = int(str(db.query("SELECT count() FROM traces.trace", "CSV")))
    rows = [(errno, int(ret), base64, port, [int(sock) for sock in socks], dumped) for errno, ret, base64, port, socks, dumped in answer["data"]]
print(count)
print(rows)
