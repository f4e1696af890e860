//! `sockscope schema`: what a line of our JSON may hold, as JSON Schema.

use std::process::ExitCode;

use super::print_json;
use crate::json;

/// Print the JSON Schema of the events in jsonl and json
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// Prints the schema.
pub(super) fn run(_: &Args) -> anyhow::Result<ExitCode> {
    print_json(format!("{:#}\n", json::schema()))?;
    Ok(ExitCode::SUCCESS)
}
