//! The command line, as clap sees it. Also read by the build script, which makes the man page and the completions
//! from it, so it depends on nothing of ours.

use clap::{Parser, Subcommand};

#[path = "cli/claims.rs"]
pub mod claims;
#[path = "cli/format.rs"]
pub mod format;
#[path = "cli/log.rs"]
pub mod log;
#[path = "cli/map.rs"]
pub mod map;
#[path = "cli/programs.rs"]
pub mod programs;
#[path = "cli/run.rs"]
pub mod run;
#[path = "cli/shell.rs"]
pub mod shell;
#[path = "cli/trace.rs"]
mod trace;

pub use trace::TraceArgs;
#[path = "cli/compare.rs"]
pub mod compare;
#[path = "cli/convert.rs"] // The build script reads this file from elsewhere.
pub mod convert;
#[path = "cli/replay.rs"]
pub mod replay;
#[path = "cli/why.rs"]
pub mod why;

/// See what a socket program really asks of the kernel, and which line of Python asked it.
#[derive(Debug, Parser)]
#[command(name = "sockscope", version = option_env!("SOCKSCOPE_VERSION").unwrap_or(env!("CARGO_PKG_VERSION")))]
#[command(subcommand_required = true, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    Programs(programs::ProgramsArgs),
    Run(Box<run::RunArgs>),
    Completions(shell::CompletionsArgs),
    /// Print the man page
    Man,
    /// Print the JSON Schema of the events in jsonl and json
    Schema,
    /// Trace a program's socket calls, as strace does and with its options.
    Trace(Box<TraceArgs>),
    /// Decide what the documents claim about sockets, by experiment, on this kernel.
    Claims(claims::Claims),
    Compare(compare::CompareArgs),
    Convert(convert::ConvertArgs),
    Map(map::MapArgs),
    Replay(replay::ReplayArgs),
    Why(why::WhyArgs),
}
