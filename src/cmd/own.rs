//! `--own` and `--library`: which Python code is the user's.

use std::path::PathBuf;

use crate::pyframes::OwnCode;

/// Paths in which the user knows better whose code it is.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct OwnArgs {
    /// Count Python code below this file or folder as your own, even in site-packages; may be repeated.
    #[arg(long, value_name = "PATH")]
    pub own: Vec<PathBuf>,

    /// Count Python code below this file or folder as a library's; the longest path decides; may be repeated.
    #[arg(long, value_name = "PATH")]
    pub library: Vec<PathBuf>,
}

impl OwnArgs {
    /// What a reader of Python frames goes by.
    pub(super) fn code(&self) -> OwnCode {
        OwnCode::new(&self.own, &self.library)
    }
}
