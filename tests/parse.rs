//! Reading strace's text: what real strace wrote comes back byte for byte, and no file whatsoever is lost or harmful.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, with the reason on standard error"
)]

#[path = "parse/broken.rs"]
mod broken;
#[path = "parse/characters.rs"]
mod characters;
#[path = "parse/dressed.rs"]
mod dressed;
#[path = "parse/foreign.rs"]
mod foreign;
#[path = "parse/identity.rs"]
mod identity;
#[path = "parse/large.rs"]
mod large;
#[path = "parse/old.rs"]
mod old;
#[path = "parse/python.rs"]
mod python;
mod support;

use support::interpreters::python3;
use support::needs::{Need, have};

use std::io::BufReader;
use std::process::Command;

use sockscope::event::{Body, Event, Ret};
use sockscope::internals::read::Blocks;
use sockscope::read::text::{ReadOptions, TextReader};
use sockscope::read::{Form, Report};
use sockscope::text::TextWriter;
use sockscope::value::{Device, FdTarget, PathTarget, Value};

/// All events of a text, with the report.
fn read(text: &[u8]) -> (Vec<Event>, Report) {
    let mut reader = TextReader::new(BufReader::new(text), ReadOptions::default());
    let events = reader.by_ref().collect::<Result<Vec<_>, _>>().unwrap();
    (events, reader.report().clone())
}

/// A stream that brings a few bytes at a time, as many as the numbers say.
struct Dribble<'a>(&'a [u8], std::iter::Cycle<std::vec::IntoIter<usize>>);

