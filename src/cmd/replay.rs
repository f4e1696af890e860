//! `sockscope replay`: the calls of a trace made again.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use sockscope::replay::{Options, replay};

use super::{STDOUT, compare};
use crate::cli::replay::ReplayArgs;

/// Does what the arguments say.
pub fn run(args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let mut trace = Vec::new();
    for path in &args.traces {
        trace.extend(compare::read(path)?);
    }
    let patience = Duration::from_secs(args.patience.into());
    let outcome = replay(&trace, Options { allow_remote: args.allow_remote, patience })?;
    if !args.quiet {
        if outcome.left_out > 0 {
            writeln!(
                anstream::stderr(),
                "sockscope: {} calls that are not about sockets are left out",
                outcome.left_out
            )?;
        }
        let text = compare::shown(args.format, args.all, &outcome.comparison, &outcome.recorded, &outcome.replayed);
        io::stdout().lock().write_all(text.as_bytes()).context(STDOUT)?;
    }
    Ok(compare::verdict(outcome.comparison.is_same()))
}
