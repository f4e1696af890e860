//! The formats that a trace can be written in.

use clap::ValueEnum;

/// A format, by the name that it has in the library's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// strace's own notation, byte for byte
    Strace,
    /// One JSON object per line
    Jsonl,
    /// One JSON array
    Json,
    /// One row per event, arguments as a JSON object
    Csv,
}