impl std::io::Read for Dribble<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.next().unwrap_or(1).min(buf.len()).min(self.0.len());
        buf[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

/// Panics unless several threads read the same of a text as one does, in whatever portions it comes.
fn assert_same_in_blocks(text: &[u8]) {
    let (events, report) = read(text);
    let text: &'static [u8] = text.to_vec().leak();
    for (threads, portions) in [(1, vec![usize::MAX]), (2, vec![7]), (3, vec![1, 100, 5000])] {
        let portions = portions.into_iter().cycle();
        let mut blocks = Blocks::new(Dribble(text, portions), ReadOptions::default(), threads).unwrap();
        let mut found = Vec::new();
        while blocks.read(&mut found).unwrap() {}
        assert!(!blocks.read(&mut found).unwrap(), "the end stays the end");
        let differ = events.iter().zip(&found).find(|(a, b)| a != b);
        assert_eq!((differ, events.len()), (None, found.len()), "{threads} threads");
        assert_eq!(format!("{report:?}"), format!("{:?}", blocks.report()), "{threads} threads");
    }
}

/// Writes events as a file of a form has them.
fn write(events: &[Event], form: Form) -> Vec<u8> {
    let mut lines = TextWriter::default();
    (lines.clock, lines.pids, lines.durations) = (form.clock, form.pids, form.durations);
    (lines.python, lines.group) = (form.python, form.group);
    let mut out = Vec::new();
    for event in events {
        match &event.body {
            Body::Unread(unread) => {
                out.extend_from_slice(&unread.raw);
                if !unread.more {
                    out.push(b'\n');
                }
            }
            _ => {
                let mut line = String::new();
                lines.write(event, &mut line);
                out.extend_from_slice(line.as_bytes());
            }
        }
    }
    out
}

/// The lines that a text is read as, written anew with single spaces; panics where anything of it could not be read, or where several threads
/// read it differently.
fn lines(text: &str) -> Vec<String> {
    let (events, report) = read(text.as_bytes());
    assert_eq!((report.unread(), report.verbatim()), (0, 0), "{text}\n{report}");
    assert_same_in_blocks(text.as_bytes());
    let written = String::from_utf8(write(&events, report.form())).unwrap();
    written.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Lines that were one line each: no halves of calls.
fn whole_lines(text: &[u8]) -> Vec<u8> {
    let whole =
        |line: &&[u8]| !line.ends_with(b"<unfinished ...>\n") && !String::from_utf8_lossy(line).contains("<... ");
    text.split_inclusive(|b| *b == b'\n').filter(whole).flatten().copied().collect()
}

/// Panics with the first lines that did not come back.
fn assert_identical(text: &[u8], what: &str) {
    let (events, report) = read(text);
    let back = write(&events, report.form());
    let (text, back) = (String::from_utf8_lossy(text), String::from_utf8_lossy(&back));
    let differ: Vec<_> = text.lines().zip(back.lines()).filter(|(a, b)| a != b).collect();
    for (line, back) in differ.iter().take(20) {
        eprintln!("was  {line}\nback {back}\n");
    }
    assert!(differ.is_empty(), "{what}: {} of {} lines differ", differ.len(), text.lines().count());
    assert_eq!(text.lines().count(), back.lines().count(), "{what}");
    assert_eq!(report.unread(), 0, "{what}: {report}");
}

/// The machine's Python, as an argument.
fn python() -> &'static str {
    python3().to_str().expect("a path that is text")
}

/// What `strace OPTIONS -o FILE COMMAND` writes.
fn strace(options: &[&str], command: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let run =
        Command::new("strace").args(options).arg("-o").arg(&file).args(command).current_dir(folder.path()).output();
    let run = run.expect("strace is needed (Debian: apt install strace)");
    let log = std::fs::read(file).unwrap_or_default();
    assert!(!log.is_empty(), "strace wrote nothing: {}", String::from_utf8_lossy(&run.stderr));
    log
}

/// CPython's own tests of sockets that need neither long waits nor privileges.
const SOCKET_TESTS: &[&str] = &[
    "-m",
    "unittest",
    "test.test_socket",
    "-k",
    "BasicTCP",
    "-k",
    "BasicUDP",
    "-k",
    "SendmsgUDP",
    "-k",
    "RecvmsgUDP",
    "-k",
    "SendmsgTCP",
    "-k",
    "SocketPair",
    "-k",
    "GeneralModule",
];

#[test]
fn lines_of_cpythons_socket_tests_come_back() {
    if !have(Need::PythonTests) {
        return;
    }
    let python = python();
    let mut command = vec![python];
    command.extend(SOCKET_TESTS);
    let log = strace(&["-f"], &command);
    let whole = whole_lines(&log);
    let lines = whole.split(|b| *b == b'\n').count();
    assert!(lines >= 20_000, "only {lines} lines");
    assert_identical(&whole, "socket tests");
    // With the halves too, nothing is unread, and what was joined is written and read as the same again.
    let (events, report) = read(&log);
    assert_eq!(report.unread(), 0, "{report}");
    let (again, _) = read(&write(&events, report.form()));
    let differ = events.iter().zip(&again).find(|(a, b)| (a.tid, &a.body) != (b.tid, &b.body));
    assert_eq!((differ, events.len()), (None, again.len()));
    assert_same_in_blocks(&log);
}

const SCRIPT: &str = "
import socket, select, os, threading
l = socket.create_server(('127.0.0.1', 0))
c = socket.create_connection(l.getsockname())
a, _ = l.accept()
t = threading.Thread(target=lambda: a.recv(10)); t.start(); c.send(b'hi\\0001\\xff\\n\"'); t.join()
select.select([a], [c], [], 0.01); p = select.poll(); p.register(a); p.poll(1)
e = select.epoll(); e.register(c, select.EPOLLOUT); e.poll(0)
try: a.setblocking(False); a.recv(1)
except BlockingIOError: pass
u = socket.socket(socket.AF_UNIX); u.bind('\\0sockscope-%d' % os.getpid()); s6 = socket.socket(socket.AF_INET6)
a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\\1\\0\\0\\0\\0\\0\\0\\0'); a.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
x, y = socket.socketpair(); x.sendmsg([b'a', b'b'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, b'\\1\\0\\0\\0')]); y.recvmsg(9, 99)
os.close(os.dup(0))
";

