//! From strace's lines of a whole process to those about its sockets: an interpreter reads hundreds of files before
//! the program's first call, through the same calls.

use std::collections::{BTreeMap, BTreeSet};

/// Takes the lines of a `strace -f -o` file in order. Calls that another thread's line interrupts are joined.
#[derive(Debug, Default)]
pub struct SocketLines {
    open: BTreeSet<String>,
    /// First halves, by thread.
    halves: BTreeMap<String, String>,
}

impl SocketLines {
    /// The lines to keep of this one: none, one, or the end of a thread with its call that never returned before it.
    pub fn take(&mut self, line: &str) -> Vec<String> {
        let Some((tid, rest)) = line.split_once(' ') else { return Vec::new() };
        let rest = rest.trim_start();
        if let Some(half) = rest.strip_suffix(" <unfinished ...>") {
            self.halves.insert(tid.to_owned(), half.to_owned());
            return Vec::new();
        }
        if let Some((_, end)) = rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            let begin = self.halves.remove(tid).unwrap_or_default();
            let whole = format!("{begin}{end}");
            return self.keeps(&whole).then(|| format!("{tid} {}", aligned(tid, &whole))).into_iter().collect();
        }
        if rest.starts_with("+++ ") || rest.starts_with("--- ") {
            let half = if rest.starts_with('+') { self.halves.remove(tid) } else { None };
            let half = half.map(|half| format!("{half} <unfinished ...>")).filter(|half| self.keeps(half));
            return half.into_iter().chain([rest.to_owned()]).map(|line| format!("{tid} {line}")).collect();
        }
        self.keeps(rest).then(|| format!("{tid} {rest}")).into_iter().collect()
    }

    /// Whether a whole call is about a socket; keeps account of the descriptors that are.
    fn keeps(&mut self, call: &str) -> bool {
        let Some((name, args)) = call.split_once('(') else { return false };
        let number = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
        let returned = call.rsplit_once(" = ").map(|(_, ret)| number(ret)).filter(|ret| !ret.is_empty());
        match name {
            "socket" | "accept" | "accept4" => {
                self.open.extend(returned);
                true
            }
            "close" => self.open.remove(&number(args)),
            "poll" => args.strip_prefix("[{fd=").is_some_and(|fd| self.open.contains(&number(fd))),
            "read" | "write" | "readv" | "writev" | "ioctl" | "fcntl" => {
                let kept = self.open.contains(&number(args));
                if kept && args.contains("F_DUPFD") {
                    self.open.extend(returned);
                }
                kept
            }
            _ => crate::syscall::by_name(name).is_some(),
        }
    }
}

/// A joined call with its result in the column where it would be if the call had not been interrupted. The thread's
/// number before it takes at least five columns and a space.
fn aligned(tid: &str, call: &str) -> String {
    const COLUMN: usize = 39;
    let column = COLUMN.saturating_sub(tid.len().max(5) + 1);
    match call.rsplit_once(" = ") {
        Some((call, result)) => format!("{:column$} = {result}", call.trim_end()),
        None => call.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_sockets_stays_and_halves_are_joined() {
        let trace = "\
7 read(3, \"x\", 1) = 1
7 close(3)                          = 0
7 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3
7 accept4(3,  <unfinished ...>
8 poll([{fd=0, events=POLLIN}], 1, 0) = 0 (Timeout)
7 <... accept4 resumed>0x1, [16], SOCK_CLOEXEC) = 4
8 read(4, \"y\", 1)                    = 1
7 close(3) = 0
7 close(3) = -1 EBADF (Bad file descriptor)
7 +++ exited with 0 +++";
        let mut lines = SocketLines::default();
        let kept: Vec<_> = trace.lines().flat_map(|line| lines.take(line)).collect();
        let wanted = [
            "7 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3",
            "7 accept4(3, 0x1, [16], SOCK_CLOEXEC) = 4",
            "8 read(4, \"y\", 1)                    = 1",
            "7 close(3) = 0",
            "7 +++ exited with 0 +++",
        ];
        assert_eq!(kept, wanted);
    }
}
