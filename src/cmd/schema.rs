//! `sockscope schema`: what a line of our JSON may hold, as JSON Schema.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use sockscope::json;

use super::STDOUT;

/// Prints the schema.
pub fn run() -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout().lock();
    let written = serde_json::to_writer_pretty(&mut out, &json::schema()).map_err(io::Error::from);
    written.and_then(|()| writeln!(out)).and_then(|()| out.flush()).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}