/// Lines that say a call.
fn calls_only(text: &[u8]) -> Vec<u8> {
    let call =
        |line: &&[u8]| memchr::memmem::find(line, b"+++").is_none() && memchr::memmem::find(line, b"---").is_none();
    whole_lines(text).split_inclusive(|b| *b == b'\n').filter(call).flatten().copied().collect()
}

#[test]
fn every_decoration_comes_back() {
    let python = python();
    for options in [
        &["-f", "-t"][..],
        &["-f", "-tt"],
        &["-f", "-ttt", "-T"],
        &["-f", "-r"],
        &["-r"],
        &["-f", "-y"],
        &["-f", "-yy"],
        &["-f", "-i"],
        &["-f", "-n"],
        &["-f", "-ttt", "-n", "-i", "-T", "-yy"],
        &["-f", "-t", "-r"],
        &["-tt", "-r", "-n"],
        &["-f", "-Y"],
        &["-f", "-ttt", "-r", "-i"],
        &["--absolute-timestamps=time", "--relative-timestamps=ns"],
        &["-f", "-s", "4"],
        &["-f", "-s", "4000"],
        &["-f", "-v"],
        &["-f", "-k"],
    ] {
        let log = strace(options, &[python, "-S", "-c", SCRIPT]);
        assert_identical(&whole_lines(&log), &options.join(" "));
    }
}

/// What stands before signals and ends is theirs, and not the call's before them.
#[test]
fn decorations_of_signals_and_ends_come_back() {
    let text = "7     10:00:00.000001 (+     0.000000) [   3] [00007f26bcd28929] close(3) = -1 EBADF (Bad file descriptor)\n\
                7     10:00:00.000003 (+     0.000001) [   3] [00007f26bcd28000] --- SIGTERM {si_signo=SIGTERM, \
                si_code=SI_USER, si_pid=1, si_uid=0} ---\n\
                7     10:00:00.000005 (+     1.000003) [   3] [????????????????] --- stopped by SIGSTOP ---\n\
                7     10:00:00.000005 (+     0.000000) [   3] [????????????????] +++ killed by SIGTERM +++\n";
    assert_identical(text.as_bytes(), "decorations");
    assert_same_in_blocks(text.as_bytes());
    let (events, report) = read(text.as_bytes());
    let mut json = Vec::new();
    let mut writer = sockscope::json::LineWriter::default();
    events.iter().for_each(|event| writer.event(event, &mut json));
    let again: Vec<Event> =
        std::str::from_utf8(&json).unwrap().lines().map(|line| sockscope::json::read(line).unwrap()).collect();
    assert_eq!(write(&again, report.form()), text.as_bytes(), "by way of JSON");
}

#[test]
fn strings_in_hex_are_the_same_strings() {
    let python = python();
    for options in [&["-x"][..], &["-xx"], &["-X", "raw"], &["-X", "verbose"]] {
        let log = strace(options, &[python, "-S", "-c", SCRIPT]);
        let (events, report) = read(&calls_only(&log));
        assert_eq!(report.unread(), 0, "{options:?} {report}");
        let (again, _) = read(&write(&events, report.form()));
        assert!(events.len() > 30 && events.len() == again.len(), "{options:?}: {} {}", events.len(), again.len());
        for (event, again) in events.iter().zip(&again) {
            assert_eq!(event.body, again.body, "{options:?}");
        }
    }
}

/// `-X verbose` and `-X raw` write numbers of signals and codes.
#[test]
fn what_came_with_a_signal_is_read_however_it_is_spelled() {
    let rest = "si_pid=8, si_uid=0, si_status=3, si_utime=0, si_stime=0} ---\n";
    let named = format!("7 --- SIGCHLD {{si_signo=SIGCHLD, si_code=CLD_EXITED, {rest}");
    let verbose = format!("7 --- SIGCHLD {{si_signo=17 /* SIGCHLD */, si_code=0x1 /* CLD_EXITED */, {rest}");
    let raw = format!("7 --- SIGCHLD {{si_signo=17, si_code=0x1, {rest}");
    let sent = "7 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=8, si_uid=0} ---\n";
    let sent_raw = "7 --- SIGUSR1 {si_signo=10, si_code=-6, si_pid=8, si_uid=0} ---\n";
    for (one, other) in [(named.as_str(), verbose.as_str()), (&named, &raw), (sent, sent_raw)] {
        let ((left, _), (right, report)) = (read(one.as_bytes()), read(other.as_bytes()));
        assert_eq!((&left[0].body, report.unread()), (&right[0].body, 0), "{other}");
    }
    // An unknown member would have no place in JSON: the line is kept.
    let (events, report) = read(b"7 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_news=1} ---\n");
    assert!(matches!(events[0].body, sockscope::event::Body::Unread(_)) && report.unread() == 1, "{events:?}");
}

