//! Maps recorded Unix names to current ones: a replay makes files only in a directory of its own, and uses abstract
//! names that no other program uses.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use nix::fcntl::AT_FDCWD;
use nix::unistd::{UnlinkatFlags, unlinkat};

use super::plan::{ReplayStep, passed};
use crate::event::Ret;
use crate::syscall::Effect;
use crate::value::{SockAddr, UnixName};

/// The mapping in both directions.
#[derive(Debug)]
pub(super) struct UnixNames {
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

impl UnixNames {
    /// Finds a name in `place` for each one that a program chose, and prepares what the first step needs.
    pub(super) fn new(steps: &[ReplayStep], place: &Path) -> io::Result<Self> {
        let mut names = Self { now: HashMap::new(), then: HashMap::new() };
        for step in steps {
            let Some(call) = step.call() else { continue };
            let binds = step.effect() == Effect::Binds;
            // A file that is left of a socket refuses.
            let stale = !binds && matches!(call.ret, Ret::Err(errno) if errno.0 == libc::ECONNREFUSED);
            let Some(then) = passed(call).into_iter().find_map(name).filter(|_| binds || stale) else { continue };
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
                    let mut path = place.join(number.to_string());
                    match call.ret {
                        Ret::Err(errno) if errno.0 == libc::ENOENT => path = path.join("nothing"),
                        _ if stale => drop(UnixDatagram::bind(&path)?),
                        // No socket of the trace had it.
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

    fn map(&mut self, then: UnixName, now: UnixName) {
        if !self.now.contains_key(&then) && !self.then.contains_key(&now) {
            self.now.insert(then.clone(), now.clone());
            self.then.insert(now, then);
        }
    }

    /// The current address for a recorded one.
    pub(super) fn now(&self, addr: &SockAddr) -> SockAddr {
        let now = name(addr).and_then(|then| self.now.get(&then).cloned());
        now.map_or_else(|| addr.clone(), SockAddr::Unix)
    }

    /// Removes a file in the way of a name, as the recorded program did.
    pub(super) fn clear(&self, addr: &SockAddr) {
        if let Some(UnixName::Path(path)) = name(addr).and_then(|then| self.now.get(&then).cloned()) {
            // There may be nothing to remove.
            let _ = unlinkat(AT_FDCWD, OsStr::from_bytes(&path), UnlinkatFlags::NoRemoveDir);
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
