//! `sockscope completions` and `sockscope man`: what the build script made.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;

use super::STDOUT;
use crate::cli::shell::{CompletionsArgs, ShellArg};

/// Prints the completions.
pub fn completions(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    print(match args.shell {
        ShellArg::Bash => include_bytes!(concat!(env!("OUT_DIR"), "/sockscope.bash")),
        ShellArg::Zsh => include_bytes!(concat!(env!("OUT_DIR"), "/_sockscope")),
        ShellArg::Fish => include_bytes!(concat!(env!("OUT_DIR"), "/sockscope.fish")),
    })
}

/// Prints the man page.
pub fn man() -> anyhow::Result<ExitCode> {
    print(include_bytes!(concat!(env!("OUT_DIR"), "/sockscope.1")))
}

fn print(text: &[u8]) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    out.write_all(text).and_then(|()| out.flush()).context(STDOUT)?;
    Ok(ExitCode::SUCCESS)
}
