"""Asks an engine the questions of docs/queries.md about a data set: a line of JSON per answer, rows as lists."""

import json
import re
import sys

engine, page, folder = sys.argv[1:]
text = open(page, encoding="utf-8").read().split("## Ten questions")[1]
questions = re.findall(r"\n### ([^\n]*)\n(?:(?!\n### ).)*?```sql\n(.*?)```", text, re.S)
assert len(questions) == 10, [title for title, _ in questions]
FILES = {table: f"{folder}/{table}/**/*.parquet" for table in ["calls", "sockets"]}
QUANTILE = r"quantile_cont\((.*), ([0-9.]+)\)"

if engine == "duckdb":
    import duckdb

    db = duckdb.connect()
    db.execute("SET enable_progress_bar = false")  # it goes to standard output on a busy machine
    for table, files in FILES.items():
        db.execute(f"CREATE VIEW {table} AS FROM read_parquet('{files}', hive_partitioning = true)")
    ask = lambda question: db.execute(question).fetchall()
elif engine == "polars":
    import polars

    frames = {table: polars.scan_parquet(f"{folder}/{table}/", hive_partitioning=True) for table in FILES}
    context = polars.SQLContext(frames)
    ask = lambda question: context.execute(question, eager=True).rows()
elif engine == "clickhouse":
    from chdb import session

    db = session.Session()
    db.query("CREATE DATABASE traces ENGINE = Atomic")
    db.query("USE traces")
    for table, files in FILES.items():
        db.query(f"CREATE VIEW {table} AS SELECT * FROM file('{files}')")

    def ask(question):
        question = re.sub(QUANTILE, r"quantileExactInclusive(\2)(\1)", question)
        return json.loads(str(db.query(question, "JSONCompact")))["data"]
elif engine == "spark":
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    for table in FILES:
        spark.read.parquet(f"{folder}/{table}").createOrReplaceTempView(table)

    def ask(question):
        question = re.sub(QUANTILE, r"percentile(\1, \2)", question).replace('"offset"', "offset")
        return [tuple(row) for row in spark.sql(question).collect()]


def plain(value):
    """A number as one, whatever the engine's type; a sum may be a text of digits in JSON."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


for title, question in questions:
    print(json.dumps([title, [[plain(value) for value in row] for row in ask(question)]]))
