//! The descriptors that a process has open, as `/proc/PID/fd` lists them: for calls that close what they do not name.

use crate::sys::proc::{Descriptor, Proc};
use crate::syscall::Change;

/// The open descriptors that a call closes without naming them, ascending; none where `/proc` does not let us look.
pub(super) fn unnamed(pid: i32, change: Change) -> Vec<i32> {
    match change {
        Change::ClosesRange(..) => open(pid).into_iter().filter(|fd| change.closes(*fd, true)).collect(),
        Change::Executes => open(pid).into_iter().filter(|fd| closes_on_exec(pid, *fd)).collect(),
        Change::Ends => open(pid),
        _ => Vec::new(),
    }
}

/// Whether the call's arguments do not name what it closes.
pub(super) fn closes_unnamed(change: Change) -> bool {
    matches!(change, Change::ClosesRange(..) | Change::Executes | Change::Ends)
}

fn open(pid: i32) -> Vec<i32> {
    let mut open: Vec<i32> = Proc::new(pid).descriptors().into_iter().flatten().map(Descriptor::number).collect();
    open.sort_unstable();
    open
}

/// The line `flags` of the descriptor's `fdinfo` is in octal; `O_CLOEXEC` stands among the open file's flags there.
fn closes_on_exec(pid: i32, fd: i32) -> bool {
    let info = Proc::new(pid).descriptor(fd).info();
    let flags = info.and_then(|info| i32::from_str_radix(info.text("flags")?, 8).ok());
    flags.is_some_and(|flags| flags & libc::O_CLOEXEC != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    #[test]
    fn our_own_descriptors_are_listed_as_the_call_closes_them() {
        // Rust marks all that it opens.
        let (kept, closed) = std::os::unix::net::UnixStream::pair().unwrap();
        nix::fcntl::fcntl(&kept, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty())).unwrap();
        let (kept, closed) = (kept.as_raw_fd(), closed.as_raw_fd());
        let has = |change: Change| {
            let found = unnamed(std::process::id() as i32, change);
            (found.contains(&kept), found.contains(&closed))
        };
        assert_eq!(has(Change::Ends), (true, true));
        assert_eq!(has(Change::Executes), (false, true));
        assert_eq!(has(Change::ClosesRange(kept as u32, kept as u32)), (true, false));
        assert_eq!(has(Change::ClosesRange(0, u32::MAX)), (true, true));
        assert_eq!(has(Change::Closes(kept)), (false, false));
    }
}
