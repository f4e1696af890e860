//! `pip install sockscope`: the wheel is built, installed into fresh virtual environments of the CPythons that it is for,
//! and tested there as a user would have it (`python/tests`); its types are checked, and the notebook is executed.
//!
//! The wheel holds the command that cargo built for these tests: maturin asks cargo for the same profile in the same
//! folder, which has nothing left to compile.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, with the reason on standard error")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use support::interpreters::{self, Interpreter};
use support::needs::{Need, have, python_with_packages, skip};

/// The oldest that the package is for (`requires-python`).
const OLDEST: (u8, u8) = (3, 9);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A command of the Python that has `tests/requirements.txt`.
fn packages(name: &str) -> Command {
    let mut command = Command::new(python_with_packages().with_file_name(name));
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// Runs to a good end, or panics with what was printed.
fn succeed(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let printed = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{command:?}: {}\n{printed}", done.status);
    printed
}

/// The wheel, built once.
fn wheel() -> &'static Path {
    static WHEEL: OnceLock<PathBuf> = OnceLock::new();
    WHEEL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wheel");
        let _ = fs::remove_dir_all(&folder); // of an earlier run
        let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
        let mut build = packages("maturin");
        build.args(["build", "--profile", profile, "--compatibility", "linux", "--out"]).arg(&folder);
        // Cargo's description of this test is none of the package's.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR") {
                build.env_remove(name);
            }
        }
        succeed(&mut build);
        let mut files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|end| end == "whl")).expect("a wheel")
    })
}

/// A fresh virtual environment with the wheel and pytest in it, and nothing from the network.
fn installed(interpreter: &Path) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let venv = folder.path().join("venv");
    succeed(Command::new(interpreter).args(["-m", "venv", "--without-pip"]).arg(&venv));
    let python = venv.join("bin/python");
    let mut install = packages("python");
    install.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "--python"]).arg(&python);
    install.args(["install", "--no-index", "--find-links"]).arg(python_with_packages().with_file_name("../wheels"));
    succeed(install.arg(wheel()).arg("pytest"));
    (folder, python)
}

/// pytest in such an environment, which knows nothing of the sources but the tests.
fn pytest(python: &Path, folder: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp"]).arg(folder.join("pytest"));
    command.current_dir(folder).stdin(Stdio::null()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env_remove("PYTHONPATH").env_remove("SOCKSCOPE_COMMAND").env_remove("VIRTUAL_ENV");
    command
}

/// The interpreters that the package is for: the oldest, or with `tests/run --all` each. That of the notebook is a newer one.
fn wanted() -> Vec<Interpreter> {
    let all = interpreters::all().into_iter();
    let mut found: Vec<Interpreter> = all.filter(|found| found.version >= OLDEST && found.is_supported()).collect();
    found.sort_by_key(|found| found.version);
    if std::env::var_os("SOCKSCOPE_ALL_PYTHONS").is_none() {
        found.truncate(1);
    }
    found
}

#[test]
fn cpythons_run_the_packages_tests() {
    if !have(Need::Packages) {
        return;
    }
    let found = wanted();
    if found.is_empty() {
        skip(Need::Interpreter("a CPython from 3.9 on"));
    }
    for interpreter in found {
        let has_venv = Command::new(&interpreter.path).args(["-c", "import venv"]).stderr(Stdio::null()).status();
        if !has_venv.is_ok_and(|status| status.success()) {
            skip(Need::Interpreter("each CPython's module venv"));
            continue;
        }
        let (folder, python) = installed(&interpreter.path);
        let mut tests = pytest(&python, folder.path());
        tests.arg(root().join("python/tests")).arg("--ignore").arg(root().join("python/tests/full"));
        succeed(&mut tests);
        for mut command in [Command::new(python.with_file_name("sockscope")), {
            let mut module = Command::new(&python);
            module.args(["-m", "sockscope"]);
            module
        }] {
            let printed = succeed(command.arg("--version"));
            assert!(printed.starts_with(concat!("sockscope ", env!("CARGO_PKG_VERSION"))), "{printed}");
        }
    }
}

/// With pandas, polars and Jupyter beside it, which `tests/run` has installed elsewhere.
#[test]
fn tables_and_the_notebook() {
    if !have(Need::Packages) {
        return;
    }
    let site = succeed(packages("python").args(["-c", "import pandas; print(pandas.__path__[0])"]));
    let site = Path::new(site.trim()).parent().unwrap().to_owned();
    let base = succeed(packages("python").args(["-c", "import sys; print(sys._base_executable)"]));
    let (folder, python) = installed(Path::new(base.trim()));
    let own = succeed(Command::new(&python).args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]));
    fs::write(Path::new(own.trim()).join("beside.pth"), format!("{}\n", site.display())).unwrap();
    succeed(pytest(&python, folder.path()).arg(root().join("python/tests/full")));
}

#[test]
fn the_types_are_right() {
    if !have(Need::Packages) {
        return;
    }
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mypy");
    succeed(packages("mypy").arg("--cache-dir").arg(cache));
    // pyright's checker, with all it needs on PyPI; pyright itself fetches its program when it is run.
    succeed(packages("basedpyright").arg("--pythonpath").arg(python_with_packages()));
}
