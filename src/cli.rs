//! The command line, as clap sees it. Also read by the build script, which makes the man page and the completions
//! from it, so it depends on nothing of ours.

use clap::{Parser, Subcommand};

#[path = "cli/compare.rs"]
pub mod compare;
#[path = "cli/convert.rs"] // The build script reads this file from elsewhere.
pub mod convert;

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
    Compare(compare::CompareArgs),
    Convert(convert::ConvertArgs),
}