/// `-X raw` and `-X verbose` write what travels in network order as its bytes, `-xx` all texts in hex.
#[test]
fn addresses_are_read_however_they_are_spelled() {
    let inet = r#"connect(3, {sa_family=AF_INET, sin_port=htons(33633), sin_addr=inet_addr("127.0.0.1")}, 16) = 0"#;
    let inet6 = concat!(
        r#"connect(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(1), "#,
        r#"inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0"#
    );
    let one = r"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01";
    let others = [
        (inet, r#"connect(3, {sa_family=0x2, sin_port="\x83\x61", sin_addr="\x7f\x00\x00\x01"}, 16) = 0"#.to_owned()),
        (
            inet,
            concat!(
                r#"connect(3, {sa_family=0x2 /* AF_INET */, sin_port="\x83\x61" /* htons(33633) */, "#,
                r#"sin_addr="\x7f\x00\x00\x01" /* inet_addr("127.0.0.1") */}, 16) = 0"#
            )
            .to_owned(),
        ),
        (inet, inet.replace("127.0.0.1", r"\x31\x32\x37\x2e\x30\x2e\x30\x2e\x31")),
        (
            inet6,
            format!(
                r#"connect(3, {{sa_family=0xa, sin6_port="\x00\x50", sin6_flowinfo="\x00\x00\x00\x01", sin6_addr="{one}", sin6_scope_id=0}}, 28) = 0"#
            ),
        ),
        (inet6, inet6.replace("::1", r"\x3a\x3a\x31")),
    ];
    for (abbreviated, other) in others {
        let (left, _) = read(format!("{abbreviated}\n").as_bytes());
        let (right, report) = read(format!("{other}\n").as_bytes());
        assert_eq!((&left[0].body, report.verbatim(), report.unread()), (&right[0].body, 0, 0), "{other}");
    }
    // Bytes that are no address stay what they are.
    let (_, report) = read(b"connect(3, {sa_family=AF_INET, sin_port=\"\\x83\", sin_addr=\"\\x7f\"}, 16) = 0\n");
    assert_eq!((report.verbatim(), report.calls()), (1, 1));
}

/// One line of each kind.
const LINES: &str = r#"7     accept4(3, {sa_family=AF_INET, sin_port=htons(51234), sin_addr=inet_addr("127.0.0.1")}, [128 => 16], SOCK_CLOEXEC) = 4
7     recvfrom(4, "a\0\0011\377\"\\", 10, MSG_PEEK|0x100000, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)
7     getsockname(4, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, [28]) = 0
7     bind(5, {sa_family=AF_UNIX, sun_path=@"x\0y"}, 6) = 0
7     sendmsg(5, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="a", iov_len=1}], msg_iovlen=1, msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3]}], msg_controllen=24, msg_flags=0}, 0) = 1
7     poll([{fd=4, events=POLLIN|POLLPRI}, {fd=-1}], 2, 100) = 1 ([{fd=4, revents=POLLIN}])
7     pselect6(4, [3], [], NULL, {tv_sec=1, tv_nsec=0}, NULL) = 1 (in [3], left {tv_sec=0, tv_nsec=5})
7     select(4, [3], NULL, NULL, NULL)  = ? ERESTARTNOHAND (To be restarted if no handler)
7     fcntl(3, F_GETFL)                 = 0x802 (flags O_RDWR|O_NONBLOCK)
7     mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3</tmp/a, b>, 0) = 0x7f26bd55f000
7     umask(022)                        = 022
7     read(0,  <unfinished ...>)        = ?
7     exit_group(0)                     = ?
7     --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=8, si_uid=0, si_status=0, si_utime=0, si_stime=0} ---
7     --- stopped by SIGSTOP ---
7     +++ killed by SIGSEGV (core dumped) +++
# a comment
"#;

