//! How a log is written: strace's options, spelled as strace spells them.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::format::FormatArg;

/// Where the log goes and how its lines look.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Log")]
pub struct LogArgs {
    /// Write the log to FILE instead of the terminal
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Format of the log; else as the ending of FILE says, else strace's text
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub format: Option<FormatArg>,
    /// Bytes of each buffer that are kept
    #[arg(short = 's', long = "string-limit", value_name = "SIZE", default_value_t = 32)]
    pub strings: usize,
    /// Time before each line; -tt with microseconds, -ttt since 1970
    #[arg(short = 't', action = ArgAction::Count, conflicts_with = "relative")]
    pub time: u8,
    /// Seconds since the line before
    #[arg(short = 'r', long = "relative-timestamps")]
    pub relative: bool,
    /// Time spent in each call, after it
    #[arg(short = 'T', long = "syscall-times")]
    pub durations: bool,
    /// Write strings with unprintable bytes in hex; -xx all strings
    #[arg(short = 'x', action = ArgAction::Count)]
    pub hex: u8,
    /// The kernel's state of each call's sockets before and after it
    #[arg(long)]
    pub state: bool,
    /// Column of the results
    #[arg(short = 'a', long = "columns", value_name = "COLUMN", default_value_t = 40)]
    pub align: usize,
    /// How constants are written
    #[arg(short = 'X', long = "const-print-style", value_name = "STYLE", default_value = "abbrev")]
    #[arg(value_parser = ["raw", "abbrev", "verbose"])]
    pub constants: String,
    /// Say below each call that failed, or that waits at the end, why: from what the kernel has at that moment
    #[arg(long)]
    pub why: bool,
    /// Write structures whole
    #[arg(short = 'v', long = "no-abbrev")]
    pub verbose: bool,
}
