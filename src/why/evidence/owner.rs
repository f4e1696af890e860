//! The owners of sockets: the processes that have an inode open, by walking `/proc/PID/fd`.
//!
//! The kernel has no way from a socket to its processes, and a machine may have hundreds of thousands of descriptors. So
//! a walk has a time: those most likely are looked at first (who had it before, the process that made the call, then
//! those with few descriptors), and what is not found by then is not known.

use std::collections::HashMap;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use crate::event::{Endpoint, Owner};
use crate::sys::proc::locks::Lock;
use crate::sys::proc::{Descriptor, Proc, socket_of_link};

/// Words kept of a command line.
const MAX_WORDS: usize = 6;
/// Characters kept of a command line.
const MAX_TEXT: usize = 80;
/// How long a walk may take, in time of the processor: on a busy machine it finds as much.
const PATIENCE: Duration = Duration::from_millis(25);
/// How many owners are remembered.
const MAX_KEPT: usize = 4096;

/// The owners that were found before, by inode.
#[derive(Debug, Default)]
pub(super) struct Owners(HashMap<u64, (i32, i32)>);

impl Owners {
    /// Finds the owners of these sockets, all in one walk, the caller's own first. Returns whether the descriptors of
    /// some process were not read.
    pub(super) fn find<'a>(&mut self, caller: i32, sockets: impl Iterator<Item = &'a mut Endpoint>) -> bool {
        let mut wanted: HashMap<u64, Vec<&mut Endpoint>> = HashMap::new();
        for socket in sockets {
            if let Some(inode) = socket.inode {
                wanted.entry(inode).or_default().push(socket);
            }
        }
        if wanted.is_empty() {
            return false;
        }
        let begun = worked();
        for (inode, sockets) in &mut wanted {
            if let Some((pid, fd)) = self.0.get(inode).copied()
                && Proc::new(pid).descriptor(fd).socket() == Some(*inode)
            {
                own(sockets, pid, fd);
            }
        }
        let mut hidden = false;
        for pid in likely(caller) {
            if worked().saturating_sub(begun) > PATIENCE {
                hidden = true;
                break;
            }
            hidden |= !walk(pid, begun, |link, fd| {
                let Some(inode) = socket_of_link(link) else { return };
                if let Some(sockets) = wanted.get_mut(&inode) {
                    own(sockets, pid, fd);
                    if self.0.len() >= MAX_KEPT {
                        self.0.clear();
                    }
                    self.0.entry(inode).or_insert((pid, fd));
                }
            });
        }
        hidden && wanted.values().flatten().any(|socket| socket.owners.is_empty())
    }
}

/// The processes that have a pipe open for writing, or for reading, and whether there may be more.
pub(super) fn of_pipe(caller: i32, link: &[u8], writes: bool) -> (Vec<Owner>, bool) {
    let is_end = |at: Descriptor| at.access().is_some_and(|(r, w)| if writes { w } else { r });
    of_link(likely(caller), link, is_end)
}

/// The processes that hold a lock on what a descriptor's link names, with the descriptors through which they do, and
/// whether there may be more. What children inherited they hold as well.
pub(super) fn of_lock(caller: i32, link: &[u8], lock: &Lock) -> (Vec<Owner>, bool) {
    let holds = |at: Descriptor| at.locks().iter().any(|held| held.is(lock));
    // Who took it still has it: nobody else is looked for.
    if let Some(pid) = lock.pid {
        let found = of_link([pid].into_iter(), link, holds);
        if !found.0.is_empty() {
            return found;
        }
    }
    of_link(likely(caller), link, holds)
}

/// Which of these processes have a descriptor of what a link names that is as wanted, and whether there may be more.
fn of_link(pids: impl Iterator<Item = i32>, link: &[u8], wanted: impl Fn(Descriptor) -> bool) -> (Vec<Owner>, bool) {
    let (begun, mut owners, mut hidden) = (worked(), Vec::new(), false);
    for pid in pids {
        if worked().saturating_sub(begun) > PATIENCE {
            return (owners, true);
        }
        hidden |= !walk(pid, begun, |target, fd| {
            let is_new = || owners.iter().all(|owner: &Owner| owner.pid != pid as u32);
            if target == link && is_new() && wanted(Proc::new(pid).descriptor(fd)) {
                owners.push(Owner { pid: pid as u32, command: command(pid), role: None, fd });
            }
        });
    }
    (owners, hidden)
}

/// All processes, those first that are seen through at once.
fn likely(caller: i32) -> impl Iterator<Item = i32> {
    let mut all: Vec<(u64, i32)> = Proc::all().map(|pid| (Proc::new(pid).descriptor_count(), pid)).collect();
    all.sort_unstable_by_key(|(count, pid)| (*pid != caller, *count, *pid));
    all.into_iter().map(|(_, pid)| pid)
}

/// How long this thread has had a processor.
fn worked() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

/// Several descriptors of one process are one owner.
fn own(sockets: &mut [&mut Endpoint], pid: i32, fd: i32) {
    for socket in sockets {
        if !socket.owners.iter().any(|owner| owner.pid == pid as u32) {
            socket.owners.push(Owner { pid: pid as u32, command: command(pid), role: None, fd });
        }
    }
}

/// Visits the descriptors of a process, each with what it refers to. Returns whether all were visited.
fn walk(pid: i32, begun: Duration, mut visit: impl FnMut(&[u8], i32)) -> bool {
    /// After how many descriptors the clock is read.
    const OFTEN: usize = 256;
    let process = Proc::new(pid);
    let (Ok(descriptors), Ok(folder)) = (process.descriptors(), std::fs::File::open(process.path("fd"))) else {
        return !process.exists();
    };
    for (at, descriptor) in descriptors.enumerate() {
        if at % OFTEN == OFTEN - 1 && worked().saturating_sub(begun) > PATIENCE {
            return false;
        }
        // Relative to the folder, since finding that costs more than reading a link.
        let link = nix::fcntl::readlinkat(folder.as_fd(), descriptor.number().to_string().as_str());
        if let Ok(link) = link {
            visit(link.as_bytes(), descriptor.number());
        }
    }
    true
}

/// A process's command line on one line, cut where it is long; its name in brackets where it has none.
pub(super) fn command(pid: i32) -> String {
    let process = Proc::new(pid);
    let words: Vec<String> = process
        .command_line()
        .unwrap_or_default()
        .iter()
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
        .collect();
    if words.is_empty() {
        return format!("[{}]", process.name().unwrap_or_default());
    }
    let mut text = words.iter().take(MAX_WORDS).map(String::as_str).collect::<Vec<_>>().join(" ");
    // The program's directory is less useful than its arguments.
    if let Some((folder, _)) = words[0].rsplit_once('/') {
        text.replace_range(..=folder.len(), "");
    }
    if text.chars().count() > MAX_TEXT || words.len() > MAX_WORDS {
        text = text.chars().take(MAX_TEXT).collect::<String>() + "…";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    #[test]
    fn our_own_listener_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let inode = Proc::OWN.descriptor(listener.as_raw_fd()).socket();
        assert!(inode.is_some());
        let mut socket = Endpoint { inode, ..Endpoint::default() };
        Owners::default().find(0, std::iter::once(&mut socket));
        let own = socket.owners.iter().find(|owner| owner.pid == std::process::id()).expect("it is ours");
        assert_eq!(own.fd, listener.as_raw_fd());
        assert!(!own.command.is_empty() && !own.command.contains('\0'));
    }
}
