//! Which descriptors a call takes from its process, by its arguments: most of these calls name none, or not only those.

use super::Syscall;

/// Calls that may close a descriptor, or put something else in its place, in a process that goes on as it is.
pub(crate) const CLOSING: [&str; 4] = ["close", "close_range", "dup2", "dup3"];

/// What a call closes if it does what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closes {
    /// Nothing.
    Nothing,
    /// This descriptor, whatever the call returns: Linux has given it back by then.
    Surely(i32),
    /// What this descriptor was, which is another one afterwards.
    Replaced(i32),
    /// All from the first to the last, which are unsigned to the kernel.
    Range(u32, u32),
    /// Those that are marked close-on-exec.
    OnExec,
    /// All.
    All,
}

impl Closes {
    /// What a call with these arguments closes.
    pub fn of(sys: &Syscall, regs: &[u64; 6]) -> Self {
        let fd = |at: usize| regs[at] as i32;
        match sys.name {
            "close" => Self::Surely(fd(0)),
            "dup2" | "dup3" if fd(0) != fd(1) => Self::Replaced(fd(1)),
            "close_range" if regs[2] & u64::from(libc::CLOSE_RANGE_CLOEXEC) == 0 => {
                Self::Range(regs[0] as u32, regs[1] as u32)
            }
            "execve" | "execveat" => Self::OnExec,
            "exit_group" => Self::All,
            _ => Self::Nothing,
        }
    }

    /// Whether the call's arguments do not name what it closes.
    pub fn are_unnamed(self) -> bool {
        matches!(self, Self::Range(..) | Self::OnExec | Self::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syscall::{by_name, other};

    #[test]
    fn arguments_say_what_is_closed() {
        let outside = [
            ("close_range", libc::SYS_close_range),
            ("execve", libc::SYS_execve),
            ("exit_group", libc::SYS_exit_group),
        ];
        let closes = |name: &str, regs: [u64; 3]| {
            let nr = outside.iter().find(|(other, _)| *other == name).map(|(_, nr)| *nr);
            let sys = by_name(name).or_else(|| other(name, nr?)).unwrap();
            Closes::of(sys, &[regs[0], regs[1], regs[2], 0, 0, 0])
        };
        assert_eq!(closes("close", [7, 0, 0]), Closes::Surely(7));
        assert_eq!(closes("dup2", [5, 4, 0]), Closes::Replaced(4));
        assert_eq!(closes("dup3", [5, 4, 0]), Closes::Replaced(4));
        assert_eq!(closes("dup2", [4, 4, 0]), Closes::Nothing);
        assert_eq!(closes("dup", [4, 0, 0]), Closes::Nothing);
        // The upper halves of the registers are not the kernel's.
        assert_eq!(closes("close_range", [3, u64::MAX, 0]), Closes::Range(3, u32::MAX));
        assert_eq!(closes("close_range", [3, 9, 2]), Closes::Range(3, 9));
        assert_eq!(closes("close_range", [3, 9, 4]), Closes::Nothing);
        assert_eq!(closes("execve", [0; 3]), Closes::OnExec);
        assert_eq!(closes("exit_group", [0; 3]), Closes::All);
        for name in CLOSING {
            assert_ne!(closes(name, [3, 4, 0]), Closes::Nothing, "{name}");
        }
    }
}
