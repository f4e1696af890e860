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
    // In a worktree HEAD is not in .git, which is a file there.
    if let Some(head) = git(&["rev-parse", "--git-path", "HEAD"]).filter(|head| Path::new(head).exists()) {
        println!("cargo::rerun-if-changed={head}");
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
