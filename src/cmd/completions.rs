//! `sockscope completions`: what a shell is to offer behind `sockscope`, made from the command's own definition.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, print};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    pub shell: Shell,
}

/// Prints the completions.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "sockscope", &mut script);
    print(script)?;
    Ok(ExitCode::SUCCESS)
}
