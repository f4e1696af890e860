//! `sockscope schema`: what a line of our JSON may hold, as JSON Schema.

use std::io::Write;
use std::process::ExitCode;

use sockscope::json;

/// Prints the schema.
pub fn run() -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &json::schema())?;
    writeln!(out)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
