//! The subcommands, a file each. Only here anything is printed, read from the terminal, or an exit code chosen.

use std::process::ExitCode;

use crate::cli::{Cli, Command};

mod claims;
pub mod compare;
pub mod convert;
mod format;
mod log;
mod map;
mod nearest;
mod programs;
mod replay;
mod run;
mod schema;
mod shell;
mod trace;
mod why;

/// Exit code for what could not be done at all: bad arguments, unreadable files.
pub const TROUBLE: u8 = 2;

/// What is said where nothing can be written to standard output; a reader that left early is no trouble (see `main`).
pub const STDOUT: &str = "cannot write to standard output";

/// Does what the arguments say.
pub fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Programs(args) => programs::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Completions(args) => shell::completions(&args),
        Command::Man => shell::man(),
        Command::Schema => schema::run(),
        Command::Trace(args) => trace::run(&args),
        Command::Claims(args) => claims::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Map(args) => map::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Why(args) => why::run(&args),
    }
}
