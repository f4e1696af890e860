//! `sockscope compare`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Compare two traces call by call.
///
/// What differs by chance (numbers of processes and descriptors, ports the kernel chose, addresses in memory, inodes,
/// times) does not count, unless --keep says so. Processes are matched by what they do, not by when they were born.
/// Exit status: 0 the same, 1 they differ, 2 trouble.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sockscope compare old.strace new.jsonl
  sockscope compare a.log b.log -e trace=%network --format unified
  sockscope compare a.log b.log --keep fds,ports --format json")]
pub struct CompareArgs {
    /// The left trace, of any format; `-` for standard input.
    #[arg(value_name = "LEFT")]
    pub left: PathBuf,

    /// The right trace.
    #[arg(value_name = "RIGHT")]
    pub right: PathBuf,

    /// Differences that count although they come by chance.
    #[arg(short, long, value_name = "WHAT", value_delimiter = ',')]
    #[arg(value_parser = ["pids", "fds", "ports", "pointers", "inodes", "times"])]
    pub keep: Vec<String>,

    /// The calls to compare: names, %network or %desc, apart by commas; all without it.
    #[arg(short = 'e', long = "trace", value_name = "CALLS")]
    pub trace: Vec<String>,

    /// How to show it.
    #[arg(short = 'F', long, value_enum, default_value_t = View::Side)]
    pub format: View,

    /// Show the calls that are the same, too.
    #[arg(short, long)]
    pub all: bool,

    /// Show nothing; the exit status says it.
    #[arg(short, long)]
    pub quiet: bool,
}

/// How a comparison is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// Side by side, as wide as the terminal.
    Side,
    /// One below the other, as `diff -u` has it.
    Unified,
    /// One JSON object per call, then one with the counts.
    Json,
}