#[test]
fn every_prefix_of_every_line_comes_back() {
    assert_identical(LINES.as_bytes(), "the lines themselves");
    assert_same_in_blocks(LINES.as_bytes());
    for line in LINES.lines() {
        for end in 0..=line.len() {
            let (events, report) = read(&line.as_bytes()[..end]);
            // A line that is cut in its prefix has lost that; what is left of it stays.
            let back = write(&events, report.form());
            let back = String::from_utf8(back).unwrap();
            assert_eq!(back.trim_end_matches('\n').trim_end(), line[..end].trim_end(), "{line}");
        }
    }
}

#[test]
fn a_file_cut_anywhere_loses_nothing() {
    for cut in 0..LINES.len() {
        for part in [&LINES[..cut], &LINES[cut..]] {
            let (events, report) = read(part.as_bytes());
            let back = String::from_utf8(write(&events, report.form())).unwrap();
            // A first line without its thread's number gets none back only if no line has one.
            let whole: Vec<_> = part.lines().skip(usize::from(cut > 0)).collect();
            let found: Vec<_> = back.lines().skip(usize::from(cut > 0)).collect();
            let (whole, found) = (whole.join("\n"), found.join("\n"));
            assert_eq!(found.trim_end(), whole.trim_end(), "cut at {cut}");
        }
    }
}

