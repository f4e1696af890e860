//! Finds the git revision for `--version`.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=SOCKSCOPE_VERSION={}", version());
}

/// `0.1.0 (3175445)`, or without the revision where these sources are no git checkout (a package, a tarball), even where
/// a folder above is one.
fn version() -> String {
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    if !Path::new(".git").exists() {
        return version;
    }
    // A release says its commit exactly; a developer's build is made again when the branch changes, not at each commit.
    let watched: &[&str] =
        if env::var("PROFILE").is_ok_and(|name| name == "release") { &["HEAD", "logs/HEAD"] } else { &["HEAD"] };
    for name in watched {
        // In a worktree they are not in .git, which is a file there. What does not exist would always count as changed.
        if let Some(path) = git(&["rev-parse", "--git-path", name]).filter(|path| Path::new(path).exists()) {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    match git(&["rev-parse", "--short", "HEAD"]) {
        Some(revision) => format!("{version} ({revision})"),
        None => version,
    }
}

/// What git prints, if it can be asked and has an answer.
fn git(args: &[&str]) -> Option<String> {
    let answer = Command::new("git").args(args).output().ok().filter(|answer| answer.status.success())?;
    Some(String::from_utf8(answer.stdout).ok()?.trim().to_owned())
}
