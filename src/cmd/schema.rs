//! `sockscope schema`: what a line of our JSON may hold, as JSON Schema, or for engines of tables; and the columns of tables.

use std::process::ExitCode;

use clap::ValueEnum;

use super::{print_coloured, print_json, table};
use crate::json;

/// Print the JSON Schema of the events in jsonl and json
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope schema >schema.json
  sockscope schema --format duckdb --file log.jsonl | duckdb      every key is a column, however late it comes
  sockscope schema --format polars           the same for Polars, arrow, clickhouse
  sockscope schema --format tables           the columns of --format parquet and sqlite")]
pub(super) struct Args {
    /// For whom: anyone, or an engine as the statement that reads a trace, which need not guess types then
    #[arg(short = 'F', long, value_name = "FORMAT", value_enum, default_value_t = SchemaFormat::Json)]
    format: SchemaFormat,

    /// The trace, or a pattern of several, that the statement reads
    #[arg(long, value_name = "FILE", default_value = "trace.jsonl")]
    file: String,
}

/// Forms of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SchemaFormat {
    /// JSON Schema
    Json,
    /// A statement of DuckDB
    Duckdb,
    /// Python that reads a trace with Polars
    Polars,
    /// Python that reads a trace with Arrow
    Arrow,
    /// A statement of ClickHouse
    Clickhouse,
    /// The columns that Parquet and SQLite have
    Tables,
}

/// Prints the schema.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let printed = match args.format {
        SchemaFormat::Json => format!("{:#}\n", json::schema()),
        SchemaFormat::Duckdb => json::columns::duckdb(&args.file),
        SchemaFormat::Polars => json::columns::polars(&args.file),
        SchemaFormat::Arrow => json::columns::arrow(&args.file),
        SchemaFormat::Clickhouse => json::columns::clickhouse(&args.file),
        SchemaFormat::Tables => {
            let rows = crate::table::described().into_iter().map(|row| row.map(table::Field::from).into());
            print_coloured(&table::table(&["table", "column", "type", "what it holds"], rows.collect(), 120))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    print_json(printed)?;
    Ok(ExitCode::SUCCESS)
}
