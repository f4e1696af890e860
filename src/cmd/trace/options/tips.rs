//! `--tips`: a hint about tracing when the trace is complete.

use anyhow::bail;

/// The hints: what to do, and the options for it.
const TIPS: [(&str, &str); 10] = [
    ("To see which line of Python made each call, ask for it", "--python"),
    ("To see why a call failed, ask the kernel at once", "--why"),
    ("To find out what a program does when a connection is refused, refuse it", "-e inject=connect:error=ECONNREFUSED"),
    ("To let one line of Python fail, name it", "-e fault=sendto:error=EPIPE:line=client.py:12"),
    (
        "To see which connection each descriptor is, let them be named",
        "-yy, or --names for names that stay over dup and fork",
    ),
    ("To see only calls about one server, name its address", "--peer 127.0.0.1:5432"),
    ("To count calls instead of reading them, ask for the table", "-c, sorted by -S calls, with the columns of -U"),
    ("To see only what failed, say so", "-Z"),
    ("To see what a call is for, have it explained where it occurs first", "--explain"),
    ("To look at a trace with jq, DuckDB or pandas, write it as JSON lines", "-o trace.jsonl"),
];

/// Which hint, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cmd::trace) struct TipChoice {
    /// Its number; `None` for any.
    id: Option<usize>,
    /// Whether the options are written too; `None` for no hint at all.
    full: Option<bool>,
}

/// Reads `[[id:]ID][,[format:]FORMAT]`.
pub(super) fn wanted(text: &str) -> anyhow::Result<TipChoice> {
    let mut wanted = TipChoice { id: None, full: Some(false) };
    for word in text.split(',').map(|word| word.trim_start_matches("id:").trim_start_matches("format:")) {
        match word {
            "" | "random" => wanted.id = None,
            "none" => wanted.full = None,
            "compact" => wanted.full = Some(false),
            "full" => wanted.full = Some(true),
            _ => match word.parse() {
                Ok(id) => wanted.id = Some(id),
                Err(_) => bail!("--tips={word}: say a number or random, and none, compact or full"),
            },
        }
    }
    Ok(wanted)
}

impl TipChoice {
    /// The hint, if one is wanted; `any` chooses where none is named.
    pub(in crate::cmd::trace) fn text(self, any: usize) -> Option<String> {
        let full = self.full?;
        let (what, how) = TIPS[self.id.unwrap_or(any) % TIPS.len()];
        Some(if full { format!("tip: {what}:\n  sockscope trace {how} PROG") } else { format!("tip: {what}: {how}") })
    }
}
