//! The command. Arguments become a call into the library, results become output and an exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

mod cli;
mod cmd;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match cmd::dispatch(cli) {
        Ok(code) => code,
        Err(error) => report(&error),
    }
}

/// Tells what went wrong. A reader that left early (a closed pipe) is no trouble of ours.
fn report(error: &anyhow::Error) -> ExitCode {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed) {
        return ExitCode::SUCCESS;
    }
    let _ = writeln!(anstream::stderr(), "sockscope: {error:#}");
    ExitCode::from(cmd::TROUBLE)
}
