//! Reduces strace's lines of a whole process to those about its sockets: an interpreter reads hundreds of files
//! before the program's first call, through the same calls.
//!
//! strace runs with times (`-ttt -T`), which a replay needs and a comparison removes.

use std::collections::{BTreeMap, BTreeSet};

/// Filters the lines of a `strace -f -ttt -T -o` file in order, with or without times, and joins calls that another
/// thread's line interrupts.
#[derive(Debug, Default)]
pub struct SocketLines {
    open: BTreeSet<String>,
    /// First halves with their times, by thread.
    halves: BTreeMap<String, (String, String)>,
}

impl SocketLines {
    /// The lines to keep: none, this one, or a thread's end preceded by its unfinished call.
    pub fn take(&mut self, line: &str) -> Vec<String> {
        let Some((tid, rest)) = line.split_once(' ') else { return Vec::new() };
        let (time, rest) = split_time(rest.trim_start());
        if let Some(half) = rest.strip_suffix(" <unfinished ...>") {
            self.halves.insert(tid.to_owned(), (time.to_owned(), half.to_owned()));
            return Vec::new();
        }
        if let Some((_, end)) = rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            let (time, begin) = self.halves.remove(tid).unwrap_or_default();
            let whole = format!("{begin}{end}");
            let before = format!("{tid:<5} {time}");
            return self.keeps(&whole).then(|| aligned(&before, &whole)).into_iter().collect();
        }
        let line = |time: &str, rest: &str| format!("{tid:<5} {time}{rest}");
        if rest.starts_with("+++ ") || rest.starts_with("--- ") {
            let half = if rest.starts_with('+') { self.halves.remove(tid) } else { None };
            let half = half.map(|(time, half)| (time, format!("{half} <unfinished ...>")));
            let half = half.filter(|(_, half)| self.keeps(half)).map(|(time, half)| line(&time, &half));
            return half.into_iter().chain([line(time, rest)]).collect();
        }
        self.keeps(rest).then(|| line(time, rest)).into_iter().collect()
    }

    /// Whether a whole call is about a socket; tracks the descriptors that are sockets.
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

/// Splits a line into its time, with the space after it, and the event; the time is empty if there is none.
fn split_time(rest: &str) -> (&str, &str) {
    let end = rest.find(' ').map_or(0, |end| end + 1);
    let is_time = rest[..end].trim_end().split_once('.').is_some_and(|(seconds, micros)| {
        !seconds.is_empty() && [seconds, micros].iter().all(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    });
    rest.split_at(if is_time { end } else { 0 })
}

/// A strace line without its time and duration.
pub fn without_times(line: &str) -> String {
    let Some((tid, rest)) = line.split_once(' ') else { return line.to_owned() };
    let (_, rest) = split_time(rest.trim_start());
    let rest = match rest.rsplit_once(" <") {
        Some((call, duration)) if duration.ends_with('>') && duration.starts_with(|c: char| c.is_ascii_digit()) => call,
        _ => rest,
    };
    format!("{tid} {rest}")
}

/// A joined call with its result in the column where strace puts it for a call that was not interrupted.
fn aligned(before: &str, call: &str) -> String {
    const COLUMN: usize = 39;
    let column = COLUMN.saturating_sub(before.len());
    match call.rsplit_once(" = ") {
        Some((call, result)) => format!("{before}{:column$} = {result}", call.trim_end()),
        None => format!("{before}{call}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_socket_calls_are_kept_and_halves_are_joined() {
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
            "7     socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3",
            "7     accept4(3, 0x1, [16], SOCK_CLOEXEC) = 4",
            "8     read(4, \"y\", 1)                    = 1",
            "7     close(3) = 0",
            "7     +++ exited with 0 +++",
        ];
        assert_eq!(kept, wanted);
    }

    #[test]
    fn times_are_kept_and_can_be_removed() {
        let trace = "\
12345 1795224331.000001 socket(AF_UNIX, SOCK_STREAM, 0) = 3 <0.000010>
12345 1795224331.000020 accept(3,  <unfinished ...>
12345 1795224331.500000 <... accept resumed>NULL, NULL) = 4 <0.499980>
12345 1795224331.600000 close(3) = 0 <0.000007>
12345 1795224331.700000 +++ exited with 0 +++";
        let mut lines = SocketLines::default();
        let kept: Vec<_> = trace.lines().flat_map(|line| lines.take(line)).collect();
        let wanted = [
            "12345 1795224331.000001 socket(AF_UNIX, SOCK_STREAM, 0) = 3 <0.000010>",
            "12345 1795224331.000020 accept(3, NULL, NULL) = 4 <0.499980>",
            "12345 1795224331.600000 close(3) = 0 <0.000007>",
            "12345 1795224331.700000 +++ exited with 0 +++",
        ];
        assert_eq!(kept, wanted);
        assert_eq!(without_times(&kept[1]), "12345 accept(3, NULL, NULL) = 4");
        assert_eq!(without_times(&kept[3]), "12345 +++ exited with 0 +++");
    }
}
