//! Temporary folders: nobody else may look into them, and none is left behind.
//!
//! A program that ends by a signal does not drop what it has. So folders are also listed, and who ends the program takes
//! them away first ([`remove_all`]).

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, TempDir};

static ALL: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The list. No signal handler uses it: whoever waits for signals does so on a thread.
fn all() -> MutexGuard<'static, Vec<PathBuf>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder that goes with this value.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// There until it is dropped.
    made: Option<TempDir>,
}

/// Makes a folder for this user alone, whatever the umask is.
pub(crate) fn private(prefix: &str) -> io::Result<Folder> {
    let mut all = all();
    let folder = Builder::new().prefix(prefix).permissions(Permissions::from_mode(0o700)).tempdir()?;
    all.push(folder.path().to_owned());
    Ok(Folder { path: folder.path().to_owned(), made: Some(folder) })
}

/// Makes a folder for this user alone that stays.
pub(crate) fn kept(prefix: &str) -> io::Result<PathBuf> {
    Ok(Builder::new().prefix(prefix).permissions(Permissions::from_mode(0o700)).tempdir()?.keep())
}

impl Folder {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.made.take());
        all().retain(|path| *path != self.path);
    }
}

/// Takes away all that are left; for the end of the program.
pub(crate) fn remove_all() {
    // What cannot be removed stays; there is nobody left to hear of it.
    all().drain(..).for_each(|path| drop(std::fs::remove_dir_all(path)));
}
