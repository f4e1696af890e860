//! `sockscope map`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Measure which system calls each call of Python's socket module makes, or each line of a program.
///
/// Every row is one expression in one situation, run in a real program and traced; none is a stored answer. With
/// several interpreters their columns stand side by side, and rows in which they differ are marked.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sockscope map
  sockscope map accept connect
  sockscope map --python python3.8 --python python3.13 --format markdown
  sockscope map client.py 127.0.0.1 8080")]
pub struct MapArgs {
    /// Functions and methods (accept, socket.create_connection); or a program, FILE.py, and its arguments.
    #[arg(value_name = "API|FILE.py", trailing_var_arg = true)]
    pub what: Vec<OsString>,

    /// The interpreter, by name or path; may be repeated. Without it: python3.
    #[arg(long, value_name = "PATH")]
    pub python: Vec<PathBuf>,

    /// How it is written.
    #[arg(short = 'F', long, value_enum, default_value_t = MapFormat::Table)]
    pub format: MapFormat,
}

/// How a map is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MapFormat {
    /// A table for the terminal.
    Table,
    /// A Markdown table.
    Markdown,
    /// A JSON array.
    Json,
}
