//! What a test needs of a machine and not every machine has. A test that goes without is reported as skipped, on
//! standard error and to `tests/run`, and fails in CI.

use std::io::Write;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Names a file to which skips are appended, one a line, for the summary of `tests/run`.
const FILE: &str = "SOCKSCOPE_SKIPPED";

/// What a test needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// To be root.
    Root,
    /// To make a user and a network namespace.
    Namespaces,
    /// The strace whose text ours is.
    Strace,
    /// The command zstd.
    Zstd,
    /// CPython's own tests.
    PythonTests,
    /// A Python that has `tests/requirements.txt`.
    Packages,
    /// A Python that has `tests/requirements-engines.txt`, and Java.
    Engines,
    /// Chromium, and a Python that drives it.
    Browser,
    /// Wireshark's command.
    Tshark,
    /// Another CPython than the machine's python3, by what it is.
    Interpreter(&'static str),
    /// A feature or setting of the kernel or a mount, by what it is.
    Kernel(&'static str),
}

impl Need {
    /// The needs that CI cannot meet, since `tests/run` cannot install them: all others fail there when they are not
    /// met. A kernel is given, and so are the interpreters besides python3, which no package has.
    fn is_beyond_ci(self) -> bool {
        matches!(self, Self::Interpreter(_) | Self::Kernel(_))
    }

    fn is_met(self) -> bool {
        static NAMESPACES: OnceLock<bool> = OnceLock::new();
        static PYTHON_TESTS: OnceLock<bool> = OnceLock::new();
        let succeeds = |command: &mut Command| {
            command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
        };
        match self {
            Self::Root => nix::unistd::geteuid().is_root(),
            Self::Namespaces => *NAMESPACES.get_or_init(|| succeeds(Command::new("unshare").args(["-Urn", "true"]))),
            Self::Strace => Command::new("strace")
                .arg("-V")
                .output()
                .is_ok_and(|output| output.stdout.starts_with(b"strace -- version 6.1\n")),
            Self::Zstd => Command::new("zstd").arg("-V").output().is_ok(),
            Self::PythonTests => *PYTHON_TESTS.get_or_init(|| {
                succeeds(Command::new(super::interpreters::python3()).args(["-c", "import test.test_socket"]))
            }),
            Self::Packages => python_with_packages().exists(),
            Self::Engines => python_with_engines().exists(),
            Self::Browser => Command::new("chromium").arg("--version").output().is_ok() && Self::Packages.is_met(),
            Self::Tshark => Command::new("tshark").arg("-v").output().is_ok(),
            Self::Interpreter(_) | Self::Kernel(_) => false,
        }
    }

    fn reason(self) -> String {
        match self {
            Self::Root => "needs root".to_owned(),
            Self::Namespaces => "needs `unshare -Urn`, which is forbidden here".to_owned(),
            Self::Strace => "needs strace 6.1, whose text is compared".to_owned(),
            Self::Zstd => "needs the command zstd (Debian: zstd)".to_owned(),
            Self::PythonTests => "needs python3's test package (Debian: libpython3-testsuite)".to_owned(),
            Self::Packages => "needs tests/requirements.txt installed, as tests/run does".to_owned(),
            Self::Engines => "needs tests/requirements-engines.txt and Java, as tests/run --all installs".to_owned(),
            Self::Browser => {
                "needs chromium (Debian: chromium) and tests/requirements.txt, as tests/run installs".to_owned()
            }
            Self::Tshark => "needs tshark (Debian: tshark)".to_owned(),
            Self::Interpreter(which) => format!("needs {which}"),
            Self::Kernel(what) => format!("needs a machine with {what}"),
        }
    }
}

/// Whether the machine has what the calling test needs; where not, the test is skipped, or this part of it.
#[track_caller]
pub fn have(need: Need) -> bool {
    need.is_met() || {
        skip(need);
        false
    }
}

/// Reports that the calling test, or a part of it, is skipped for want of this.
///
/// # Panics
/// In CI, unless CI cannot have it.
#[track_caller]
pub fn skip(need: Need) {
    let thread = std::thread::current();
    let place = Location::caller();
    let text = format!("{} ({}:{}): {}", thread.name().unwrap_or("?"), place.file(), place.line(), need.reason());
    assert!(
        need.is_beyond_ci() || std::env::var_os("CI").is_none(),
        "CI must not skip {text}; ./tests/run as root installs what can be had"
    );
    // libtest captures what `eprintln!` prints in a test that passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {text}");
    if let Some(file) = std::env::var_os(FILE) {
        let file = std::fs::File::options().append(true).create(true).open(file);
        file.and_then(|mut file| file.write_all(format!("{text}\n").as_bytes())).expect("the list of skips is kept");
    }
}

/// strace, if it is here and the version whose text is ours.
#[track_caller]
pub fn strace() -> Option<Command> {
    have(Need::Strace).then(|| {
        let mut command = Command::new("strace");
        command.stdin(Stdio::null());
        command
    })
}

/// The Python into which `tests/run` installs `tests/requirements.txt`, below the build folder.
pub fn python_with_packages() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    temporary.parent().expect("it is below the build folder").join("test-python/bin/python")
}

/// The Python into which `tests/run --all` installs `tests/requirements-engines.txt`.
pub fn python_with_engines() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("test-engines/bin/python")
}
