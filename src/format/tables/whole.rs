//! Files that are whole or not there: what is written has another name until it is complete and on the disk.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A file that is being written.
#[derive(Debug)]
pub(super) struct WholeFile {
    /// What it is called when it is complete.
    path: PathBuf,
    /// What it is called until then; `None` once it is complete.
    temporary: Option<PathBuf>,
}

impl WholeFile {
    /// Begins a file, in the folder where it will be.
    pub(super) fn create(path: &Path) -> io::Result<(Self, File)> {
        check(path)?;
        // What a link leads to is replaced, and not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let (this, temporary) = Self::begin(path);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&temporary)?;
        Ok((this, file))
    }

    /// The name under which a file is to be written.
    fn begin(path: PathBuf) -> (Self, PathBuf) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}-{count}.unfinished", std::process::id()));
        let temporary = path.with_file_name(name);
        (Self { path, temporary: Some(temporary.clone()) }, temporary)
    }

    /// What it is called until it is complete.
    pub(super) fn temporary(&self) -> &Path {
        self.temporary.as_deref().unwrap_or(&self.path)
    }

    /// Puts the complete file on the disk, and gives it its name.
    pub(super) fn finish(mut self, file: &File) -> io::Result<()> {
        let Some(temporary) = &self.temporary else { return Ok(()) };
        file.sync_all()?;
        fs::rename(temporary, &self.path)?;
        self.temporary = None;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

impl Drop for WholeFile {
    /// What was not completed is of no use.
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Whether a file can be put there.
pub(super) fn check(path: &Path) -> io::Result<()> {
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        return Err(io::Error::other("it is no file, so it cannot be replaced when the new one is complete"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::metadata(folder).and_then(|folder| match folder.is_dir() {
        true => Ok(()),
        false => Err(io::ErrorKind::NotADirectory.into()),
    })
}
