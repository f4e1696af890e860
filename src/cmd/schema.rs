//! `sockscope schema`: what a line of our JSON may hold, as JSON Schema, or for engines of tables.

use std::process::ExitCode;

use clap::ValueEnum;

use super::print_json;
use crate::json;

/// Print the JSON Schema of the events in jsonl and json
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope schema >schema.json
  sockscope schema --format duckdb --file log.jsonl | duckdb      every key is a column, however late it comes")]
pub(super) struct Args {
    /// For whom: anyone, or DuckDB as the statement that reads a trace, which need not guess types then
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
}

/// Prints the schema.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    print_json(match args.format {
        SchemaFormat::Json => format!("{:#}\n", json::schema()),
        SchemaFormat::Duckdb => json::columns::duckdb(&args.file),
    })?;
    Ok(ExitCode::SUCCESS)
}
