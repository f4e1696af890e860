//! A Python with DuckDB and pandas, installed once into the build folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nix::fcntl::{Flock, FlockArg};

/// Runs a Python program on a file and returns what it printed. Fails loudly: a machine where the two cannot be had
/// cannot vouch for our JSON.
pub fn ask(program: &str, file: &Path) -> String {
    let output = run(Command::new(python()).arg("-c").arg(program).arg(file));
    String::from_utf8(output.stdout).expect("the answer is text")
}

/// The interpreter that has them, made at first use.
fn python() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("json-readers");
    let python = folder.join("bin/python");
    let lock = std::fs::File::create(folder.with_extension("lock")).expect("the build folder is ours to write");
    let _lock = Flock::lock(lock, FlockArg::LockExclusive).map_err(|(_, errno)| errno).expect("a lock on it");
    let ready = folder.join("ready");
    if !ready.exists() {
        // The first python3 may be a shim that looks at the folder it is run in: ask it who it really is.
        let real = run(Command::new("python3").args(["-c", "import sys; print(sys.executable)"]));
        let real = String::from_utf8_lossy(&real.stdout).trim().to_owned();
        run(Command::new(real).args(["-m", "venv", "--clear"]).arg(&folder));
        run(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "duckdb",
            "pandas",
        ]));
        std::fs::write(ready, "").expect("the build folder is ours to write");
    }
    python
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?} could not be started: {e}"));
    assert!(
        output.status.success(),
        "{command:?} failed, {}. This test needs python3 with venv and pip, and PyPI within reach.\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
