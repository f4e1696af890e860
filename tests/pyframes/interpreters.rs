//! The CPythons of this machine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

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
        command.env("PYTHONPATH", super::programs()).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("PYTHONIOENCODING", "utf-8").env("LC_ALL", "C.UTF-8");
        command
    }

    pub fn is_supported(&self) -> bool {
        !self.free_threaded && matches!(self.version, (2, 7) | (3, 6..=13))
    }
}

/// Those of pyenv and those in `/usr/bin`, each installation once.
pub fn all() -> Vec<Interpreter> {
    let mut found = BTreeMap::new();
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".pyenv")));
    let versions = pyenv.and_then(|pyenv| std::fs::read_dir(pyenv.join("versions")).ok());
    let pyenv = versions.into_iter().flatten().flatten().map(|entry| entry.path().join("bin/python"));
    let installed = std::fs::read_dir("/usr/bin").into_iter().flatten().flatten().map(|entry| entry.path());
    let installed = installed.filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_prefix("python").is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
    });
    for path in pyenv.chain(installed) {
        let Ok(real) = path.canonicalize() else {
            continue;
        };
        if let Some(interpreter) = ask(path) {
            found.entry(real).or_insert(interpreter);
        }
    }
    assert!(!found.is_empty(), "these tests need a CPython, in /usr/bin or installed by pyenv");
    found.into_values().collect()
}

fn ask(path: PathBuf) -> Option<Interpreter> {
    let text = "import sys, sysconfig, platform; \
                print('%s %d %d %d' % (platform.python_implementation(), sys.version_info[0], sys.version_info[1], \
                bool(sysconfig.get_config_var('Py_GIL_DISABLED'))))";
    let output = Command::new(&path).args(["-c", text]).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let numbers: Vec<u8> =
        answer.trim().strip_prefix("CPython ")?.split(' ').map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let [major, minor, free_threaded] = numbers[..] else {
        return None;
    };
    Some(Interpreter { path, version: (major, minor), free_threaded: free_threaded != 0 })
}

/// Those that the reader supports, from one version on.
pub fn every(since: (u8, u8)) -> Vec<Interpreter> {
    all().into_iter().filter(|python| python.is_supported() && python.version >= since).collect()
}
