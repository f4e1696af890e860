//! `sockscope man`: the man page, made from the command's own definition.

use std::process::ExitCode;

use clap::CommandFactory;

use super::{Cli, print};

/// Print the man page
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

/// Prints the page.
pub(super) fn run(_: &Args) -> anyhow::Result<ExitCode> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    print(page)?;
    Ok(ExitCode::SUCCESS)
}
