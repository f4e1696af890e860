//! `sockscope why`.

use clap::{Args, ValueEnum};

/// Say what an error of a socket call can mean, and what shows it.
///
/// For each errno, its known causes with the calls they are met in, and a command that provokes and explains each. Of a
/// recorded trace, the calls that failed or never returned, each with its cause, from the evidence that was recorded or
/// from the trace alone. To have the evidence collected, give --why to trace or run.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sockscope why ECONNREFUSED                nobody there: in nine ways
  sockscope why EADDRINUSE bind             the causes met in bind
  sockscope why waiting                     calls that do not return
  sockscope why --format json | jq -r .cause
  sockscope why log.jsonl                   the failures of a recorded trace
  sockscope trace --why python3 client.py   why it failed, here and now")]
pub struct WhyArgs {
    /// Errnos by name or number, `waiting`, or calls; all errnos without any. Or the file of a trace, with its folder
    /// (./log) where its name is one of those.
    #[arg(value_name = "ERRNO|FILE")]
    pub what: Vec<String>,
    /// How to write it; json is one object per line.
    #[arg(long, value_enum, default_value_t = WhyFormat::Text)]
    pub format: WhyFormat,
}

/// How causes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WhyFormat {
    /// Paragraphs for the terminal.
    Text,
    /// One JSON object per line.
    Json,
    /// A Markdown document.
    Markdown,
}
