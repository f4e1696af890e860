//! The descriptors that a process has open, as `/proc/PID/fd` lists them: for calls that close what they do not name.

use crate::sys::proc::{Descriptor, Proc};
use crate::syscall::closing::Closes;

/// The open descriptors that a call closes without naming them, ascending; none where `/proc` does not let us look.
pub fn unnamed(pid: i32, closes: Closes) -> Vec<i32> {
    match closes {
        Closes::Nothing | Closes::Surely(_) | Closes::Replaced(_) => Vec::new(),
        Closes::Range(first, last) => {
            open(pid).into_iter().filter(|fd| u32::try_from(*fd).is_ok_and(|fd| (first..=last).contains(&fd))).collect()
        }
        Closes::OnExec => open(pid).into_iter().filter(|fd| closes_on_exec(pid, *fd)).collect(),
        Closes::All => open(pid),
    }
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
        let has = |closes: Closes| {
            let found = unnamed(std::process::id() as i32, closes);
            (found.contains(&kept), found.contains(&closed))
        };
        assert_eq!(has(Closes::All), (true, true));
        assert_eq!(has(Closes::OnExec), (false, true));
        assert_eq!(has(Closes::Range(kept as u32, kept as u32)), (true, false));
        assert_eq!(has(Closes::Range(0, u32::MAX)), (true, true));
        assert_eq!(has(Closes::Surely(kept)), (false, false));
    }
}
