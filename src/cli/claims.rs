//! `sockscope claims`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Decide what the documents claim about sockets, by experiment, on this kernel.
///
/// Each claim is tried in a network namespace of its own, so nothing of this machine is changed or in the way. The
/// kernel settings in force here are carried into it, and change the answer where the claim depends on them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  sockscope claims                          all of them, as a table
  sockscope claims time-wait send-short     two of them, with the decisive calls
  sockscope claims --set net.ipv4.tcp_abort_on_overflow=1 queue-full-refused
  sockscope claims --format json | jq -r 'select(.verdict==\"refuted\").says'
  sockscope claims -o traces                every call each experiment made, as JSON lines and as strace's text")]
pub struct Claims {
    /// The claims to decide [default: all].
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// How to write the verdicts; json is one object per line.
    #[arg(long, value_enum, default_value_t = ClaimsFormat::Table)]
    pub format: ClaimsFormat,
    /// Write the trace of each experiment into this folder: ID.jsonl and ID.strace.
    #[arg(short, long = "output", value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Take this kernel setting to be in force, in the experiments only.
    #[arg(long, value_name = "SYSCTL=VALUE", value_parser = setting)]
    pub set: Vec<(String, String)>,
    /// Show what was tried and the decisive calls, also without naming claims.
    #[arg(short, long)]
    pub verbose: bool,
}

/// How verdicts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClaimsFormat {
    /// A table for the terminal.
    Table,
    /// One JSON object per line.
    Json,
    /// A Markdown document.
    Markdown,
}

/// `name=value`, the name as sysctl(8) has it.
fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if name.starts_with("net.") && !name.contains('/') && !value.is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        Some((name, _)) if !name.starts_with("net.") => {
            Err(format!("{name} is no network setting; those begin with net., as in net.ipv4.tcp_syncookies=0"))
        }
        _ => Err("write it as SYSCTL=VALUE, such as net.ipv4.tcp_syncookies=0".to_owned()),
    }
}
