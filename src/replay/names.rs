//! Which recorded Unix name is which one now: a replay makes no file but in a directory of its own, and takes no
//! abstract name from anybody.

use std::collections::HashMap;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use super::plan::{Step, passed};
use crate::event::Ret;
use crate::syscall::Effect;
use crate::value::{SockAddr, UnixName};

/// The two ways of the mapping.
#[derive(Debug, Default)]
pub(super) struct Names {
    folder: Option<tempfile::TempDir>,
    now: HashMap<UnixName, UnixName>,
    then: HashMap<UnixName, UnixName>,
}

/// The Unix name in an address.
fn name(addr: &SockAddr) -> Option<UnixName> {
    match addr {
        SockAddr::Unix(name) => Some(name.clone()),
        _ => None,
    }
}

/// Length of a name in an address.
fn len(name: &UnixName) -> i64 {
    SockAddr::Unix(name.clone()).to_bytes().len() as i64
}

impl Names {
    /// Finds a name for each that a program chose, and prepares what must be there before the first step.
    pub(super) fn new(steps: &[Step]) -> io::Result<Self> {
        let mut names = Self::default();
        for step in steps {
            let Some(call) = step.call().filter(|_| step.effect() == Effect::Binds) else { continue };
            let Some(then) = passed(call).into_iter().find_map(name) else { continue };
            if names.now.contains_key(&then) {
                continue;
            }
            let number = names.now.len();
            let now = match &then {
                UnixName::Unnamed => continue,
                UnixName::Abstract(_) => {
                    UnixName::Abstract(format!("sockscope/replay/{}/{number}", std::process::id()).into_bytes())
                }
                UnixName::Path(_) => {
                    let mut path = names.folder()?.join(number.to_string());
                    match call.ret {
                        Ret::Err(errno) if errno.0 == libc::ENOENT => path = path.join("nothing"),
                        // Nobody in the trace had it.
                        Ret::Err(errno) if errno.0 == libc::EADDRINUSE => drop(std::fs::File::create(&path)?),
                        _ => {}
                    }
                    UnixName::Path(path.into_os_string().into_vec())
                }
            };
            names.map(then, now);
        }
        Ok(names)
    }

    fn folder(&mut self) -> io::Result<PathBuf> {
        let folder = match self.folder.take() {
            Some(folder) => folder,
            None => tempfile::Builder::new().prefix("sockscope-").tempdir()?,
        };
        Ok(self.folder.insert(folder).path().to_owned())
    }

    fn map(&mut self, then: UnixName, now: UnixName) {
        if !self.now.contains_key(&then) && !self.then.contains_key(&now) {
            self.now.insert(then.clone(), now.clone());
            self.then.insert(now, then);
        }
    }

    /// The address now.
    pub(super) fn now(&self, addr: &SockAddr) -> SockAddr {
        let now = name(addr).and_then(|then| self.now.get(&then).cloned());
        now.map_or_else(|| addr.clone(), SockAddr::Unix)
    }

    /// Makes room for a name that the recording made room for by removing a file.
    pub(super) fn clear(&self, addr: &SockAddr) {
        if let Some(UnixName::Path(path)) = name(addr).and_then(|then| self.now.get(&then).cloned()) {
            // Where nothing is in the way there is nothing to remove.
            let _ = std::fs::remove_file(std::ffi::OsStr::from_bytes(&path));
        }
    }

    /// Learns that the kernel chose another name for the same socket.
    pub(super) fn learn(&mut self, then: &SockAddr, now: &SockAddr) {
        if let (SockAddr::Unix(then @ UnixName::Abstract(_)), SockAddr::Unix(now @ UnixName::Abstract(_))) = (then, now)
        {
            self.map(then.clone(), now.clone());
        }
    }

    /// The address as it would have been recorded, and how much longer that is.
    pub(super) fn then(&self, addr: &SockAddr) -> (SockAddr, i64) {
        match addr {
            SockAddr::Unix(now) => match self.then.get(now) {
                Some(then) => (SockAddr::Unix(then.clone()), len(then) - len(now)),
                None => (addr.clone(), 0),
            },
            _ => (addr.clone(), 0),
        }
    }
}
