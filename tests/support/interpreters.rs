//! The CPythons of this machine, and where the programs are that they run.

#![allow(dead_code, reason = "tests and benches each use their part of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The interpreter behind the first `python3` on PATH, which may be a wrapper that starts other programs.
pub fn python3() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
        let output = output.expect("python3 is needed (Debian: apt install python3)");
        let path = String::from_utf8(output.stdout).expect("a path");
        assert!(output.status.success() && !path.trim().is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        path.trim().into()
    })
}

/// The folder of the test programs and the modules they import.
pub fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pyframes/programs")
}

#[derive(Debug, Clone)]
pub struct Interpreter {
    pub path: PathBuf,
    /// Major and minor.
    pub version: (u8, u8),
    /// Built to run without the global interpreter lock.
    pub free_threaded: bool,
}

impl Interpreter {
    /// Starts it so that it finds the test programs' modules and leaves no files behind.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.env("PYTHONPATH", programs()).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("PYTHONIOENCODING", "utf-8").env("LC_ALL", "C.UTF-8");
        command
    }

    pub fn is_supported(&self) -> bool {
        !self.free_threaded && matches!(self.version, (2, 7) | (3, 6..=15))
    }
}

/// Those of pyenv, those that `uv` has put into the home folder, and those in `/usr/bin` and `/usr/local/bin`; each
/// once, however many links and scripts lead to it.
pub fn all() -> Vec<Interpreter> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(|| Some(home.clone()?.join(".pyenv")));
    let managed = [pyenv.map(|pyenv| pyenv.join("versions")), home.map(|home| home.join(".local/share/uv/python"))];
    let managed = managed.into_iter().flatten().flat_map(entries).map(|folder| folder.join("bin/python"));
    let installed = ["/usr/bin", "/usr/local/bin"].into_iter().flat_map(|folder| entries(folder.into()));
    let installed = installed.filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // A free-threaded one ends in `t`.
        let version = name.strip_prefix("python").map(|rest| rest.strip_suffix('t').unwrap_or(rest));
        version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
    });
    let mut found = BTreeMap::new();
    for path in managed.chain(installed).filter(|path| path.exists()) {
        if let Some(interpreter) = ask(&path)
            && let Ok(real) = interpreter.path.canonicalize()
        {
            found.entry(real).or_insert(interpreter);
        }
    }
    assert!(!found.is_empty(), "these tests need a CPython, in /usr/bin or installed by pyenv");
    found.into_values().collect()
}

fn entries(folder: PathBuf) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// What an interpreter says that it is; `None` for one that is no CPython.
pub fn ask(path: &Path) -> Option<Interpreter> {
    let text = "import sys, sysconfig, platform; \
                print('%s %d %d %d' % (platform.python_implementation(), sys.version_info[0], sys.version_info[1], \
                bool(sysconfig.get_config_var('Py_GIL_DISABLED')))); print(sys.executable)";
    let output = Command::new(path).args(["-c", text]).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let (numbers, executable) = answer.trim().strip_prefix("CPython ")?.split_once('\n')?;
    let numbers: Vec<u8> = numbers.split(' ').map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let [major, minor, free_threaded] = numbers[..] else {
        return None;
    };
    Some(Interpreter { path: executable.into(), version: (major, minor), free_threaded: free_threaded != 0 })
}

/// Those that the reader supports, from one version on.
pub fn every(since: (u8, u8)) -> Vec<Interpreter> {
    let found: Vec<_> = all().into_iter().filter(|python| python.is_supported() && python.version >= since).collect();
    assert!(!found.is_empty(), "these tests need a CPython from {since:?} on, in /usr/bin or installed by pyenv");
    found
}
