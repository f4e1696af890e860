//! Makes the man page and the shell completions from the command's definition, and finds the git revision for
//! `--version`. The files go to `OUT_DIR`; the command prints them (`sockscope completions`, `sockscope man`).

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

use clap::CommandFactory;
use clap_complete::Shell;

#[allow(dead_code)]
#[path = "src/cli.rs"]
mod cli;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src/cli.rs");
    println!("cargo::rerun-if-changed=src/cli");
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rustc-env=SOCKSCOPE_VERSION={}", version());
    let Some(out) = env::var_os("OUT_DIR") else { return Ok(()) };
    let out = Path::new(&out);
    let mut command = cli::Cli::command();
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut command, "sockscope", out)?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    fs::write(out.join("sockscope.1"), page)
}

/// `0.1.0 (3175445)`, or without the revision where there is no git.
fn version() -> String {
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let revision = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output().ok();
    match revision.filter(|out| out.status.success()).and_then(|out| String::from_utf8(out.stdout).ok()) {
        Some(revision) => format!("{version} ({})", revision.trim()),
        None => version,
    }
}