#[test]
fn anything_at_all_comes_back() {
    let mut utf16: Vec<u8> = vec![0xff, 0xfe];
    utf16.extend("7 close(3) = 0\n7 close(4) = 0\n".encode_utf16().flat_map(u16::to_le_bytes));
    let latin1 = b"7 made_up(\"caf\xe9\", O_RDONLY) = 3\n";
    let binary: Vec<u8> = (0..60_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    for (what, file) in [("UTF-16", &utf16[..]), ("Latin-1", latin1), ("binary", &binary), ("brackets", &[b'['; 5000])]
    {
        let (events, report) = read(file);
        assert!(report.unread() > 0, "{what}");
        assert!(report.troubles().iter().all(|trouble| trouble.line() > 0 && trouble.column() > 0));
        let mut back = write(&events, report.form());
        if file.last() != Some(&b'\n') {
            back.pop();
        }
        assert!(back == file, "{what} was changed");
        assert_same_in_blocks(file);
    }
}

proptest::proptest! {
    #[test]
    fn no_line_does_harm(line in "(\\PC|[(){}\\[\\]<>=,|\"\\\\ 0-9])*") {
        let (events, report) = read(line.as_bytes());
        let _ = write(&events, report.form());
        let _ = sockscope::read::text::line(&line);
    }

    #[test]
    fn no_change_of_a_real_line_does_harm(at in 0..LINES.len(), with in proptest::prelude::any::<u8>()) {
        let mut text = LINES.as_bytes().to_vec();
        text[at] = with;
        let (events, report) = read(&text);
        let _ = write(&events, report.form());
        proptest::prop_assert!(report.unread() <= 3, "{}", report);
    }
}

/// Parts of a word that are zero are not written: what comes first may be any of them.
#[test]
fn what_a_counter_counts_is_read_with_and_without_its_parts() {
    let call = |kind: &str, config: &str| {
        format!(
            "1 perf_event_open({{type={kind}, size=0, config={config}, sample_period=0, sample_type=0, read_format=0, precise_ip=0 /* arbitrary skid */, ...}}, 0, -1, -1, 0) = 3"
        )
    };
    let (hardware, cache) = ("PERF_TYPE_HARDWARE", "PERF_TYPE_HW_CACHE");
    let (what, how) =
        ("PERF_COUNT_HW_CPU_CYCLES", "PERF_COUNT_HW_CACHE_RESULT_MISS<<16|PERF_COUNT_HW_CACHE_OP_WRITE<<8");
    for call in [
        call(hardware, what),
        call(hardware, &format!("0x1<<32|{what}")),
        call(hardware, "0x63 /* PERF_COUNT_HW_??? */"),
        call(cache, &format!("{how}|PERF_COUNT_HW_CACHE_L1D")),
        call(cache, &format!("0x1<<32|0x2<<24|{how}|PERF_COUNT_HW_CACHE_L1D")),
    ] {
        let (events, report) = read(call.as_bytes());
        assert_eq!(report.verbatim(), 0, "{call}\n{report}");
        let Body::Call(read) = &events[0].body else { panic!("{call}") };
        assert!(matches!(read.arg("attr"), Some(Value::Record(_))), "{call}: {read:?}");
    }
}

#[test]
fn halves_are_joined_by_thread() {
    let text = "1 read(3,  <unfinished ...>\n2 connect(4, NULL, 0 <unfinished ...>\n1 <... read resumed>\"ab\", 5) = 2 <0.5>\n\
                2 <... connect resumed> ) = -1 EFAULT (Bad address)\n3 accept(5,  <unfinished ...>\n\
                9 <... read resumed>\"\", 5) = 0\n";
    let (events, report) = read(text.as_bytes());
    let back = String::from_utf8(write(&events, report.form())).unwrap();
    let lines: Vec<_> = back.lines().collect();
    assert_eq!(lines[0], "1     read(3, \"ab\", 5)                  = 2 <0.500000>");
    assert_eq!(lines[1], "2     connect(4, NULL, 0)               = -1 EFAULT (Bad address)");
    assert_eq!(lines[2], "9     <... read resumed>\"\", 5)          = 0", "its beginning is not in the file");
    assert!(lines[3].starts_with("3     accept(5, "), "{}", lines[3]);
    assert_eq!((report.unread(), report.unfinished()), (0, 1));
    assert_same_in_blocks(text.as_bytes());
}

#[test]
fn threads_belong_to_the_process_that_made_them() {
    let text = "1 clone3({flags=CLONE_VM|CLONE_THREAD} <unfinished ...>\n2 close(3) = 0\n\
                1 <... clone3 resumed> => {parent_tid=[2]}, 88) = 2\n1 fork() = 5\n5 close(3) = 0\n";
    let (events, _) = read(text.as_bytes());
    let pids: Vec<_> = events.iter().map(|event| (event.pid, event.tid)).collect();
    assert_eq!(pids, [(1, 2), (1, 1), (1, 1), (5, 5)]);
    assert_same_in_blocks(text.as_bytes());
}

#[test]
fn stracs_own_words_within_a_line_are_taken_out() {
    let text = "[pid     1] clone(child_stack=NULLstrace: Process 2 attached\n, flags=SIGCHLD) = 2\n[pid     2] close(3) = 0\n";
    let (events, report) = read(text.as_bytes());
    assert_eq!((report.calls(), report.remarks(), report.unread()), (2, 1, 0), "{report}");
    assert_eq!(events[0].body, Body::Note("strace: Process 2 attached".into()));
    assert_same_in_blocks(text.as_bytes());
}

/// How long a child ran is a number of ticks; strace adds the seconds in a comment.
#[test]
fn ticks_of_a_child_are_numbers() {
    let text = "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=5, si_uid=0, si_status=1, \
                si_utime=2 /* 0.02 s */, si_stime=123 /* 1.23 s */} ---\n\
                --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=5, si_uid=0, si_status=SIGKILL, \
                si_utime=0, si_stime=10 /* 0.10 s */} ---\n";
    assert_identical(text.as_bytes(), "ticks");
    let (events, _) = read(text.as_bytes());
    let ticks = |event: &Event| match &event.body {
        Body::Signal(signal) => {
            signal.info.as_ref().map(|info| (info.get("si_utime").cloned(), info.get("si_stime").cloned()))
        }
        _ => None,
    };
    assert_eq!(ticks(&events[0]), Some((Some(Value::Int(2)), Some(Value::Int(123)))));
    assert_eq!(ticks(&events[1]), Some((Some(Value::Int(0)), Some(Value::Int(10)))));
}

/// The argument of a call's line, by its position.
fn argument(event: &Event, at: usize) -> Option<&Value> {
    if let Body::Call(call) = &event.body { call.args.get(at) } else { None }
}

/// Behind the path of a file that was deleted stands `(deleted)`, outside the brackets; inside them it is the file's name.
#[test]
fn deleted_files_come_back() {
    let text = "fcntl(3</tmp/x>(deleted), F_GETFD)      = 0\n\
                fcntl(3</tmp/x (deleted)>, F_GETFD)     = 0\n\
                fcntl(3</tmp/x (deleted)>(deleted), F_GETFD) = 0\n\
                fcntl(3</tmp/a\\\"b\\74\\\\>, F_GETFD)       = 0\n\
                dup(3</dev/shm/y<char 1:3>>(deleted))   = 4</dev/shm/y<char 1:3>>(deleted)\n\
                dup(3<\\x2f\\x74>(deleted))               = 4<\\x2f\\x74>(deleted)\n";
    assert_identical(text.as_bytes(), "deleted");
    let (events, _) = read(text.as_bytes());
    let target = |at: usize| match argument(&events[at], 0) {
        Some(Value::Fd(fd)) => fd.target.as_deref().unwrap().clone(),
        other => panic!("{other:?}"),
    };
    let file = |path: &[u8], deleted, device| FdTarget::Path(PathTarget { path: path.into(), deleted, device });
    let shared_memory = Some(Device { is_block: false, major: 1, minor: 3 });
    assert_eq!(target(0), file(b"/tmp/x", true, None));
    assert_eq!(target(1), file(b"/tmp/x (deleted)", false, None));
    assert_eq!(target(2), file(b"/tmp/x (deleted)", true, None));
    assert_eq!(target(3), file(b"/tmp/a\"b<\\", false, None));
    assert_eq!(target(4), file(b"/dev/shm/y", true, shared_memory));
    assert_eq!(target(5), FdTarget::Verbatim { text: r"\x2f\x74".into(), deleted: true });
}

/// With `-xx` the strings within a constant's spelling are in hex, too.
#[test]
fn addresses_in_hex_are_addresses() {
    for (hex, plain) in [
        (
            r#"connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("\x31\x32\x37\x2e\x30\x2e\x30\x2e\x31")}, 16) = 0"#,
            r#"connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = 0"#,
        ),
        (
            r#"connect(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "\x3a\x3a\x31", &sin6_addr), sin6_scope_id=if_nametoindex("\x6c\x6f")}, 28) = 0"#,
            r#"connect(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=if_nametoindex("lo")}, 28) = 0"#,
        ),
    ] {
        let (hex, plain) = (sockscope::read::text::line(hex), sockscope::read::text::line(plain));
        assert_eq!(hex, plain);
        let Body::Call(call) = hex else { panic!("not a call") };
        assert!(matches!(call.args[1], Value::SockAddr(_)), "{:?}", call.args[1]);
    }
}

/// What `poll` found behind the part of its list that is shown stands only in the result.
#[test]
fn what_poll_found_behind_the_cut_comes_back() {
    let text = "poll([{fd=3, events=POLLIN}, ...], 40, 0) = 1 ([{fd=9, revents=POLLOUT}])\n\
                poll([{fd=3, events=POLLIN}, ...], 40, 0) = 2 ([{fd=3, revents=POLLIN}, ...])\n\
                poll([...], 40, 0)                      = 2 ([...])\n";
    assert_identical(text.as_bytes(), "poll");
    let (events, _) = read(text.as_bytes());
    let Some(Value::Array(fds)) = argument(&events[0], 0) else { panic!("no list") };
    let [Value::PollFd(shown), Value::PollFd(behind)] = &fds.items[..] else { panic!("{fds:?}") };
    assert_eq!((shown.fd.raw, shown.events, shown.revents), (3, Some(1), Some(0)));
    assert_eq!((behind.fd.raw, behind.events, behind.revents), (9, None, Some(4)));
}

#[test]
fn older_spellings_are_read() {
    for (old, new) in [
        ("getsockname(3, {sa_family=AF_UNIX}, [110->2]) = 0", "getsockname(3, {sa_family=AF_UNIX}, [110 => 2]) = 0"),
        (
            "epoll_ctl(4, EPOLL_CTL_ADD, 3, {EPOLLIN, {u32=3, u64=3}}) = 0",
            "epoll_ctl(4, EPOLL_CTL_ADD, 3, {events=EPOLLIN, data={u32=3, u64=3}}) = 0",
        ),
        (
            "epoll_wait(4, [{EPOLLIN|EPOLLHUP, {u32=3, u64=3}}], 2, -1) = 1",
            "epoll_wait(4, [{events=EPOLLIN|EPOLLHUP, data={u32=3, u64=3}}], 2, -1) = 1",
        ),
        (
            "setsockopt(3, SOL_SOCKET, SO_RCVTIMEO, {tv_sec=1, tv_usec=0}, 16) = 0",
            "setsockopt(3, SOL_SOCKET, SO_RCVTIMEO_OLD, {tv_sec=1, tv_usec=0}, 16) = 0",
        ),
        (
            "setsockopt(3, SOL_SOCKET, SO_TIMESTAMP, [1], 4) = 0",
            "setsockopt(3, SOL_SOCKET, SO_TIMESTAMP_OLD, [1], 4) = 0",
        ),
        (
            "recvmsg(3, {msg_name=NULL, msg_namelen=128->0, msg_iov=[{iov_base=\"x\", iov_len=1}], msg_iovlen=1, \
             msg_controllen=0, msg_flags=0}, 0) = 1",
            "recvmsg(3, {msg_name=NULL, msg_namelen=128 => 0, msg_iov=[{iov_base=\"x\", iov_len=1}], msg_iovlen=1, \
             msg_controllen=0, msg_flags=0}, 0) = 1",
        ),
    ] {
        assert_eq!(sockscope::read::text::line(old), sockscope::read::text::line(new));
        let Body::Call(call) = sockscope::read::text::line(old) else { panic!("{old}") };
        assert!(!call.args.iter().any(|value| matches!(value, Value::Verbatim(_))), "{old}");
    }
    let named = sockscope::read::text::line("listen(fd=3, backlog=5) = 0");
    assert_eq!(named, sockscope::read::text::line("listen(3, 5) = 0"));
}

#[test]
fn sizes_of_huge_pages_are_bits_of_the_flags() {
    let line = |flags: &str| format!("mmap(NULL, 4096, PROT_READ, {flags}, -1, 0) = 0x7f26bd55f000\n");
    let (events, report) = read(line("MAP_PRIVATE|MAP_HUGETLB|21<<MAP_HUGE_SHIFT").as_bytes());
    assert_eq!(report.verbatim(), 0, "{report}");
    let Some(Value::Flags(flags)) = argument(&events[0], 3) else { panic!("{events:?}") };
    assert_eq!(flags.raw, 0x40002 | 21 << 26);
    // What is written in no such way is no size.
    let (_, report) = read(line("MAP_PRIVATE|21MAP_HUGE_SHIFT").as_bytes());
    assert_eq!(report.verbatim(), 1, "{report}");
}

#[test]
fn a_thread_that_was_let_go_comes_back() {
    let text = "7     read(0,  <detached ...>\n7     close(3)                          = 0\n";
    assert_identical(text.as_bytes(), "detached");
    let (events, report) = read(text.as_bytes());
    let Body::Call(call) = &events[0].body else { panic!("{:?}", events[0]) };
    assert!(call.text.as_ref().unwrap().detached && call.ret == Ret::Unfinished && report.unfinished() == 1);
    assert_same_in_blocks(text.as_bytes());
}
