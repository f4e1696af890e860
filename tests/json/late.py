"""What DuckDB makes of a trace in which keys come late, by the statement of `sockscope schema --format duckdb`."""

import subprocess
import sys

import duckdb

command, file = sys.argv[1:]
statement = subprocess.run([command, "schema", "--format", "duckdb", "--file", file], capture_output=True, text=True, check=True)
db = duckdb.connect()
db.execute("CREATE TABLE trace AS " + statement.stdout)
print(db.execute("SELECT count(*) FROM trace").fetchone()[0])
print(db.execute("SELECT errno, ret, args->'buf'->>'base64', peer->>'port', socks FROM trace WHERE errno IS NOT NULL").fetchall())
