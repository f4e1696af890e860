//! `sockscope programs`.

use clap::{Args, ValueEnum};

/// List the document programs, or tell all about one
#[derive(Debug, Args)]
pub struct ProgramsArgs {
    /// The program; all if left out
    pub program: Option<String>,
    /// Print the program's source instead
    #[arg(long, value_name = "LANGUAGE", requires = "program")]
    pub source: Option<SourceArg>,
}

/// A language that the programs are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SourceArg {
    /// The twins
    Python,
    /// The replays
    Rust,
}
