//! Traces as timelines and packets, read by programs that are not ours.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, with the reason on standard error")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::needs::{Need, have, python_with_packages};
use support::{alone, interpreters};

#[path = "timelines/merge.rs"]
mod merge;
#[path = "timelines/packets.rs"]
mod packets;
#[path = "timelines/perfetto.rs"]
mod perfetto;

fn sockscope() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sockscope"))
}

/// Runs a command that must succeed and returns its standard output.
fn output(command: &mut Command) -> String {
    let out = command.output().unwrap();
    let (text, errors) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{command:?}: {text}{errors}");
    text.into_owned()
}

/// A file in a folder of the test's own.
fn file(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}

/// Records a Python program as JSON lines.
fn record(program: &str, options: &[&str], to: &Path) {
    let mut trace = sockscope();
    trace.args(["trace", "-f", "-q"]).args(options).arg("-o").arg(to);
    output(trace.arg(interpreters::python3()).args(["-c", program]));
}
