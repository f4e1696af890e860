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
  sockscope compare a.log b.log --keep fds,ports --format json
  sockscope compare --left-run 'python3 a.py' --right-run 'python3 b.py'
  sockscope compare --program chat --case restart   our program and its Python twin
  sockscope compare --all                           a table of all programs and cases
  sockscope compare --all --python ~/.pyenv/versions/3.*/bin/python3
                                                    the same with a column for each interpreter")]
pub struct CompareArgs {
    /// The left trace, of any format; `-` for standard input.
    #[arg(value_name = "LEFT")]
    pub left: Option<PathBuf>,

    /// The right trace.
    #[arg(value_name = "RIGHT")]
    pub right: Option<PathBuf>,

    /// A command to run and trace in place of the left trace; the shell reads it, its output goes to standard error.
    #[arg(long, value_name = "COMMAND")]
    pub left_run: Option<String>,

    /// The same for the right.
    #[arg(long, value_name = "COMMAND")]
    pub right_run: Option<String>,

    /// Run this document program and its Python twin, and compare the two process by process.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["left", "left_run", "right_run"])]
    pub program: Option<String>,

    /// The program's situation; `default` without it.
    #[arg(long, value_name = "CASE", requires = "program")]
    pub case: Option<String>,

    /// The interpreters to compare our programs with, one or several; the first python3 on PATH without it. What differs
    /// with each is listed.
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with_all = ["left", "left_run", "right_run"])]
    pub python: Vec<PathBuf>,

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

    /// Show the calls that are the same, too. With nothing else to compare: a table of all programs and cases.
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
