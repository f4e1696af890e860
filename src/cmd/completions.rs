//! `sockscope completions`: what a shell is to offer behind `sockscope`, made from the command's own definition.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, print, print_bytes};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sockscope completions bash --install ~/.local/share/bash-completion/completions
  sockscope completions fish --install ~/.config/fish/completions
  sockscope completions zsh --install DIR          a folder of $fpath")]
pub(super) struct Args {
    /// The shell
    pub shell: Shell,
    /// Write them into this folder instead, under the name that the shell looks for
    #[arg(long, value_name = "DIR")]
    pub install: Option<PathBuf>,
}

/// Prints or installs the completions.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.install {
        let written = fs::create_dir_all(folder)
            .and_then(|()| clap_complete::generate_to(args.shell, &mut Cli::command(), "sockscope", folder));
        let path = written.with_context(|| format!("cannot write completions into {}", folder.display()))?;
        print(format!("the completions are in {}\n", path.display()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "sockscope", &mut script);
    print_bytes(script.as_ref())?;
    Ok(ExitCode::SUCCESS)
}
