//! `sockscope convert`.

use std::path::PathBuf;

use clap::Args;

use super::format::FormatArg;

/// Turn a trace of any format into any other.
///
/// The input's format is told by its content: strace's text as strace 5 to 7 write it, JSON lines, a JSON array or CSV,
/// packed with gzip or Zstandard or not. What cannot be read is kept as it is, counted and reported.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sockscope convert trace.log --format jsonl -o trace.jsonl
  strace -f -o /dev/stdout ls | sockscope convert - --format csv
  sockscope convert trace.jsonl.zst --format strace
  sockscope convert --why trace.jsonl        strace's text, with the cause below each call that failed
  sockscope convert log --format json        the set log.101, log.102 … that strace -ff -o log wrote")]
pub struct ConvertArgs {
    /// The trace; `-` for standard input, or the common name of a set that `strace -ff` wrote.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The format to write; without it, the one that the ending of the output's name says, or else strace's.
    #[arg(short = 'F', long, value_name = "FORMAT", value_enum)]
    pub format: Option<FormatArg>,

    /// Write to this file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Column of the result in strace's text.
    #[arg(short = 'a', long = "columns", value_name = "COLUMN", default_value_t = 40)]
    pub align: usize,

    /// Say why calls failed: from the evidence that was recorded with them, or else from the trace alone.
    #[arg(long)]
    pub why: bool,

    /// Say nothing about lines that could not be read.
    #[arg(short, long)]
    pub quiet: bool,
}
