//! A Python with DuckDB and pandas, which `tests/run` installs.

use std::path::Path;
use std::process::Command;

use crate::support::needs::{Need, have, python_with_packages};

/// Runs a Python program on a file and returns what it printed; `None`, which is a skip, where the two are not installed.
#[track_caller]
pub fn ask(program: &str, file: &Path) -> Option<String> {
    answer(program, &[file])
}

#[track_caller]
fn answer(program: &str, arguments: &[&Path]) -> Option<String> {
    if !have(Need::Packages) {
        return None;
    }
    let output =
        Command::new(python_with_packages()).arg("-c").arg(program).args(arguments).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("the answer is text"))
}
