//! The subcommands, a file each. Only here anything is printed, read from the terminal, or an exit code chosen.

use std::process::ExitCode;

use crate::cli::{Cli, Command};

pub mod compare;
pub mod convert;

/// Exit code for what could not be done at all: bad arguments, unreadable files.
pub const TROUBLE: u8 = 2;

/// Does what the arguments say.
pub fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Compare(args) => compare::run(&args),
        Command::Convert(args) => convert::run(&args),
    }
}
