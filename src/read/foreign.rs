//! Output of other programs that looks like a trace: it is named, rather than its lines counted as unreadable.

use memchr::memmem;

/// A form that is recognised and not read.
#[derive(Debug)]
pub(crate) struct Foreign {
    /// What it is.
    pub(crate) name: &'static str,
    /// What gives a trace that can be read.
    pub(crate) advice: &'static str,
    /// Whether one line is enough.
    unmistakable: bool,
    fits: fn(&[u8]) -> bool,
}

/// Lines that are looked at.
const ENOUGH: usize = 200;
/// The rewrite that most of the advice is.
const STRACE: &str = "record it with `strace -f -o FILE` or `sockscope trace`";

const fn form(name: &'static str, unmistakable: bool, fits: fn(&[u8]) -> bool) -> Foreign {
    Foreign { name, advice: STRACE, unmistakable, fits }
}

/// Whether a line has this text.
fn has(line: &[u8], text: &str) -> bool {
    memmem::find(line, text.as_bytes()).is_some()
}

static FORMS: [Foreign; 20] = [
    Foreign {
        advice: "read its packets with tcpdump or Wireshark",
        ..form("a packet capture", true, |line| {
            [&b"\xd4\xc3\xb2\xa1"[..], b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1"]
                .iter()
                .any(|mark| line.starts_with(mark))
        })
    },
    Foreign {
        advice: "print it with `perf trace -i`, and record it with strace",
        ..form("a recording of perf", true, |line| line.starts_with(b"PERFILE2"))
    },
    Foreign {
        advice: "read it with DuckDB, Polars or pandas",
        ..form("a Parquet file", true, |line| line.starts_with(b"PAR1"))
    },
    Foreign {
        advice: "read it with sqlite3, and keep the trace as .jsonl for sockscope",
        ..form("a SQLite database", true, |line| line.starts_with(b"SQLite format 3"))
    },
    form("a program, not a trace", true, |line| line.starts_with(b"\x7fELF")),
    Foreign {
        advice: "save the text of the page, not its source",
        ..form("a web page", true, |line| {
            let start = line.trim_ascii_start().to_ascii_lowercase();
            start.starts_with(b"<!doctype html") || start.starts_with(b"<html")
        })
    },
    form("a log of gVisor (runsc --strace)", false, |line| has(line, "strace.go:")),
    form("the output of perf trace", false, |line| has(line, " ms): ") || has(line, "(         ): ")),
    form("the output of dtruss", true, |line| {
        let line = line.trim_ascii_start();
        line.starts_with(b"SYSCALL(args)") || (line.starts_with(b"PID/THRD") && has(line, "SYSCALL(args)"))
    }),
    form("the output of dtruss", false, |line| has(line, ")\t\t = ")),
    form("the output of dtrace", true, |line| line.starts_with(b"CPU ") && has(line, "FUNCTION:NAME")),
    form("the output of truss", false, |line| {
        has(line, "Err#") || has(line, " ERR#") || has(line, ")\t = ") || has(line, ")\t\t\t\t\t= ")
    }),
    form("the output of ltrace", true, |line| {
        line.ends_with(b" +++") && has(line, "+++ exited (status ") || has(line, "__libc_start_main(")
    }),
    form("the output of kdump (ktrace)", false, |line| {
        has(line, " CALL  ") || has(line, " RET   ") || has(line, " NAMI  ") || has(line, " GIO   ")
    }),
    form("the output of sysdig", false, |line| {
        let mut words = line.split(|b| *b == b' ').skip(4);
        let thread = words.next().is_some_and(|word| word.starts_with(b"(") && word.ends_with(b")"));
        thread && words.next().is_some_and(|word| word == b">" || word == b"<")
    }),
    form("a log of the audit daemon", false, |line| has(line, "type=SYSCALL msg=audit(")),
    form("the output of valgrind --trace-syscalls", false, |line| line.starts_with(b"SYSCALL[")),
    form("the output of ftrace", false, |line| {
        has(line, ": sys_enter") || has(line, ": sys_exit") || (has(line, ": sys_") && has(line, "] "))
    }),
    form("the output of tcpdump", false, |line| has(line, " IP ") && has(line, ": Flags [") || has(line, " IP6 ")),
    form("the output of lurk", false, is_lurk),
];

/// `[57319] close(3) = 0`: strace -n fills its numbers to four places, and no call has one as high.
fn is_lurk(line: &[u8]) -> bool {
    if line.starts_with(b"{") {
        return has(line, "\"syscall\":") && has(line, "\"pid\":") && !has(line, "\"v\":");
    }
    let Some(rest) = line.strip_prefix(b"[") else { return false };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let name = rest.get(digits..).and_then(|rest| rest.strip_prefix(b"] "));
    (4..8).contains(&digits) && name.is_some_and(|name| name.first().is_some_and(u8::is_ascii_lowercase))
}

/// Whose output a file is that begins so; `None` if it may be strace's.
pub(crate) fn of(front: &[u8]) -> Option<&'static Foreign> {
    let lines = || front.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(ENOUGH);
    let all = lines().count();
    FORMS.iter().find(|form| {
        let fitting = lines().filter(|line| (form.fits)(line)).count();
        fitting > 0 && (form.unmistakable || 2 * fitting >= all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_programs_output_is_named() {
        for (text, name) in [
            (
                "D0101 10:00:00.000001       1 strace.go:561] [   1:   1] app E close(0x3 pipe:[1])\n\
                 D0101 10:00:00.000002       1 strace.go:599] [   1:   1] app X close(0x3) = 0 (0x0) (1.5us)\n",
                "gVisor",
            ),
            ("[40961] close(3) = 0\n[40961] brk(NULL) = 0x5555\n", "lurk"),
            ("{\"type\":\"SYSCALL\",\"pid\":4,\"syscall\":\"close\"}\n", "lurk"),
            ("     0.012 ( 0.003 ms): nc/77 close(fd: 3) = 0\n", "perf trace"),
            ("\tPID/THRD  SYSCALL(args) \t\t = return\n 9/0x1:  close(0x3)\t\t = 0 0\n", "dtruss"),
            ("close(3)\t\t = 0 0\n", "dtruss"),
            ("CPU     ID                    FUNCTION:NAME\n  0   5  close:entry\n", "dtrace"),
            ("close(9)\t\t\t\t\tErr#9 EBADF\n", "truss"),
            ("close(3)\t = 0 (0x0)\n", "truss"),
            ("__libc_start_main(0x1, 1, 2 <unfinished ...>\nputs(\"a\") = 2\n+++ exited (status 0) +++\n", "ltrace"),
            ("  77 nc       CALL  close(0x3)\n  77 nc       RET   close 0\n", "kdump"),
            ("5 10:00:00.000000001 0 nc (77) > close fd=3\n", "sysdig"),
            ("type=SYSCALL msg=audit(1.1:1): arch=c000003e syscall=3 success=yes\n", "audit"),
            ("SYSCALL[77,1](  3) sys_close ( 3 )[sync] --> Success(0x0)\n", "valgrind"),
            ("\x7fELF\x02\x01\n", "a program"),
            ("\n<!DOCTYPE html>\n<html>\n", "web page"),
        ] {
            let found = of(text.as_bytes()).map(|form| form.name);
            assert!(found.is_some_and(|found| found.contains(name)), "{text}: {found:?}");
        }
        for strace in [
            "[   3] close(3) = 0\n[  45] recvfrom(3, \"\", 1, 0, NULL, NULL) = 0\n",
            "[pid  4096] close(3) = 0\n",
            "write(2, \"a\\t\\t = b\", 8) = 8\n",
            "",
        ] {
            assert!(of(strace.as_bytes()).is_none(), "{strace}");
        }
    }
}
